"""Authorizations (RFC 8555 §7.1.4, §7.5)."""
import datetime
import re

from checks.order import moment, retry_after
from acme_client import from_b64url
from harness import answered, check, http_01, refused, require


@check("rfc8555-7.1.4-authorization-has-its-members")
def shape(world):
    """identifier, status pending, expires and challenges are there."""
    _, order, _, authorization, _ = world.pending()
    require(authorization["status"] == "pending", f"status is {authorization['status']}")
    require(authorization["identifier"] == order["identifiers"][0], f"identifier is {authorization['identifier']}")
    require(isinstance(authorization["challenges"], list) and authorization["challenges"], "no challenges")


@check("rfc8555-7.1.4-pending-authorization-expires-in-the-future")
def expires(world):
    """expires is well formed and ahead."""
    _, _, _, authorization, _ = world.pending()
    require(moment(authorization.get("expires")) > datetime.datetime.now(datetime.timezone.utc), "it has expired")


@check("rfc8555-7.1.4-wildcard-is-absent-for-plain-names")
def wildcard(world):
    """The member wildcard is only there for wildcards."""
    _, _, _, authorization, _ = world.pending()
    require("wildcard" not in authorization, f"wildcard is {authorization.get('wildcard')!r}")


@check("rfc8555-7.1.5-challenges-have-their-members")
def challenge_members(world):
    """Every challenge has type, url and status pending, and no error yet."""
    _, _, _, authorization, _ = world.pending()
    for challenge in authorization["challenges"]:
        require(isinstance(challenge.get("type"), str) and challenge.get("url", "").startswith("https://"),
                f"the challenge is {challenge}")
        require(challenge.get("status") == "pending", f"the challenge is {challenge}")
        require("error" not in challenge and "validated" not in challenge, f"the challenge is {challenge}")


@check("rfc8555-8.3-token-has-128-bits-of-base64url")
def token(world):
    """A token is base64url without padding and long enough for 128 bits."""
    _, _, _, authorization, _ = world.pending()
    for challenge in authorization["challenges"]:
        if "token" in challenge:
            require(re.fullmatch(r"[A-Za-z0-9_-]+", challenge["token"]), f"token is {challenge['token']!r}")
            require(len(from_b64url(challenge["token"])) >= 16, f"token is {challenge['token']!r}")


@check("rfc8555-8.3-tokens-are-unique")
def unique_tokens(world):
    """No two authorizations share a token."""
    client = world.account()
    tokens = {world.pending(client)[4]["token"] for _ in range(10)}
    require(len(tokens) == 10, f"only {len(tokens)} of 10 tokens differ")


# WIR-27
@check("interop-a-stock-client-can-solve-a-challenge")
def solvable(world):
    """Each authorization has http-01, dns-01 or tls-alpn-01; lego gives up on one that has none."""
    _, _, _, authorization, _ = world.pending()
    types = {challenge["type"] for challenge in authorization["challenges"]}
    require(types & {"http-01", "dns-01", "tls-alpn-01"}, f"challenges are {types}")


@check("interop-pending-authorization-carries-retry-after")
def pending_wait(world):
    """A pending authorization says when to look again."""
    client = world.account()
    retry_after(client.expect(200, world.pending(client)[2]))


@check("interop-authorization-says-each-value-once")
def value_once(world):
    """The text "value" is in an authorization once: acme.sh takes the first that it finds."""
    client = world.account()
    body = client.expect(200, world.pending(client)[2]).body
    require(body.count(b'"value"') == 1, f"the body is {body.decode()}")


# WIR-12
@check("interop-challenge-has-nothing-nested-before-url-and-token")
def flat(world):
    """A challenge is a flat object of text: acme.sh cuts it out at the first brace."""
    _, _, _, authorization, _ = world.pending()
    for challenge in authorization["challenges"]:
        nested = [name for name, value in challenge.items() if isinstance(value, (dict, list))]
        require(not nested or challenge["type"] not in ("http-01", "dns-01", "tls-alpn-01"), f"nested: {nested}")


@check("rfc8555-7.1.4-foreign-authorization-is-closed")
def foreign(world):
    """Nobody reads or deactivates the authorization of somebody else."""
    client = world.account()
    url = world.pending(client)[2]
    other = world.client()
    refused(other.ask(url), "unauthorized", status=403)
    refused(other.ask(url, {"status": "deactivated"}), "unauthorized", status=403)
    require(client.expect(200, url).json()["status"] == "pending", "a stranger changed it")


@check("rfc8555-7.5.2-authorization-can-be-deactivated")
def deactivation(world):
    """status deactivated is taken, answered and kept."""
    client = world.account()
    url = world.pending(client)[2]
    require(client.expect(200, url, {"status": "deactivated"}).json()["status"] == "deactivated", "the reply differs")
    require(client.expect(200, url).json()["status"] == "deactivated", "it is not kept")


@check("rfc8555-7.1.6-order-of-a-deactivated-authorization-is-invalid")
def order_after(world):
    """An order that can no longer become ready is invalid."""
    client = world.account()
    order_url, _, url, _, _ = world.pending(client)
    client.expect(200, url, {"status": "deactivated"})
    status = client.expect(200, order_url).json()["status"]
    require(status == "invalid", f"the order is {status}")


@check("rfc8555-7.5.2-deactivated-authorization-is-not-validated", needs=["http"])
def no_validation(world):
    """A challenge of a deactivated authorization is answered or refused, but never validated."""
    client = world.account()
    _, _, url, _, challenge = world.pending(client)
    world.provision(client, challenge)
    client.expect(200, url, {"status": "deactivated"})
    response = client.ask(challenge["url"], {})
    require(response.status == 200 or 400 <= response.status < 500, response.summary())
    visits = world.responder.wait_for_visit("/.well-known/acme-challenge/" + challenge["token"], seconds=0.7)
    require(not visits, "the server came to validate")
    require(client.expect(200, url).json()["status"] == "deactivated", "it came back")


@check("rfc8555-7.5.2-valid-authorization-can-be-deactivated", needs=["http"])
def deactivate_valid(world):
    """A valid authorization can be given up, and its order that was ready cannot be finalized any more."""
    client = world.account()
    order_url, order = world.ready(client)
    url = order["authorizations"][0]
    require(client.expect(200, url, {"status": "deactivated"}).json()["status"] == "deactivated", "the reply differs")
    status = client.expect(200, order_url).json()["status"]
    require(status == "invalid", f"the order is {status}")


@check("rfc8555-7.1.6-issued-order-outlives-its-authorizations", needs=["http"])
def issued_stays(world):
    """An order that is valid stays valid when its authorization is deactivated."""
    issued = world.issue(world.client())
    order = issued.client.expect(200, issued.order_url).json()
    issued.client.ask(order["authorizations"][0], {"status": "deactivated"})
    status = issued.client.expect(200, issued.order_url).json()["status"]
    require(status == "valid", f"the order is {status}")
    answered(issued.client.ask(issued.url), 200)


@check("rfc8555-7.5.2-status-can-only-become-deactivated")
def other_status(world):
    """Other values of status are refused."""
    client = world.account()
    url = world.pending(client)[2]
    for status in ("valid", "invalid", "revoked", "", 7, None):
        response = client.ask(url, {"status": status})
        require(response.status in (200, 400, 403), response.summary())
        require(client.expect(200, url).json()["status"] == "pending", f"status {status!r} was taken")


@check("rfc8555-7.1.4-valid-authorization-has-expires", needs=["http"])
def valid_expires(world):
    """A valid authorization says until when it counts."""
    client = world.account()
    authorization = client.expect(200, world.ready(client)[1]["authorizations"][0]).json()
    require(moment(authorization.get("expires")) > datetime.datetime.now(datetime.timezone.utc), "it has expired")


@check("rfc8555-7.1.5-valid-challenge-says-when", needs=["http"])
def validated(world):
    """The challenge that proved it is valid and has `validated`."""
    client = world.account()
    authorization = client.expect(200, world.ready(client)[1]["authorizations"][0]).json()
    challenge = http_01(authorization)
    require(challenge["status"] == "valid", f"the challenge is {challenge}")
    moment(challenge.get("validated"))


# WIR-19
@check("interop-valid-authorization-asks-for-nothing-more", needs=["http"])
def nothing_more(world):
    """Beside the valid challenge there is none that a client might try to solve again."""
    client = world.account()
    authorization = client.expect(200, world.ready(client)[1]["authorizations"][0]).json()
    statuses = [challenge["status"] for challenge in authorization["challenges"]]
    require(statuses.count("valid") == 1 and "processing" not in statuses, f"challenges are {statuses}")
