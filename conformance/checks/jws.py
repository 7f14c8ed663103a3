"""The envelope of every request (RFC 8555 §6.2 to §6.4, RFC 7515)."""
import json

from acme_client import b64url, compact, flattened
from harness import answered, check, refused, require, tampered


def good(client, url=None, payload=b""):
    """The members of an honest request to the account's own URL."""
    url = url or client.kid
    return flattened(client.key, client.header(url), payload)


def resigned(client, header, payload=b""):
    """A properly signed request whose protected header is exactly these octets."""
    return flattened(client.key, header, payload)


@check("rfc8555-6.2-content-type-must-be-jose-json")
def content_type(world):
    """A POST that is not application/jose+json gives 415."""
    client = world.account()
    for wrong in ("application/json", "text/plain", "application/jose", "application/x-www-form-urlencoded", None):
        response = client.send(client.kid, good(client), content_type=wrong)
        answered(response, 415)
        refused(response, "malformed")


@check("rfc8555-6.2-body-must-be-json")
def not_json(world):
    """Bodies that are not a JSON object are malformed."""
    client = world.account()
    for body in (b"", b"{", b"null", b"[]", b'"text"', b"7", b"\x00", b"\xff\xfe", b"{}garbage", b"{'a':1}"):
        refused(client.send(client.kid, body), "malformed", status=400)


@check("rfc8555-6.2-empty-post-is-refused")
def no_body(world):
    """A POST without a body is malformed, also on newAccount and newOrder."""
    client = world.account()
    for name in ("newAccount", "newOrder", "revokeCert"):
        refused(client.send(world.directory[name], b""), "malformed")


@check("rfc8555-6.2-compact-serialization-is-refused")
def compact_form(world):
    """Only the flattened JSON serialization is taken."""
    client = world.account()
    body = good(client)
    refused(client.send(client.kid, ".".join(body.values()).encode()), "malformed", status=400)


@check("rfc8555-6.2-general-serialization-is-refused")
def general_form(world):
    """The general JSON serialization is refused, with one signature and with two."""
    client = world.account()
    for count in (1, 2):
        body = good(client)
        signature = {"protected": body["protected"], "signature": body["signature"]}
        refused(client.send(client.kid, {"payload": body["payload"], "signatures": [signature] * count}),
                "malformed", status=400)


@check("rfc8555-6.2-signatures-beside-signature-is-refused")
def both_forms(world):
    """A flattened JWS with a `signatures` member beside it is refused."""
    client = world.account()
    body = good(client)
    extra = [{"protected": body["protected"], "signature": body["signature"]}]
    refused(client.send(client.kid, {**body, "signatures": extra}), "malformed", status=400)


@check("rfc8555-6.2-unprotected-header-is-refused")
def unprotected(world):
    """The unprotected header must not be used."""
    client = world.account()
    for header in ({"kid": client.kid}, {"x": "y"}):
        refused(client.send(client.kid, {**good(client), "header": header}), "malformed", status=400)


@check("rfc7515-4.1.11-critical-extensions-are-refused")
def critical(world):
    """A `crit` member names extensions that nobody here knows."""
    client = world.account()
    for crit in (["exp"], ["b64"], [], "exp"):
        refused(client.post(client.kid, crit=crit, exp=1), "malformed", status=400)


@check("rfc8555-6.2-unencoded-payload-option-is-refused")
def unencoded(world):
    """b64 = false (RFC 7797) is refused."""
    client = world.account()
    header = {**client.header(client.kid), "b64": False, "crit": ["b64"]}
    protected = b64url(compact(header))
    signature = b64url(client.key.sign(f"{protected}.".encode()))
    refused(client.send(client.kid, {"protected": protected, "payload": "", "signature": signature}), "malformed",
            status=400)


@check("rfc8555-6.2-detached-payload-is-refused")
def detached(world):
    """Each of protected, payload and signature must be there and be text."""
    client = world.account()
    for name in ("protected", "payload", "signature"):
        body = good(client)
        del body[name]
        refused(client.send(client.kid, body), "malformed", "badSignatureAlgorithm")
        refused(client.send(client.kid, {**good(client), name: 7}), "malformed")
        refused(client.send(client.kid, {**good(client), name: None}), "malformed", "badSignatureAlgorithm")


@check("rfc7515-4-duplicate-header-members-are-refused")
def duplicate_header(world):
    """A protected header that says one thing twice is refused."""
    client = world.account()
    for name in ("url", "nonce", "alg", "kid"):
        header = client.header(client.kid)
        text = compact(header)[:-1] + b"," + compact({name: header[name]})[1:]
        refused(client.send(client.kid, resigned(client, text)), "malformed", status=400)


@check("rfc7515-5.2-duplicate-members-of-the-body-are-refused")
def duplicate_body(world):
    """A body with two payloads, two signatures or two headers is refused."""
    client = world.account()
    for name in ("payload", "signature", "protected"):
        body = good(client)
        text = compact(body)[:-1] + b"," + compact({name: body[name]})[1:]
        refused(client.send(client.kid, text), "malformed", status=400)


@check("rfc8555-6.1-padded-base64url-is-refused")
def padded(world):
    """Trailing = must be rejected as improperly encoded."""
    client = world.account()
    for name in ("protected", "signature", "payload"):
        body = good(client, world.directory["newOrder"], b'{"identifiers":[]} ')
        body[name] += "=" * (-len(body[name]) % 4 or 4)
        refused(client.send(world.directory["newOrder"], body), "malformed", status=400)


@check("rfc7515-2-base64url-alphabet-is-strict")
def alphabet(world):
    """Newlines, spaces and the characters + and / are no base64url."""
    client = world.account()
    for name in ("protected", "signature"):
        for junk in ("\n", " ", "+", "/", "\u0000"):
            body = good(client)
            body[name] = body[name][:8] + junk + body[name][9 if junk in "+/" else 8:]
            refused(client.send(client.kid, body), "malformed", status=400)


@check("rfc4648-3.5-spare-bits-of-base64url-are-zero")
def spare_bits(world):
    """A last character with bits that mean nothing is refused, so that a text has one spelling."""
    client = world.account()
    body = good(client)  # 64 octets: two characters of padding are cut off, four bits of the last one are spare
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(body["signature"][-1])
    require(last % 16 == 0, "the client wrote spare bits itself")
    body["signature"] = body["signature"][:-1] + \
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last + 1]
    refused(client.send(client.kid, body), "malformed", status=400)


@check("rfc8555-6.2-bad-signatures-are-refused")
def bad_signature(world):
    """A changed, empty, short, long or zero signature is refused."""
    client = world.account()
    size = 64
    for signature in (b"", b"\0" * size, b"\xff" * size, b"\1" * (size - 1), b"\1" * (size + 1), b"\1" * 4096):
        refused(client.send(client.kid, {**good(client), "signature": b64url(signature)}), "malformed", "unauthorized")
    body = good(client)
    refused(client.send(client.kid, {**body, "signature": tampered(body["signature"])}), "malformed", "unauthorized")


@check("rfc8555-6.2-altered-payload-is-refused")
def altered_payload(world):
    """A payload other than the signed one is refused and changes nothing."""
    client = world.client()
    body = good(client, client.kid, compact({"contact": []}))
    altered = {**body, "payload": b64url(compact({"status": "deactivated"}))}
    refused(client.send(client.kid, altered), "malformed", "unauthorized")
    require(client.expect(200, client.kid).json()["status"] == "valid", "the unsigned payload was acted upon")


@check("rfc8555-6.2-altered-header-is-refused")
def altered_header(world):
    """A protected header other than the signed one is refused."""
    client = world.account()
    body = good(client)
    other = b64url(compact({**client.header(client.kid), "extra": 1}))
    refused(client.send(client.kid, {**body, "protected": other}), "malformed", "unauthorized")


@check("rfc7518-3.4-der-signature-is-refused")
def der_signature(world):
    """ECDSA signatures are r and s side by side, not DER."""
    client = world.account()
    body = good(client)
    der = client.key.sign_der(f"{body['protected']}.{body['payload']}".encode())
    refused(client.send(client.kid, {**body, "signature": b64url(der)}), "malformed", "unauthorized")


@check("rfc8555-6.2-signature-of-another-key-is-refused")
def other_key(world):
    """The account's URL with somebody else's signature is refused."""
    client, other = world.account(), world.client()
    refused(client.post(client.kid, key=other.key), "malformed", "unauthorized")


@check("rfc8555-6.2-jwk-and-kid-together-are-refused")
def both(world):
    """jwk and kid exclude each other."""
    client = world.account()
    for url in (client.kid, world.directory["newAccount"], world.directory["newOrder"]):
        refused(client.post(url, {}, jwk=client.key.jwk()), "malformed", status=400)


@check("rfc8555-6.2-neither-jwk-nor-kid-is-refused")
def neither(world):
    """A request must say who signed it."""
    client = world.account()
    for url in (client.kid, world.directory["newAccount"], world.directory["newOrder"]):
        refused(client.post(url, {}, kid=None), "malformed", status=400)


@check("rfc8555-6.2-new-account-needs-jwk")
def kid_on_new_account(world):
    """newAccount with kid is refused."""
    client = world.account()
    refused(client.post(world.directory["newAccount"], {"onlyReturnExisting": True}), "malformed", status=400)


@check("rfc8555-6.2-other-resources-need-kid")
def jwk_elsewhere(world):
    """Everything but newAccount and revokeCert is refused with jwk."""
    client = world.client()
    for what, url in world.post_only_resources(client).items():
        if what in ("newAccount", "revokeCert"):
            continue
        payload = {"identifiers": [{"type": "dns", "value": world.name()}]} if what == "newOrder" else None
        refused(client.post(url, payload, kid=None, jwk=client.key.jwk()), "malformed", status=400)


@check("rfc8555-6.2-unknown-account-is-refused")
def unknown_kid(world):
    """A kid that is no account is refused with accountDoesNotExist, and one that is no URL of an account is refused."""
    client = world.account()
    stem, _, ending = client.kid.rpartition("/")
    refused(client.post(client.kid, kid=f"{stem}/{'A' * len(ending)}"), "accountDoesNotExist", status=400)
    for kid in ("", "x", stem, stem + "/", client.kid + "/", "https://elsewhere.example/" + ending,
                client.kid.replace("https:", "http:"), client.kid + "?a=b", client.kid + "\u0000"):
        refused(client.post(client.kid, kid=kid), "accountDoesNotExist", "malformed", "unauthorized")


@check("rfc8555-6.2-kid-must-be-text")
def kid_not_text(world):
    """A kid that is not a string is malformed."""
    client = world.account()
    for kid in (7, [client.kid], {"a": 1}):
        refused(client.post(client.kid, kid=kid), "malformed", status=400)


@check("rfc8555-6.4-url-of-another-resource-is-refused")
def other_url(world):
    """A request signed for another URL is refused as unauthorized."""
    client = world.account()
    for url in (world.directory["newOrder"], client.kid + "/", client.kid + "?x", client.kid.replace("https", "http"),
                client.kid.upper(), "https://elsewhere.example/"):
        refused(client.post(client.kid, url=url), "unauthorized")


# WIR-08
@check("rfc8555-6.4-unauthorized-is-403")
def url_status(world):
    """unauthorized is 403, not 401, which clients take for HTTP authentication."""
    client = world.account()
    refused(client.post(client.kid, url=world.directory["newOrder"]), "unauthorized", status=403)


@check("rfc8555-6.4.1-url-is-required-and-text")
def url_missing(world):
    """A protected header without a url, or with one that is not text, is refused."""
    client = world.account()
    refused(client.post(client.kid, url=None), "malformed", "unauthorized")
    for url in (7, [client.kid], {}):
        refused(client.post(client.kid, url=url), "malformed")


@check("rfc8555-6.4-query-is-part-of-the-url")
def query(world):
    """A query added on the way does not match the signed url."""
    client = world.account()
    response = client.send(client.kid + "?a=b", good(client))
    refused(response, "unauthorized", "malformed")


@check("body-above-the-limit-is-413-or-malformed")
def too_big(world):
    """A body of 70 KB is refused before anything is done with it."""
    client = world.account()
    body = {**good(client), "padding": "x" * 70_000}
    response = client.send(client.kid, body)
    require(response.status in (400, 413), response.summary())
    require(response.media_type == "application/problem+json", response.summary())


@check("rfc8259-9-deep-json-is-refused")
def deep(world):
    """JSON nested 10 000 deep is refused, in the body, in the header and in the payload."""
    client = world.account()
    nested = b"[" * 10_000 + b"]" * 10_000
    refused(client.send(client.kid, nested), "malformed")
    refused(client.send(client.kid, b'{"protected":' + nested + b"}"), "malformed")
    header = compact(client.header(client.kid))[:-1] + b',"x":' + nested + b"}"
    refused(client.send(client.kid, resigned(client, header)), "malformed")
    refused(client.post(world.directory["newOrder"], b'{"identifiers":' + nested + b"}"), "malformed")


@check("rfc8259-8.1-invalid-utf-8-is-refused")
def utf8(world):
    """Invalid UTF-8 in the header or in the payload is refused."""
    client = world.account()
    header = compact(client.header(client.kid))[:-1] + b',"x":"\xff"}'
    refused(client.send(client.kid, resigned(client, header)), "malformed")
    refused(client.post(world.directory["newOrder"], b'{"identifiers":[{"type":"dns","value":"\xff.example"}]}'),
            "malformed", "rejectedIdentifier")


@check("rfc8555-6.2-payload-must-be-a-json-object")
def payload(world):
    """newOrder and the account refuse payloads that are no JSON object."""
    client = world.account()
    for text in (b"x", b"[]", b'"a"', b"7", b"null", b"true", b"{}{}", b'{"a":1'):
        for url in (world.directory["newOrder"], client.kid):
            refused(client.post(url, text), "malformed", status=400)


# WIR-22
@check("interop-pretty-printed-payload-is-read")
def pretty(world):
    """White space in the payload is harmless: certbot signs indented JSON."""
    client = world.account()
    text = json.dumps({"identifiers": [{"type": "dns", "value": world.name()}]}, indent=4).encode()
    answered(client.post(world.directory["newOrder"], b"\n" + text + b"\n"), 201)


@check("rfc8555-6.2-unknown-header-members-are-ignored")
def unknown_member(world):
    """Members of the protected header that nobody defined do no harm."""
    client = world.account()
    answered(client.post(client.kid, extra="x", typ="JOSE"), 200)
