"""External account binding (RFC 8555 §7.3.4). The key comes from --eab-kid and --eab-hmac."""
import hashlib
import hmac

from acme_client import Key, b64url, compact, from_b64url
from harness import Skip, answered, check, refused, require

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def binding(world, client, *, secret=None, payload=None, alg="HS256", **changes):
    """An honest binding of the client's key; `changes` replace members of its header (None: left out)."""
    header = {"alg": alg, "kid": world.eab_kid, "url": world.directory["newAccount"], **changes}
    body = {"protected": b64url(compact({name: value for name, value in header.items() if value is not None})),
            "payload": b64url(compact(client.key.jwk()) if payload is None else payload)}
    key = from_b64url(world.eab_hmac) if secret is None else secret
    text = f"{body['protected']}.{body['payload']}".encode()
    body["signature"] = b64url(hmac.new(key, text, HASHES.get(alg, hashlib.sha256)).digest())
    return body


def open_account(world, client, bound):
    return client.ask(world.directory["newAccount"], {"termsOfServiceAgreed": True, "externalAccountBinding": bound})


def creates_nothing(world, client):
    refused(client.ask(world.directory["newAccount"], {"onlyReturnExisting": True}), "accountDoesNotExist")


def refused_when(name, spoilt, *types, about):
    """Registers a check that one fault in the binding refuses the account. The clause says that it MUST be refused and
    names no type; `types` are given where only they make sense."""

    def function(world):
        client = world.stranger()
        refused(open_account(world, client, spoilt(world, client)), *types)
        creates_nothing(world, client)

    function.__doc__ = about
    check(f"rfc8555-7.3.4-{name}", needs=["eab"])(function)


@check("rfc8555-7.3.4-missing-binding-is-external-account-required", needs=["eab", "binding"], last=True)
def missing(world):
    """Where it requires bindings, the server says so in meta, refuses accounts without and takes those with one."""
    old = world.client()
    world.require_binding("true")
    try:
        require(world.meta.get("externalAccountRequired") is True, f"meta is {world.meta}")
        client = world.stranger()
        refused(client.ask(world.directory["newAccount"], {"termsOfServiceAgreed": True}), "externalAccountRequired",
                status=403)
        creates_nothing(world, client)
        answered(open_account(world, client, binding(world, client)), 201)
        old.expect(200, old.kid)
    finally:
        world.require_binding("false")


@check("rfc8555-7.3.4-bound-account-shows-its-binding", needs=["eab"])
def shown(world):
    """A verified binding opens an account whose object has the same externalAccountBinding."""
    client = world.stranger()
    bound = binding(world, client)
    response = answered(open_account(world, client, bound), 201)
    require(response.json().get("externalAccountBinding") == bound, response.summary())
    client.kid = response.header("Location")
    found = client.expect(200, client.kid).json()
    require(found.get("externalAccountBinding") == bound, f"the account is {found}")


@check("rfc8555-7.3.4-account-may-register-again-with-its-binding", needs=["eab"])
def again(world):
    """The same key with the same external account gets 200 and its URL."""
    client = world.stranger()
    made = answered(open_account(world, client, binding(world, client)), 201)
    found = answered(open_account(world, client, binding(world, client)), 200)
    require(found.header("Location") == made.header("Location"), f"Location is {found.header('Location')}")


@check("rfc8555-7.3.4-bound-account-orders", needs=["eab"])
def orders(world):
    """An account with a binding can order."""
    client = world.stranger()
    client.kid = answered(open_account(world, client, binding(world, client)), 201).header("Location")
    client.order(world.name())


@check("rfc7518-3.2-hs384-and-hs512-bind-too", needs=["eab"])
def macs(world):
    """The longer MACs are taken with a key that is long enough."""
    if len(from_b64url(world.eab_hmac)) < 64:
        raise Skip("the key has less than 64 octets")
    for alg in ("HS384", "HS512"):
        client = world.stranger()
        answered(open_account(world, client, binding(world, client, alg=alg)), 201)


refused_when("wrong-mac-is-refused", lambda world, client: binding(world, client, secret=b"x" * 64),
             "unauthorized", "malformed", about="A MAC by another key does not count.")
refused_when("unknown-kid-is-refused", lambda world, client: binding(world, client, kid="nobody-has-this"),
             "unauthorized", "malformed", about="A key identifier that was never given out opens nothing.")
refused_when("payload-must-be-the-outer-key",
             lambda world, client: binding(world, client, payload=compact(Key.generate().jwk())),
             about="The payload must be the key that signs the outer JWS.")
refused_when("payload-must-be-a-key", lambda world, client: binding(world, client, payload=b"{}"), about="The payload must be a JWK.")
refused_when("url-must-be-the-outer-url",
             lambda world, client: binding(world, client, url=world.directory["newOrder"]),
             "unauthorized", "malformed", about="url must be that of the outer JWS.")
refused_when("url-must-be-there", lambda world, client: binding(world, client, url=None), "malformed",
             about="url is required in the binding.")
refused_when("kid-must-be-there", lambda world, client: binding(world, client, kid=None), "malformed",
             about="kid is required in the binding.")
refused_when("nonce-is-refused", lambda world, client: binding(world, client, nonce=client.fresh_nonce()),
             "malformed", about="nonce must not be present in the binding.")
refused_when("alg-none-is-refused", lambda world, client: binding(world, client, alg="none"), about="alg must be a MAC, not none.")
refused_when("alg-of-the-outer-jws-is-refused", lambda world, client: binding(world, client, alg="ES256"), about="alg must be a MAC, not a signature.")
refused_when("alg-must-be-there", lambda world, client: binding(world, client, alg=None),
             about="alg is required in the binding.")
refused_when("binding-that-is-no-jws-is-refused", lambda *_: {"payload": "", "protected": ""},
             about="The binding must be a well-formed JWS.")
refused_when("unprotected-header-is-refused",
             lambda world, client: {**binding(world, client), "header": {"kid": "x"}}, "malformed",
             about="The binding has no unprotected header.")


@check("rfc8555-7.3.4-binding-of-another-key-cannot-be-reused", needs=["eab"])
def stolen(world):
    """A binding that somebody sent opens no account for another key."""
    client, thief = world.stranger(), world.stranger()
    bound = binding(world, client)
    answered(open_account(world, client, bound), 201)
    refused(open_account(world, thief, bound))
    creates_nothing(world, thief)
