"""Finalizing orders (RFC 8555 §7.4)."""
import concurrent.futures

from cryptography.hazmat.primitives.asymmetric import ec

from checks.order import retry_after
from acme_client import Client, b64url, request_der
from harness import answered, check, refused, require


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def csr_for(order, key=None):
    return {"csr": b64url(request_der(key or new_key(), [entry["value"] for entry in order["identifiers"]]))}


@check("rfc8555-7.4-finalize-before-ready-is-order-not-ready")
def too_early(world):
    """A pending order cannot be finalized: 403 orderNotReady, and it stays pending."""
    client = world.account()
    order_url, order, _, _, _ = world.pending(client)
    refused(client.ask(order["finalize"], csr_for(order)), "orderNotReady", status=403)
    require(client.expect(200, order_url).json()["status"] == "pending", "the order has changed")


# WIR-06
@check("interop-order-not-ready-carries-location")
def not_ready_location(world):
    """orderNotReady names the order in Location, for a client that retries after a lost reply."""
    client = world.account()
    order_url, order, _, _, _ = world.pending(client)
    response = client.ask(order["finalize"], csr_for(order))
    require(response.header("Location") == order_url, f"Location is {response.header('Location')}")


@check("rfc8555-7.4-finalize-leads-to-a-certificate", needs=["http"])
def good(world):
    """finalize of a ready order is answered with 200 and the order, which becomes valid and names its certificate."""
    client = world.account()
    order_url, order = world.ready(client)
    response = answered(client.ask(order["finalize"], csr_for(order)), 200)
    require(response.json()["status"] in ("processing", "valid"), response.summary())
    final = client.poll(order_url, lambda now: now["status"] != "processing").json()
    require(final["status"] == "valid" and final["certificate"].startswith("https://"), f"the order is {final}")


# WIR-04
@check("interop-finalize-carries-location", needs=["http"])
def location(world):
    """The reply names the order in Location: Go's client polls that."""
    client = world.account()
    order_url, order = world.ready(client)
    response = answered(client.ask(order["finalize"], csr_for(order)), 200)
    require(response.header("Location") == order_url, f"Location is {response.header('Location')}")


# WIR-07
@check("rfc8555-7.4-processing-order-carries-retry-after", needs=["http"])
def processing_wait(world):
    """A reply that says processing says when to look again."""
    client = world.account()
    _, order = world.ready(client)
    response = answered(client.ask(order["finalize"], csr_for(order)), 200)
    if response.json()["status"] == "processing":
        retry_after(response)


# WIR-30
@check("interop-status-never-steps-back-after-finalize", needs=["http"])
def no_step_back(world):
    """After finalize nobody sees pending or ready again: for acmez, mod_md and Go that is fatal."""
    client = world.account()
    order_url, order = world.ready(client)
    seen = [answered(client.ask(order["finalize"], csr_for(order)), 200).json()["status"]]
    while seen[-1] not in ("valid", "invalid"):
        seen.append(client.expect(200, order_url).json()["status"])
        require(seen[-1] not in ("pending", "ready"), f"the order went {' -> '.join(seen)}")
    require(seen[-1] == "valid", f"the order became {seen[-1]}")


@check("interop-finalize-reply-has-all-members", needs=["http"])
def members(world):
    """The reply to finalize is a whole order: status, identifiers, authorizations, finalize."""
    client = world.account()
    _, order = world.ready(client)
    response = answered(client.ask(order["finalize"], csr_for(order)), 200)
    for name in ("status", "identifiers", "authorizations", "finalize"):
        require(response.json().get(name), f"{name} is missing in {response.summary()}")


@check("rfc8555-7.4-second-finalize-is-order-not-ready", needs=["http"])
def twice(world):
    """An order is finalized once: the second time gives 403 orderNotReady, with the same request and with another."""
    client = world.account()
    order_url, order = world.ready(client)
    payload = csr_for(order)
    first = world.finalize(client, order_url, order, request_der(new_key(), [order["identifiers"][0]["value"]]))
    refused(client.ask(order["finalize"], payload), "orderNotReady", status=403)
    refused(client.ask(order["finalize"], csr_for(order)), "orderNotReady", status=403)
    require(client.expect(200, order_url).json().get("certificate") == first["certificate"], "the certificate changed")


@check("rfc8555-7.4-racing-finalizes-issue-once", needs=["http"])
def race(world):
    """Of eight requests that race with eight keys, one is taken; there is one certificate, for its key."""
    client = world.account()
    order_url, order = world.ready(client)
    keys = [new_key() for _ in range(8)]

    def finalize(key):
        mine = Client(world.new_transport(), world.directory, client.key)
        mine.kid = client.kid
        response = mine.ask(order["finalize"], csr_for(order, key))
        mine.transport.close()
        return key, response

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(finalize, keys))
    taken = [key for key, response in replies if response.status == 200]
    require(len(taken) == 1, f"statuses are {[response.status for _, response in replies]}")
    for key, response in replies:
        if key is not taken[0]:
            refused(response, "orderNotReady", status=403)
    final = client.poll(order_url, lambda now: now["status"] not in ("processing", "ready")).json()
    require(final["status"] == "valid", f"the order is {final}")


@check("rfc8555-7.4-foreign-finalize-is-closed", needs=["http"])
def foreign(world):
    """Nobody finalizes the order of somebody else; it stays ready."""
    client = world.account()
    order_url, order = world.ready(client)
    refused(world.client().ask(order["finalize"], csr_for(order)), "unauthorized", status=403)
    require(client.expect(200, order_url).json()["status"] == "ready", "the order has changed")


@check("rfc8555-6.3-finalize-refuses-post-as-get", needs=["http"])
def post_as_get(world):
    """An empty payload is no finalize request; the order stays ready."""
    client = world.account()
    order_url, order = world.ready(client)
    response = client.ask(order["finalize"])
    require(400 <= response.status < 500, response.summary())
    require(client.expect(200, order_url).json()["status"] == "ready", "the order has changed")


@check("rfc8555-7.4-finalize-needs-a-csr", needs=["http"])
def shape(world):
    """finalize without csr, or with one that is not base64url text, is refused and leaves the order ready."""
    client = world.account()
    order_url, order = world.ready(client)
    for payload in ({}, {"csr": None}, {"csr": 7}, {"csr": ""}, {"csr": "***"}, {"csr": ["AAAA"]}):
        refused(client.ask(order["finalize"], payload), "malformed", "badCSR", status=400)
    require(client.expect(200, order_url).json()["status"] == "ready", "the order has changed")


@check("rfc8555-7.4-order-survives-a-bad-csr", needs=["http"])
def survives(world):
    """After badCSR the order is still ready, and a good request gets the certificate."""
    client = world.account()
    order_url, order = world.ready(client)
    wrong = request_der(new_key(), [world.name()])
    refused(client.ask(order["finalize"], {"csr": b64url(wrong)}), "badCSR", status=400)
    require(client.expect(200, order_url).json()["status"] == "ready", "the order is not ready any more")
    final = world.finalize(client, order_url, order, request_der(new_key(), [order["identifiers"][0]["value"]]))
    require(final["status"] == "valid", f"the order is {final}")


@check("rfc8555-7.4-several-names-in-any-order-and-case", needs=["http"])
def any_order(world):
    """The names of the request match as a set, whatever their order and case."""
    client = world.account()
    names = [world.name() for _ in range(3)]
    order_url, order = world.ready(client, *names)
    final = world.finalize(client, order_url, order,
                           request_der(new_key(), [names[2], names[0].upper(), names[1]], common_name=names[1]))
    require(final["status"] == "valid", f"the order is {final}")


@check("rfc8555-7.4-name-may-be-in-the-common-name-alone", needs=["http"])
def common_name_only(world):
    """A request may give its name as commonName only."""
    client = world.account()
    order_url, order = world.ready(client)
    name = order["identifiers"][0]["value"]
    final = world.finalize(client, order_url, order, request_der(new_key(), [], common_name=name))
    require(final["status"] == "valid", f"the order is {final}")
