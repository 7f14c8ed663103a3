"""Account key rollover (RFC 8555 §7.3.5)."""
import concurrent.futures

from acme_client import Client, Key, compact, flattened
from harness import Skip, answered, check, refused, require

OFFERED = "the server does not offer keyChange"


def url_of(world):
    if "keyChange" not in world.directory:
        raise Skip(OFFERED)
    return world.directory["keyChange"]


def inner(world, client, key, *, signer=None, change=None, **changes):
    """The inner JWS of an honest client; `changes` replace members of its header (None: left out), `change` those of
    the keyChange object."""
    header = {"alg": key.alg, "jwk": key.jwk(), "url": url_of(world), **changes}
    body = {"account": client.kid, "oldKey": client.key.jwk(), **(change or {})}
    return flattened(signer or key, {name: value for name, value in header.items() if value is not None},
                     compact({name: value for name, value in body.items() if value is not None}))


def roll_over(world, client, key, **spoiled):
    return client.ask(url_of(world), inner(world, client, key, **spoiled))


def with_key(client, key):
    other = Client(client.transport, client.directory, key)
    other.kid = client.kid
    return other


def still_has_its_key(client):
    client.expect(200, client.kid)


def refused_when(name, spoiled, types=("malformed",), about=None):
    """Registers a check that one fault in the inner JWS is refused and leaves the account as it is."""

    def function(world):
        client, key = world.client(), Key.generate()
        refused(roll_over(world, client, key, **spoiled(world, client, key)), *types)
        still_has_its_key(client)

    function.__doc__ = about
    check(f"rfc8555-7.3.5-{name}")(function)


@check("rfc8555-7.3.5-key-change-gives-200-and-the-new-key-signs")
def changes(world):
    """After keyChange the account answers to the new key, with everything it had."""
    client = world.stranger()
    contacts = ["mailto:one@conformance-contact.com"]
    client.register(contact=contacts)
    key = Key.generate()
    answered(roll_over(world, client, key), 200)
    found = with_key(client, key).expect(200, client.kid).json()
    require(found["status"] == "valid" and found.get("contact") == contacts, f"the account is {found}")


@check("rfc8555-7.3.5-replaced-key-signs-no-more")
def old_key(world):
    """After keyChange the old key is refused, at once."""
    client = world.client()
    still_has_its_key(client)
    answered(roll_over(world, client, Key.generate()), 200)
    refused(client.ask(client.kid))
    refused(client.ask(world.directory["newOrder"], {"identifiers": [{"type": "dns", "value": world.name()}]}))


@check("rfc8555-7.3.5-new-key-may-be-of-another-kind")
def kinds(world):
    """An account goes from P-256 to P-384 to RSA and back."""
    client = world.client()
    for alg in ("ES384", "RS256", "ES256"):
        key = Key.generate(alg)
        answered(roll_over(world, client, key), 200)
        client = with_key(client, key)
    still_has_its_key(client)


@check("rfc8555-7.3.5-pending-orders-outlive-the-key")
def orders(world):
    """A change of key invalidates neither orders nor authorizations."""
    client = world.client()
    order_url, _, authorization_url, _, _ = world.pending(client)
    key = Key.generate()
    answered(roll_over(world, client, key), 200)
    client = with_key(client, key)
    require(client.expect(200, order_url).json()["status"] == "pending", "the order is not pending any more")
    require(client.expect(200, authorization_url).json()["status"] == "pending", "the authorization is not pending")


@check("rfc8555-7.3.5-new-key-proves-control", needs=["http"])
def issues(world):
    """After keyChange a certificate is issued to the new key's account."""
    client = world.client()
    key = Key.generate()
    answered(roll_over(world, client, key), 200)
    world.issue(with_key(client, key))


@check("rfc8555-7.3.5-new-key-finds-the-account")
def lookup(world):
    """newAccount with the new key and onlyReturnExisting gives the account; the old key finds nothing."""
    client = world.client()
    key, old = Key.generate(), client.key
    answered(roll_over(world, client, key), 200)
    found = Client(client.transport, client.directory, key).ask(world.directory["newAccount"],
                                                                {"onlyReturnExisting": True})
    require(answered(found, 200).header("Location") == client.kid, f"Location is {found.header('Location')}")
    lost = Client(client.transport, client.directory, old)
    refused(lost.ask(world.directory["newAccount"], {"onlyReturnExisting": True}), "accountDoesNotExist", status=400)


def in_use(world, client, holder):
    response = roll_over(world, client, holder.key)
    require(response.status == 409, f"expected 409, got {response.summary()}")
    require(response.header("Location") == holder.kid, f"Location is {response.header('Location')}, not {holder.kid}")
    still_has_its_key(client)


@check("rfc8555-7.3.5-key-of-another-account-is-409-with-its-location")
def conflict(world):
    """A key that an account has is refused with 409 and the URL of that account."""
    in_use(world, world.client(), world.client())


@check("rfc8555-7.3.5-own-key-is-409-with-the-own-location")
def own_key(world):
    """Changing a key to itself is a conflict with the account itself."""
    client = world.client()
    in_use(world, client, client)


@check("rfc8555-7.3.5-racing-changes-leave-one-key")
def race(world):
    """Of eight changes at once one succeeds, and its key is the account's."""
    client = world.client()
    keys = [Key.generate() for _ in range(8)]

    def change(key):
        mine = Client(world.new_transport(), world.directory, client.key)
        mine.kid = client.kid
        response = roll_over(world, mine, key)
        mine.transport.close()
        return response.status

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(change, keys))
    require(statuses.count(200) == 1, f"statuses: {statuses}")
    with_key(client, keys[statuses.index(200)]).expect(200, client.kid)


@check("rfc8555-7.3.5-inner-request-serves-once")
def replayed(world):
    """An inner JWS cannot be used again after the change it asked for."""
    client, key = world.client(), Key.generate()
    used = inner(world, client, key)
    answered(client.ask(url_of(world), used), 200)
    refused(with_key(client, key).ask(url_of(world), used))


@check("rfc8555-7.3.5-inner-request-of-another-account-is-refused")
def stolen(world):
    """An inner JWS for one account changes no other."""
    client, thief = world.client(), world.client()
    refused(thief.ask(url_of(world), inner(world, client, Key.generate())))
    still_has_its_key(client)
    still_has_its_key(thief)


@check("rfc8555-7.3.5-outer-request-needs-a-kid")
def outer_jwk(world):
    """The outer JWS is a request of the account: jwk is refused."""
    client, key = world.client(), Key.generate()
    refused(client.ask(url_of(world), inner(world, client, key), kid=None, jwk=client.key.jwk()), "malformed")
    still_has_its_key(client)


@check("rfc8555-7.3.5-payload-that-is-no-jws-is-refused")
def no_jws(world):
    """The payload must be a well-formed JWS object."""
    client = world.client()
    whole = inner(world, client, Key.generate())
    for payload in (None, {}, b"text", b"[]", {**whole, "header": {}}, {**whole, "signatures": []},
                    *({name: value for name, value in whole.items() if name != missing} for missing in whole)):
        refused(client.ask(url_of(world), payload), "malformed")
    still_has_its_key(client)


@check("rfc8555-7.3.5-weak-new-key-is-refused")
def weak(world):
    """The new key must be one that could open an account."""
    client = world.client()
    weak_key = Key.generate("RS256", rsa_bits=1024)
    refused(roll_over(world, client, weak_key), "badPublicKey")
    still_has_its_key(client)


def kid_of(_, client, __):
    return {"jwk": None, "kid": client.kid}


refused_when("inner-kid-is-refused", kid_of, about="The inner JWS must have jwk, not kid.")
refused_when("inner-kid-beside-jwk-is-refused", lambda _, client, __: {"kid": client.kid},
             about="jwk and kid exclude each other in the inner JWS too.")
refused_when("inner-nonce-is-refused", lambda _, client, __: {"nonce": client.fresh_nonce()},
             about="The inner JWS must omit the nonce.")
refused_when("inner-url-must-be-the-outer-url", lambda world, _, __: {"url": world.directory["newAccount"]},
             types=("malformed", "unauthorized"), about="The inner url must be that of the outer JWS.")
refused_when("inner-url-must-be-there", lambda *_: {"url": None}, about="The inner JWS must have a url.")
refused_when("inner-signature-must-be-of-the-new-key", lambda _, client, __: {"signer": client.key},
             types=("malformed", "unauthorized"), about="The inner JWS must verify with the key in its jwk.")
refused_when("inner-signature-of-a-third-key-is-refused", lambda *_: {"signer": Key.generate()},
             types=("malformed", "unauthorized"), about="A signature by any other key does not count.")
refused_when("inner-algorithm-must-be-accepted", lambda *_: {"alg": "none"},
             types=("badSignatureAlgorithm", "malformed"), about="alg none is refused in the inner JWS too.")
refused_when("inner-mac-is-refused", lambda *_: {"alg": "HS256"}, types=("badSignatureAlgorithm", "malformed"),
             about="A MAC is no signature of the new key.")
refused_when("account-must-be-the-outer-kid", lambda world, _, __: {"change": {"account": world.client().kid}},
             types=("malformed", "unauthorized"), about="account must be the kid of the outer JWS.")
refused_when("account-must-be-there", lambda *_: {"change": {"account": None}}, about="account is required.")
refused_when("old-key-must-be-the-present-key", lambda *_: {"change": {"oldKey": Key.generate().jwk()}},
             types=("malformed", "unauthorized"), about="oldKey must be the account's key.")
refused_when("old-key-must-not-be-the-new-key", lambda _, __, key: {"change": {"oldKey": key.jwk()}},
             types=("malformed", "unauthorized"), about="oldKey must not be the new key.")
refused_when("old-key-must-be-there", lambda *_: {"change": {"oldKey": None}}, about="oldKey is required.")


@check("rfc8555-7.3.6-deactivated-account-is-refused-at-keychange")
def deactivated(world):
    """A deactivated account gets no new key, and its key stays taken."""
    client, other = world.client(), world.client()
    client.expect(200, client.kid, {"status": "deactivated"})
    refused(roll_over(world, client, Key.generate()), "unauthorized", status=403)
    response = roll_over(world, other, client.key)
    require(response.status == 409, f"expected 409, got {response.summary()}")
