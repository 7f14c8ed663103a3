"""What an account proved before, and what of it counts again (RFC 8555 §7.4, §7.5.2)."""
from acme_client import request_der
from cryptography.hazmat.primitives.asymmetric import ec
from harness import answered, check, require


@check("br-3.2.2.4-authorizations-are-not-shared-between-accounts", needs=("http",))
def accounts(world):
    """A name that one account has proved is pending for another account."""
    name = world.name()
    world.ready(world.client(), name)
    order = world.client().order(name).json()
    require(order["status"] == "pending", f"the order of the other account is {order['status']}")


@check("rfc8555-7.4-a-reused-authorization-counts", needs=("http",))
def counts(world):
    """An order whose authorizations are all valid already can be finalized without another challenge."""
    client, name = world.client(), world.name()
    world.issue(client, name)
    response = client.order(name)
    order = response.json()
    found = [client.expect(200, url).json()["status"] for url in order["authorizations"]]
    all_valid = all(status == "valid" for status in found)
    require(all_valid == (order["status"] == "ready"), f"the order is {order['status']}, authorizations are {found}")
    if all_valid:
        key = ec.generate_private_key(ec.SECP256R1())
        final = world.finalize(client, response.header("Location"), order, request_der(key, (name,)))
        require(final["status"] == "valid", f"the order became {final}")


@check("rfc8555-7.5.2-deactivated-authorization-is-not-reused", needs=("http",))
def deactivated(world):
    """After its authorization was deactivated the name must be proved again."""
    client, name = world.client(), world.name()
    _, order = world.ready(client, name)
    url = order["authorizations"][0]
    answered(client.ask(url, {"status": "deactivated"}), 200)
    again = client.order(name).json()
    require(again["status"] == "pending", f"the next order is {again['status']}")
    require(url not in again["authorizations"], "the next order holds the deactivated authorization")


# WIR-28
@check("interop-finalized-order-is-not-given-out-again", needs=("http",))
def finalized(world):
    """newOrder never answers with an order that was finalized: certbot would store a certificate for another key."""
    client, name = world.client(), world.name()
    issued = world.issue(client, name)
    again = client.order(name)
    require(again.header("Location") != issued.order_url, "the finalized order was given out again")
    require("certificate" not in again.json(), f"the new order is {again.json()}")
