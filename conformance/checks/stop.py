"""Stop switches and pausing. All but one stop their own account or names only; the last stops everything and runs alone."""
from acme_client import b64url, request_der
from cryptography.hazmat.primitives.asymmetric import ec
from harness import answered, check, refused, require


def order(world, client, *names):
    return client.ask(world.directory["newOrder"], {"identifiers": [{"type": "dns", "value": name} for name in names]})


def waits(response):
    wait = response.header("Retry-After", "")
    require(wait.isdigit() and int(wait) > 0, f"Retry-After is {wait!r}")


def outage(response):
    require(response.status == 503, f"expected 503, got {response.summary()}")
    require(response.problem_type == "serverInternal", response.summary())
    waits(response)


@check("rfc8555-6.6-paused-account-is-rate-limited-with-retry-after", needs=["stop"])
def account(world):
    """A paused account orders nothing, with a registered problem that says when to come back; others do."""
    client = world.client()
    with world.stopped("account", client.kid.rsplit("/", 1)[1]):
        response = order(world, client, world.name())
        refused(response, "rateLimited", status=429)
        waits(response)
        client.expect(200, client.kid)
        answered(order(world, world.client(), world.name()), 201)
    answered(order(world, client, world.name()), 201)


@check("rfc8555-6.7.1-paused-names-have-a-subproblem-each", needs=["stop"])
def name(world):
    """A refusal for some of several names says which, in subproblems; names under a paused one are paused too."""
    paused, free = world.name(), world.name()
    with world.stopped("name", paused):
        problem = refused(order(world, world.account(), "www." + paused, free), "rateLimited", status=429)
        about = [each["identifier"]["value"] for each in problem["subproblems"]]
        require(about == ["www." + paused], f"the subproblems are about {about}")
        answered(order(world, world.account(), free), 201)


@check("safety-stopped-account-finalizes-nothing-and-loses-nothing", needs=["stop", "http"])
def finalize(world):
    """finalize is refused while the account is paused; the order stays ready and is issued afterwards."""
    client, key, host = world.client(), ec.generate_private_key(ec.SECP256R1()), world.name()
    order_url, ready = world.ready(client, host)
    csr = request_der(key, [host])
    with world.stopped("account", client.kid.rsplit("/", 1)[1]):
        refused(client.ask(ready["finalize"], {"csr": b64url(csr)}), "rateLimited", status=429)
        require(client.expect(200, order_url).json()["status"] == "ready", "the order is not ready any more")
    require(world.finalize(client, order_url, ready, csr)["status"] == "valid", "not issued afterwards")


@check("safety-stopped-method-proves-nothing-and-what-it-proved-does-not-count", needs=["stop", "http"], last=True)
def method(world):
    """T-A7: pending and valid authorizations by a stopped method are of no use, without a restart."""
    client, key, host = world.client(), ec.generate_private_key(ec.SECP256R1()), world.name()
    ready_url, ready = world.ready(client, host)
    _, _, _, _, challenge = world.pending(client)
    with world.stopped("method", "http-01"):
        problem = refused(client.ask(ready["finalize"], {"csr": b64url(request_der(key, [host]))}), "unauthorized", status=403)
        require(host in problem["detail"], f"the detail is {problem['detail']!r}")
        outage(client.ask(challenge["url"], {}))
        require(client.expect(200, challenge["url"]).json()["status"] == "pending", "the challenge was attempted")
        again = answered(order(world, client, host), 201).json()
        authorization = client.expect(200, again["authorizations"][0]).json()
        types = [each["type"] for each in authorization["challenges"]]
        require(authorization["status"] == "pending" and types and "http-01" not in types, f"offered: {types}")
    require(world.finalize(client, ready_url, ready, request_der(key, [host]))["status"] == "valid", "not issued afterwards")


# WIR-25
@check("safety-nothing-is-issued-while-all-is-stopped", needs=["stop", "http"], last=True)
def everything(world):
    """newOrder and finalize get 503 with Retry-After; revocation, reading and accounts go on; then all is as before."""
    issued = world.issue(world.client())
    client, key, host = issued.client, ec.generate_private_key(ec.SECP256R1()), world.name()
    order_url, ready = world.ready(client, host)
    with world.stopped("all"):
        outage(order(world, client, world.name()))
        outage(client.ask(ready["finalize"], {"csr": b64url(request_der(key, [host]))}))
        require(client.expect(200, order_url).json()["status"] == "ready", "the order is not ready any more")
        world.client()
        client.expect(200, issued.url)
        answered(client.ask(world.directory["revokeCert"], {"certificate": b64url(issued.der)}), 200)
    require(world.finalize(client, order_url, ready, request_der(key, [host]))["status"] == "valid", "not issued afterwards")
