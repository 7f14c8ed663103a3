"""Orders (RFC 8555 §7.1.3, §7.4)."""
import concurrent.futures
import datetime
import re

from acme_client import Client
from harness import Skip, answered, check, refused, require

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")


def dns(*names):
    return [{"type": "dns", "value": name} for name in names]


def moment(text):
    require(isinstance(text, str) and RFC3339.match(text), f"{text!r} is no RFC 3339 time")
    cut = re.sub(r"\.\d+", "", text).replace("Z", "+00:00")
    return datetime.datetime.fromisoformat(cut)


def retry_after(response):
    """Whole seconds from 1 to 600, as clients understand them."""
    value = response.header("Retry-After")
    require(value is not None, f"no Retry-After: {response.summary()}")
    require(value.isdigit() and 1 <= int(value) <= 600, f"Retry-After is {value!r}")


def sorted_challenges(authorization):
    """The authorization with its challenges in one order, as a server may list them in any."""
    return {**authorization, "challenges": sorted(authorization["challenges"], key=lambda entry: entry["url"])}


# WIR-04
@check("rfc8555-7.4-new-order-is-201-with-location")
def created(world):
    """A new order gives 201, its URL in Location, and application/json."""
    response = world.account().order(world.name())
    require(response.header("Location", "").startswith("https://"), "no Location")
    require(response.media_type == "application/json", f"Content-Type is {response.media_type}")


@check("rfc8555-7.1.3-order-has-its-members")
def shape(world):
    """status pending, identifiers, authorizations, finalize; no certificate and no error yet."""
    order = world.account().order(world.name()).json()
    require(order["status"] in ("pending", "ready"), f"status is {order['status']}")
    require(order["finalize"].startswith("https://"), f"finalize is {order.get('finalize')}")
    require(isinstance(order["authorizations"], list) and order["authorizations"], "no authorizations")
    require("certificate" not in order and "error" not in order, f"the order is {order}")


@check("rfc8555-7.1.3-pending-order-expires-in-the-future")
def expires(world):
    """expires is there, well formed and ahead."""
    order = world.account().order(world.name()).json()
    ahead = moment(order.get("expires")) - datetime.datetime.now(datetime.timezone.utc)
    require(ahead > datetime.timedelta(minutes=5), f"it expires in {ahead}")


@check("rfc8555-7.1.3-identifiers-are-echoed")
def echo(world):
    """The order is for exactly the identifiers asked for; lego stops if the set differs."""
    names = sorted(world.name() for _ in range(3))
    order = world.account().order(*names).json()
    found = sorted((entry["type"], entry["value"]) for entry in order["identifiers"])
    require(found == [("dns", name) for name in names], f"identifiers are {order['identifiers']}")
    require(all(set(entry) == {"type", "value"} for entry in order["identifiers"]), f"{order['identifiers']}")


@check("rfc8555-7.1.3-one-authorization-per-identifier")
def authorizations(world):
    """There is an authorization for every identifier, each with its own URL."""
    client = world.account()
    names = {world.name() for _ in range(3)}
    urls = client.order(*names).json()["authorizations"]
    require(len(set(urls)) == 3, f"authorizations are {urls}")
    found = {client.expect(200, url).json()["identifier"]["value"] for url in urls}
    require(found == names, f"they are for {found}")


@check("rfc8555-6.3-order-answers-post-as-get")
def read(world):
    """Reading an order gives what newOrder gave."""
    client = world.account()
    made = client.order(world.name())
    found = client.expect(200, made.header("Location")).json()
    for name in ("identifiers", "authorizations", "finalize", "status", "expires"):
        require(found.get(name) == made.json().get(name), f"{name} was {made.json().get(name)}, is {found.get(name)}")


# WIR-04
@check("interop-order-read-carries-location")
def location(world):
    """Reading an order gives its URL in Location: Go's client polls that."""
    client = world.account()
    url = client.order(world.name()).header("Location")
    require(client.expect(200, url).header("Location") == url, "Location is missing or different")


# WIR-07
@check("interop-pending-order-carries-retry-after")
def pending_wait(world):
    """A pending order says when to look again."""
    client = world.account()
    retry_after(client.expect(200, client.order(world.name()).header("Location")))


@check("rfc8555-6.3-reading-changes-nothing")
def no_effect(world):
    """Reading order and authorization again and again leaves them as they are."""
    client = world.account()
    order_url, order, authorization_url, authorization, _ = world.pending(client)
    for _ in range(3):
        require(client.expect(200, order_url).json()["status"] == order["status"], "the order has changed")
        found = client.expect(200, authorization_url).json()
        require(sorted_challenges(found) == sorted_challenges(authorization), "the authorization has changed")


# WIR-11
@check("interop-order-says-status-once")
def status_once(world):
    """The text "status" is in an order's body once: acme.sh searches the whole body."""
    client = world.account()
    body = client.expect(200, client.order(world.name(), world.name()).header("Location")).body
    require(body.count(b'"status"') == 1, f"the body is {body.decode()}")


# WIR-05
@check("rfc8555-7.1.3-ready-follows-the-last-valid-authorization", needs=["http"])
def ready(world):
    """The order is ready as soon as the last authorization reads valid; clients look only once."""
    client = world.account()
    response = client.order(world.name(), world.name())
    one, two = response.json()["authorizations"]
    world.prove(client, one)
    require(client.expect(200, response.header("Location")).json()["status"] == "pending", "ready too early")
    world.prove(client, two)
    status = client.expect(200, response.header("Location")).json()["status"]
    require(status == "ready", f"the order is {status}")


# WIR-09
@check("interop-valid-order-keeps-its-members", needs=["http"])
def valid_members(world):
    """A valid order has certificate, finalize, identifiers and authorizations."""
    issued = world.issued()
    order = issued.client.expect(200, issued.order_url).json()
    for name in ("certificate", "finalize", "identifiers", "authorizations"):
        require(order.get(name), f"{name} is {order.get(name)!r}")
    require("error" not in order, "a valid order has an error")


# WIR-11 WIR-12
@check("interop-valid-order-says-status-and-certificate-once", needs=["http"])
def valid_once(world):
    """So it is in a valid order: one "status", one "certificate", which acme.sh takes from the whole body."""
    issued = world.issued()
    body = issued.client.expect(200, issued.order_url).body
    for word in (b'"status"', b'"certificate"'):
        require(body.count(word) == 1, f"the body is {body.decode()}")


@check("rfc8555-7.1.3-foreign-order-is-closed")
def foreign(world):
    """Nobody reads the order of somebody else."""
    url = world.account().order(world.name()).header("Location")
    refused(world.client().ask(url), "unauthorized", status=403)


@check("rfc8555-7.4-order-cannot-be-written-to")
def read_only(world):
    """A payload posted to an order is refused or ignored."""
    client = world.account()
    url = client.order(world.name()).header("Location")
    client.ask(url, {"status": "valid"})
    require(client.expect(200, url).json()["status"] == "pending", "the client has set the status")


@check("rfc8555-7.4-orders-are-distinct-for-distinct-names")
def distinct(world):
    """Different names never share an order or an authorization."""
    client = world.account()
    one, two = client.order(world.name()), client.order(world.name())
    require(one.header("Location") != two.header("Location"), "one order for two names")
    require(not set(one.json()["authorizations"]) & set(two.json()["authorizations"]), "one authorization for two names")


@check("rfc8555-7.4-racing-orders-all-succeed")
def race(world):
    """Eight orders at once by one account all succeed."""
    client = world.account()
    names = [world.name() for _ in range(8)]

    def order(name):
        mine = Client(world.new_transport(), world.directory, client.key)
        mine.kid = client.kid
        url = mine.order(name).header("Location")
        mine.transport.close()
        return url

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        urls = list(pool.map(order, names))
    require(len(set(urls)) == 8, f"the URLs are {urls}")


@check("rfc8555-11.3-object-urls-are-not-guessable")
def unguessable(world):
    """Order URLs are not numbered in sequence."""
    client = world.account()
    ends = [client.order(world.name()).header("Location").rstrip("/").rpartition("/")[2] for _ in range(3)]
    require(all(len(end) >= 16 for end in ends), f"the ids are {ends}")


@check("rfc8555-7.4-not-before-and-not-after-are-honoured-or-refused")
def dates(world):
    """A server that cannot fulfil notBefore or notAfter refuses the order."""
    client = world.account()
    soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name in ("notBefore", "notAfter"):
        response = client.ask(world.directory["newOrder"], {"identifiers": dns(world.name()), name: soon})
        if response.status == 201:
            require(moment(response.json().get(name)) == moment(soon), f"{name} is {response.json().get(name)}")
        else:
            refused(response)


@check("rfc8555-7.4-not-after-in-the-past-is-refused")
def past(world):
    """A certificate that has expired already, or a time that is no time, is refused."""
    client = world.account()
    for text in ("2001-01-01T00:00:00Z", "tomorrow", "", 7):
        refused(client.ask(world.directory["newOrder"], {"identifiers": dns(world.name()), "notAfter": text}))


# WIR-23
@check("draft-profiles-unknown-profile-is-refused")
def unknown_profile(world):
    """A profile that the directory does not list gives invalidProfile."""
    if "profiles" not in world.meta:
        raise Skip("the server offers no profiles")
    response = world.account().ask(world.directory["newOrder"], {"identifiers": dns(world.name()), "profile": "no-such"})
    refused(response, "invalidProfile", status=400)


@check("draft-profiles-every-listed-profile-is-known")
def known_profiles(world):
    """Each profile of the directory can be named in newOrder and is echoed."""
    if "profiles" not in world.meta:
        raise Skip("the server offers no profiles")
    for profile in world.meta["profiles"]:
        order = answered(world.account().ask(world.directory["newOrder"],
                                             {"identifiers": dns(world.name()), "profile": profile}), 201, 403)
        require(order.status == 403 or order.json().get("profile") == profile, order.summary())


@check("rfc8555-7.4-unknown-members-are-ignored")
def unknown_members(world):
    """Members of newOrder that nobody defined do no harm."""
    response = world.account().ask(world.directory["newOrder"], {"identifiers": dns(world.name()), "unknown": [1]})
    answered(response, 201)
    require("unknown" not in response.json(), "an unknown member is reflected")


@check("rfc8555-7.4-identifiers-must-be-a-list-of-objects")
def malformed(world):
    """newOrder without identifiers, with none, or with entries of wrong shape is malformed."""
    client = world.account()
    wrong = [{}, {"identifiers": []}, {"identifiers": None}, {"identifiers": "a.example"}, {"identifiers": {}},
             {"identifiers": [7]}, {"identifiers": ["a.example"]}, {"identifiers": [{"type": "dns"}]},
             {"identifiers": [{"value": "a.conformance.test"}]}, {"identifiers": [{"type": "dns", "value": 7}]},
             {"identifiers": [{"type": 7, "value": "a.conformance.test"}]},
             {"identifiers": [{"type": "dns", "value": None}]}, {"identifiers": [[]]}]
    for payload in wrong:
        refused(client.ask(world.directory["newOrder"], payload), "malformed", "unsupportedIdentifier",
                "rejectedIdentifier")


@check("rfc8555-7.4-new-order-by-post-as-get-is-refused")
def empty_payload(world):
    """An empty payload makes no order."""
    refused(world.account().ask(world.directory["newOrder"]), "malformed", status=400)
