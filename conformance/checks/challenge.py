"""Responding to challenges (RFC 8555 §7.5.1, §8)."""
import concurrent.futures

from checks.order import moment, retry_after
from acme_client import Client
from harness import answered, check, http_01, refused, require
from responder import PREFIX, Answer


@check("rfc8555-7.5.1-challenge-answers-post-as-get")
def read(world):
    """POST-as-GET gives the challenge as the authorization shows it."""
    client = world.account()
    _, _, _, _, challenge = world.pending(client)
    found = client.expect(200, challenge["url"]).json()
    for name in ("type", "url", "status", "token"):
        require(found.get(name) == challenge[name], f"{name} is {found.get(name)!r}, not {challenge[name]!r}")


@check("rfc8555-6.3-post-as-get-starts-no-validation", needs=["http"])
def read_only(world):
    """Reading a challenge has no side effect: nobody comes, and it stays pending."""
    client = world.account()
    _, _, _, _, challenge = world.pending(client)
    world.provision(client, challenge)
    client.expect(200, challenge["url"])
    visits = world.responder.wait_for_visit(PREFIX + challenge["token"], seconds=0.7)
    require(not visits, "the server came to validate")
    require(client.expect(200, challenge["url"]).json()["status"] == "pending", "it is not pending any more")


@check("rfc8555-7.1-challenge-links-its-authorization")
def up(world):
    """Link rel=up of a challenge is its authorization, on reading and on responding."""
    client = world.account()
    _, _, authorization_url, _, challenge = world.pending(client)
    for response in (client.ask(challenge["url"]), client.ask(challenge["url"], {})):
        require(response.links("up") == [authorization_url], f"Link is {response.all('Link')}")


@check("interop-pending-challenge-carries-retry-after")
def pending_wait(world):
    """A challenge that is pending says when to look again."""
    client = world.account()
    retry_after(client.expect(200, world.pending(client)[4]["url"]))


@check("rfc8555-7.5.1-response-starts-validation", needs=["http"])
def respond(world):
    """POST {} is answered with 200 and the challenge, and leads to a valid authorization."""
    client = world.account()
    _, _, authorization_url, _, challenge = world.pending(client)
    world.provision(client, challenge)
    response = answered(client.ask(challenge["url"], {}), 200)
    require(response.json()["status"] in ("pending", "processing", "valid"), response.summary())
    require(response.json()["url"] == challenge["url"], response.summary())
    found = client.poll(authorization_url, lambda now: now["status"] != "pending").json()
    require(found["status"] == "valid", f"the authorization is {found}")


@check("rfc8555-7.5.1-unknown-response-members-are-ignored", needs=["http"])
def members(world):
    """Members of the response that nobody defined, also keyAuthorization of old drafts, are ignored."""
    client = world.account()
    _, _, authorization_url, _, challenge = world.pending(client)
    world.provision(client, challenge)
    answered(client.ask(challenge["url"], {"keyAuthorization": "x", "type": "dns-01", "a": [1]}), 200)
    found = client.poll(authorization_url, lambda now: now["status"] != "pending").json()
    require(found["status"] == "valid", f"the authorization is {found}")


@check("rfc8555-7.5.1-response-must-be-an-object", needs=["http"])
def not_object(world):
    """A response that is no JSON object is malformed and starts nothing."""
    client = world.account()
    _, _, _, _, challenge = world.pending(client)
    for payload in (b"[]", b"7", b'"x"', b"null", b"x"):
        refused(client.ask(challenge["url"], payload), "malformed", status=400)
    require(client.expect(200, challenge["url"]).json()["status"] == "pending", "validation was started")


@check("rfc8555-7.5.1-foreign-challenge-is-closed", needs=["http"])
def foreign(world):
    """Nobody reads or answers the challenge of somebody else."""
    _, _, _, _, challenge = world.pending()
    other = world.client()
    refused(other.ask(challenge["url"]), "unauthorized", status=403)
    refused(other.ask(challenge["url"], {}), "unauthorized", status=403)
    require(not world.responder.wait_for_visit(PREFIX + challenge["token"], seconds=0.5), "validation was started")


# WIR-18
@check("interop-response-to-a-valid-challenge-is-200", needs=["http"])
def again_valid(world):
    """POST {} to a challenge that is valid gives 200 and its state."""
    client = world.account()
    challenge = http_01(client.expect(200, world.ready(client)[1]["authorizations"][0]).json())
    response = answered(client.ask(challenge["url"], {}), 200)
    require(response.json()["status"] == "valid", response.summary())


# WIR-18
@check("interop-response-to-a-failed-challenge-is-no-fault", needs=["http"])
def again_invalid(world):
    """POST {} to a challenge that has failed gives its state or a refusal, and it stays invalid."""
    client = world.account()
    _, _, challenge = world.failed_authorization(Answer("wrong"), client=client)
    response = client.ask(challenge["url"], {})
    require(response.status == 200 or 400 <= response.status < 500, response.summary())
    require(client.expect(200, challenge["url"]).json()["status"] == "invalid", "it came back")


@check("rfc8555-8-failed-challenge-tells-why", needs=["http"])
def error_member(world):
    """A failed challenge is invalid with an error that has a registered type and a detail."""
    _, authorization, challenge = world.failed_authorization(Answer("wrong"))
    require(authorization["status"] == "invalid" and challenge["status"] == "invalid", f"{authorization}")
    error = challenge.get("error", {})
    require(error.get("type", "").startswith("urn:ietf:params:acme:error:"), f"error is {error}")
    require(isinstance(error.get("detail"), str) and error["detail"], f"error is {error}")


@check("rfc8555-7.1.6-failed-challenge-makes-the-order-invalid", needs=["http"])
def order_invalid(world):
    """The order of a failed authorization is invalid at once."""
    client = world.account()
    order_url, _, _ = world.failed_authorization(Answer("wrong"), client=client)
    status = client.expect(200, order_url).json()["status"]
    require(status == "invalid", f"the order is {status}")


@check("interop-invalid-order-tells-why", needs=["http"])
def order_error(world):
    """The order says in `error` what went wrong; clients print that."""
    client = world.account()
    order_url, _, _ = world.failed_authorization(Answer("wrong"), client=client)
    error = client.expect(200, order_url).json().get("error")
    require(isinstance(error, dict) and error.get("type", "").startswith("urn:ietf:params:acme:error:"),
            f"error is {error}")


@check("rfc8555-7.4-finalizing-an-invalid-order-is-refused", needs=["http"])
def finalize_invalid(world):
    """finalize of an invalid order gives 403 orderNotReady."""
    client = world.account()
    order_url, _, _ = world.failed_authorization(Answer("wrong"), client=client)
    order = client.expect(200, order_url).json()
    refused(client.ask(order["finalize"], {"csr": "AAAA"}), "orderNotReady", status=403)


@check("rfc8555-7.5.1-racing-responses-are-one-response", needs=["http"])
def race(world):
    """Eight responses at once do no harm: each gives 200 (or 409), and the authorization becomes valid."""
    client = world.account()
    _, _, authorization_url, _, challenge = world.pending(client)
    world.provision(client, challenge)

    def respond_once(_):
        mine = Client(world.new_transport(), world.directory, client.key)
        mine.kid = client.kid
        status = mine.ask(challenge["url"], {}).status
        mine.transport.close()
        return status

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(respond_once, range(8)))
    require(200 in statuses and set(statuses) <= {200, 400, 409}, f"statuses are {statuses}")
    found = client.poll(authorization_url, lambda now: now["status"] != "pending").json()
    require(found["status"] == "valid", f"the authorization is {found}")


@check("rfc8555-8.3-validated-is-a-moment", needs=["http"])
def moment_of_validation(world):
    """`validated` is an RFC 3339 time close to now, also when the challenge itself is read."""
    client = world.account()
    challenge = http_01(client.expect(200, world.ready(client)[1]["authorizations"][0]).json())
    moment(client.expect(200, challenge["url"]).json().get("validated"))
