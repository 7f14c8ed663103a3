"""Replay nonces (RFC 8555 §6.5, §7.2)."""
import concurrent.futures
import re

from acme_client import Client, b64url, compact, flattened
from harness import answered, check, refused, require, tampered

NONCE = re.compile(r"[A-Za-z0-9_-]+\Z")


def spend(client, nonce, **changes):
    """A harmless signed request with this nonce."""
    return client.post(client.kid, nonce=nonce, **changes)


@check("rfc8555-7.2-head-new-nonce-is-200")
def head(world):
    """HEAD newNonce gives 200 with a nonce and no body."""
    response = answered(world.transport.request("HEAD", world.directory["newNonce"]), 200)
    require(response.header("Replay-Nonce"), "no Replay-Nonce")


# WIR-15
@check("rfc8555-7.2-get-new-nonce-is-204")
def get(world):
    """GET newNonce gives 204 with a nonce and no body."""
    response = answered(world.transport.request("GET", world.directory["newNonce"]), 204)
    require(response.header("Replay-Nonce"), "no Replay-Nonce")
    require(response.body == b"", "204 with a body")


@check("rfc8555-7.2-new-nonce-is-not-stored")
def no_store(world):
    """Replies of newNonce carry Cache-Control: no-store."""
    for method in ("HEAD", "GET"):
        response = world.transport.request(method, world.directory["newNonce"])
        require("no-store" in response.header("Cache-Control", ""),
                f"{method}: Cache-Control is {response.header('Cache-Control')!r}")


@check("rfc8555-6.5.1-nonce-is-base64url")
def base64url(world):
    """A nonce is base64url without padding."""
    for _ in range(20):
        nonce = world.account().fresh_nonce()
        require(NONCE.match(nonce), f"{nonce!r} is not base64url")


@check("rfc8555-6.5.1-nonces-are-unique")
def unique(world):
    """A hundred nonces are a hundred different nonces."""
    found = {world.account().fresh_nonce() for _ in range(100)}
    require(len(found) == 100, f"only {len(found)} of 100 differ")


@check("rfc8555-6.5-one-nonce-per-reply")
def single_header(world):
    """A reply carries one Replay-Nonce field, not several."""
    for response in (world.transport.request("HEAD", world.directory["newNonce"]), world.account().ask(world.account().kid)):
        require(len(response.all("Replay-Nonce")) == 1, f"{response.all('Replay-Nonce')}")


@check("rfc8555-7.2-new-nonce-links-the-index")
def index(world):
    """newNonce names the directory in a Link."""
    response = world.transport.request("HEAD", world.directory["newNonce"])
    require(world.directory_url in response.links("index"), f"Link is {response.all('Link')}")


@check("rfc8555-6.3-new-nonce-answers-post-as-get")
def post_as_get(world):
    """newNonce answers POST-as-GET in addition to GET."""
    answered(world.account().ask(world.directory["newNonce"]), 200, 204)


@check("rfc8555-6.5-nonce-comes-with-every-good-post")
def on_success(world):
    """Replies to newAccount, account, newOrder, order and authorization carry a nonce."""
    client = world.stranger()
    replies = [client.register(), client.ask(client.kid)]
    order = client.order(world.name())
    replies += [order, client.ask(order.header("Location")), client.ask(order.json()["authorizations"][0])]
    for response in replies:
        require(NONCE.match(response.header("Replay-Nonce", "")), f"no nonce: {response.summary()}")


def malformed_requests(world, client):
    """{what is wrong: reply} for requests refused at every stage of reading them."""
    url = client.kid
    good = flattened(client.key, client.header(url), b"")
    return {
        "bad nonce": spend(client, b64url(b"never issued")),
        "bad signature": client.send(url, {**good, "signature": tampered(good["signature"])}),
        "wrong url": client.post(url, url=url + "x"),
        "not JSON": client.send(url, b"{"),
        "not a JWS": client.send(url, b"{}"),
        "unknown algorithm": client.post(url, alg="XX999"),
        "unknown account": client.post(url, kid=url[:-2] + "zz"),
        "bad payload": client.post(world.directory["newOrder"], b"not json"),
        "no identifiers": client.post(world.directory["newOrder"], {"identifiers": []}),
    }


@check("interop-nonce-comes-with-every-refused-post")
def on_errors(world):
    """Error replies to POSTs carry a nonce: nginx-acme gives up without one."""
    for what, response in malformed_requests(world, world.client()).items():
        require(NONCE.match(response.header("Replay-Nonce", "")), f"{what}: no nonce in {response.summary()}")


@check("interop-nonce-comes-with-415-and-404")
def on_early_errors(world):
    """So do POSTs refused for their content type or their path."""
    client = world.client()
    body = flattened(client.key, client.header(client.kid), b"")
    wrong_type = client.send(client.kid, body, content_type="application/json")
    missing = client.post(world.directory["newOrder"] + "-nothing")
    for response in (wrong_type, missing):
        require(response.status >= 400, f"not refused: {response.summary()}")
        require(NONCE.match(response.header("Replay-Nonce", "")), f"no nonce: {response.summary()}")


@check("rfc8555-6.5-replayed-nonce-is-refused")
def replay(world):
    """A nonce that was used once is refused with 400 badNonce."""
    client = world.client()
    nonce = client.take_nonce()
    answered(spend(client, nonce), 200)
    refused(spend(client, nonce), "badNonce", status=400)


@check("rfc8555-6.5-replay-is-refused-on-another-connection")
def replay_elsewhere(world):
    """The memory of used nonces is not that of one connection."""
    client = world.client()
    nonce = client.take_nonce()
    answered(spend(client, nonce), 200)
    other = Client(world.new_transport(), world.directory, client.key)
    other.kid = client.kid
    refused(spend(other, nonce), "badNonce", status=400)
    other.transport.close()


@check("rfc8555-6.5-replayed-request-is-refused")
def replayed_body(world):
    """The very same signed octets, sent again, are refused and make no second order."""
    client = world.client()
    url = world.directory["newOrder"]
    body = flattened(client.key, client.header(url),
                     compact({"identifiers": [{"type": "dns", "value": world.name()}]}))
    answered(client.send(url, body), 201)
    refused(client.send(url, body), "badNonce", status=400)


@check("rfc8555-6.5-bad-nonce-error-carries-a-usable-nonce")
def fresh_in_error(world):
    """The nonce of a badNonce error works."""
    client = world.client()
    response = spend(client, b64url(b"never issued"))
    refused(response, "badNonce", status=400)
    answered(spend(client, response.header("Replay-Nonce")), 200)


# WIR-02
@check("interop-bad-nonce-detail-phrase")
def phrase(world):
    """The detail contains "JWS has an invalid anti-replay nonce", the text by which acme.sh knows to retry."""
    problem = refused(spend(world.client(), b64url(b"never issued")), "badNonce")
    require("JWS has an invalid anti-replay nonce" in problem.get("detail", ""), f"detail is {problem.get('detail')!r}")


@check("rfc8555-6.5-invented-nonces-are-refused")
def invented(world):
    """Nonces the server never gave, and real ones with a changed, missing or added character, are refused."""
    client = world.client()
    real = client.fresh_nonce()
    other = "A" if real[-1] != "A" else "Q"
    for nonce in ("AAAAAAAAAAAAAAAAAAAAAA", "x", real[:-1], real[1:], real[:-1] + other, real + "A", real + real):
        refused(spend(client, nonce), "badNonce", "malformed", status=400)
    answered(spend(client, real), 200)


@check("rfc8555-6.5-missing-nonce-is-refused")
def missing(world):
    """A request without a nonce is refused with 400 badNonce."""
    refused(spend(world.client(), None), "badNonce", status=400)


@check("rfc8555-6.5.2-nonce-outside-base64url-is-malformed")
def alphabet(world):
    """A nonce that is not base64url makes the request malformed."""
    client = world.client()
    for nonce in ("a b", "abcd====", "a+b/", "\u00e9"):
        refused(spend(client, nonce), "malformed", status=400)


@check("rfc8555-6.5.2-nonce-that-is-not-text-is-malformed")
def not_text(world):
    """A nonce that is a number, an array or an object makes the request malformed."""
    client = world.client()
    for nonce in (7, ["a"], {"a": 1}, True):
        refused(spend(client, nonce), "malformed", status=400)


@check("rfc8555-6.5-bad-signature-does-not-burn-the-nonce")
def unburnt(world):
    """Only a request whose signature is good spends its nonce; otherwise a stranger could burn them."""
    client = world.client()
    nonce = client.take_nonce()
    body = flattened(client.key, client.header(client.kid, nonce=nonce), b"")
    refused(client.send(client.kid, {**body, "signature": tampered(body["signature"])}), "malformed", "unauthorized")
    answered(client.send(client.kid, body), 200)


@check("rfc8555-6.5-nonce-is-good-for-every-resource-and-account")
def anywhere(world):
    """A nonce given to one account by one resource serves another account at another resource."""
    one, two = world.client(), world.client()
    nonce = one.ask(one.kid).header("Replay-Nonce")
    identifiers = {"identifiers": [{"type": "dns", "value": world.name()}]}
    answered(two.post(world.directory["newOrder"], identifiers, nonce=nonce), 201)


@check("rfc8555-6.5-one-of-many-racing-uses-wins")
def race(world):
    """Of 16 requests that race with one nonce, exactly one is answered."""
    client = world.client()
    nonce = client.take_nonce()
    body = compact(flattened(client.key, client.header(client.kid, nonce=nonce), b""))

    def send(_):
        transport = world.new_transport()
        try:
            return Client(transport, world.directory, client.key).send(client.kid, body).status
        finally:
            transport.close()

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(send, range(16)))
    require(statuses == [200] + [400] * 15, f"statuses are {statuses}")


# WIR-01
@check("rfc8555-6.5-every-good-post-of-this-run-had-a-nonce", last=True)
def whole_run_good(world):
    """Looking back at the run: no successful POST was answered without a nonce."""
    bare = [seen for seen in world.observed if seen.method == "POST" and seen.status < 400
            and not NONCE.match(seen.header("Replay-Nonce", ""))]
    require(not bare, f"{len(bare)} replies, the first: {bare[0].summary() if bare else ''}")


# WIR-01
@check("interop-every-refused-post-of-this-run-had-a-nonce", last=True)
def whole_run_refused(world):
    """Looking back at the run: no refused POST was answered without a nonce."""
    bare = [seen for seen in world.observed if seen.method == "POST" and seen.status >= 400
            and not NONCE.match(seen.header("Replay-Nonce", ""))]
    require(not bare, f"{len(bare)} replies, the first: {bare[0].summary() if bare else ''}")
