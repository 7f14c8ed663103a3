"""Deactivated accounts (RFC 8555 §7.3.6): nothing is open to them any more."""
from cryptography.hazmat.primitives.asymmetric import ec

from acme_client import Key, b64url, request_der
from harness import answered, check, refused, require


def deactivate(client):
    return client.expect(200, client.kid, {"status": "deactivated"}).json()


@check("rfc8555-7.3.6-account-can-be-deactivated")
def deactivation(world):
    """status deactivated is taken and answered with the account."""
    require(deactivate(world.client())["status"] == "deactivated", "the reply does not say deactivated")


def closed(what, reach):
    """Registers a check that a deactivated account is refused at one resource."""

    def function(world):
        client = world.client()
        order_url, order, authorization_url, _, challenge = world.pending(client)
        orders_url = client.expect(200, client.kid).json()["orders"]
        deactivate(client)
        urls = {"order": order_url, "finalize": order["finalize"], "authorization": authorization_url,
                "challenge": challenge["url"], "account": client.kid, "orders": orders_url,
                "newOrder": world.directory["newOrder"]}
        for payload in reach(world):
            refused(client.ask(urls[what], payload), "unauthorized", status=403)

    function.__doc__ = f"A deactivated account is refused at the {what} resource with 403 unauthorized."
    check(f"rfc8555-7.3.6-deactivated-account-is-refused-at-{what.lower()}")(function)


closed("newOrder", lambda world: [{"identifiers": [{"type": "dns", "value": world.name()}]}])
closed("order", lambda world: [None])
closed("finalize", lambda world: [{"csr": b64url(request_der(ec.generate_private_key(ec.SECP256R1()), [world.name()]))}])
closed("authorization", lambda world: [None, {"status": "deactivated"}])
closed("challenge", lambda world: [None, {}])
closed("account", lambda world: [None, {"contact": []}, {"status": "valid"}])
closed("orders", lambda world: [None])


@check("rfc8555-7.3.6-deactivated-account-gets-no-certificate", needs=["http"])
def certificate(world):
    """A deactivated account can neither download nor revoke its certificate."""
    issued = world.issue(world.client())
    deactivate(issued.client)
    refused(issued.client.ask(issued.url), "unauthorized", status=403)
    refused(issued.client.ask(world.directory["revokeCert"], {"certificate": b64url(issued.der)}), "unauthorized",
            status=403)


@check("rfc8555-7.3.6-key-of-a-deactivated-account-does-not-come-back")
def register_again(world):
    """newAccount with the key of a deactivated account is refused, with onlyReturnExisting and without."""
    client = world.client()
    deactivate(client)
    client.kid = None
    for members in ({"termsOfServiceAgreed": True}, {"onlyReturnExisting": True}):
        refused(client.ask(world.directory["newAccount"], members), "unauthorized", status=403)


@check("rfc8555-7.6-certificate-key-revokes-after-deactivation", needs=["http"])
def revoke_by_key(world):
    """The key of the certificate still revokes it when the account is gone."""
    issued = world.issue(world.client())
    deactivate(issued.client)
    holder = world.stranger()
    holder.key = Key("ES256", issued.key)
    answered(holder.ask(world.directory["revokeCert"], {"certificate": b64url(issued.der)}), 200)


@check("rfc8555-7.3.6-pending-validation-does-not-outlive-the-account", needs=["http"])
def no_validation(world):
    """A challenge of a deactivated account is not validated any more."""
    client = world.client()
    _, _, _, _, challenge = world.pending(client)
    world.provision(client, challenge)
    deactivate(client)
    refused(client.ask(challenge["url"], {}), "unauthorized", status=403)
    visits = world.responder.wait_for_visit("/.well-known/acme-challenge/" + challenge["token"], seconds=1)
    require(not visits, "the server came to validate")
