"""Terms of service that change (RFC 8555 §7.3.3). These checks run alone at the end: the server may restart for them."""
import itertools

from acme_client import b64url, request_der
from cryptography.hazmat.primitives.asymmetric import ec
from harness import answered, check, refused, require

NUMBERS = itertools.count(2)


def change(world):
    """The URL of terms that nobody has agreed to."""
    url = f"{world.meta['termsOfService'].rpartition('/')[0]}/{next(NUMBERS)}"
    world.change_terms(url)
    require(world.meta.get("termsOfService") == url, f"meta is {world.meta}")
    return url


def order(world, client):
    return client.ask(world.directory["newOrder"], {"identifiers": [{"type": "dns", "value": world.name()}]})


@check("rfc8555-7.3.3-changed-terms-hold-up-orders", needs=["terms"], last=True)
def held_up(world):
    """An account that agreed to other terms gets 403 userActionRequired with `instance` and Link rel=terms-of-service."""
    client = world.client()
    url = change(world)
    response = order(world, client)
    problem = refused(response, "userActionRequired", status=403)
    require(response.links("terms-of-service") == [url], f"Link is {response.all('Link')}")
    require(problem.get("instance", "").startswith("http"), f"instance is {problem.get('instance')}")


@check("rfc8555-7.3.3-agreeing-opens-the-account-again", needs=["terms"], last=True)
def agrees(world):
    """termsOfServiceAgreed true, posted to the account URL, agrees to the terms there are now; anything else does not."""
    client = world.client()
    change(world)
    for members in ({}, {"termsOfServiceAgreed": False}):
        client.expect(200, client.kid, members)
        refused(order(world, client), "userActionRequired", status=403)
    client.expect(200, client.kid, {"termsOfServiceAgreed": True})
    answered(order(world, client), 201)


@check("rfc8555-7.3.3-new-accounts-agree-to-the-terms-there-are", needs=["terms"], last=True)
def newcomers(world):
    """An account made after the change agreed to the changed terms."""
    change(world)
    answered(order(world, world.client()), 201)


@check("rfc8555-7.3.3-changed-terms-leave-revocation-and-reading-open", needs=["terms", "http"], last=True)
def stays_open(world):
    """What is issued can be read and revoked, and the account can be read and ended, without agreeing to anything."""
    issued = world.issue(world.client())
    client = issued.client
    change(world)
    client.expect(200, issued.order_url)
    client.expect(200, issued.url)
    client.expect(200, client.kid)
    answered(client.ask(world.directory["revokeCert"], {"certificate": b64url(issued.der)}), 200)
    require(client.expect(200, client.kid, {"status": "deactivated"}).json()["status"] == "deactivated", "not ended")


@check("rfc8555-7.3.3-changed-terms-hold-up-finalize-and-spoil-nothing", needs=["terms", "http"], last=True)
def finalize(world):
    """A ready order waits for the agreement and is then finalized as if nothing had been."""
    client, key = world.client(), ec.generate_private_key(ec.SECP256R1())
    name = world.name()
    order_url, ready = world.ready(client, name)
    change(world)
    csr = request_der(key, [name])
    response = client.ask(ready["finalize"], {"csr": b64url(csr)})
    require(response.status in (200, 403), response.summary())
    if response.status == 403:
        refused(response, "userActionRequired")
        require(client.expect(200, order_url).json()["status"] == "ready", "the order is not ready any more")
        client.expect(200, client.kid, {"termsOfServiceAgreed": True})
        final = world.finalize(client, order_url, ready, csr)
        require(final["status"] == "valid", f"the order became {final}")
