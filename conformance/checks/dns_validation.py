"""What the server does when it validates dns-01 (RFC 8555 §8.4, Baseline Requirements 3.2.2.4.7), also for wildcards."""
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from acme_client import b64url, request_der
from harness import Skip, answered, check, require

WRONG = ("incorrectResponse", "unauthorized", "dns")


def dns_01(authorization):
    for challenge in authorization["challenges"]:
        if challenge["type"] == "dns-01":
            return challenge
    raise Skip("no dns-01 challenge is offered")


def digest(client, challenge):
    """RFC 8555 §8.4: the base64url encoding of the SHA-256 digest of the key authorization."""
    return b64url(hashlib.sha256(client.key.key_authorization(challenge["token"]).encode()).digest())


def pending(world, client, name):
    """(authorization URL, dns-01 challenge) of a new order for `name`."""
    url = answered(client.order(name), 201).json()["authorizations"][0]
    return url, dns_01(client.expect(200, url).json())


def publish(world, name, *values):
    for value in values:
        world.dns("set-txt", host=f"_acme-challenge.{name}.", value=value)


def attempted(world, client, authorization_url, challenge):
    """The authorization as it is after the attempt."""
    answered(client.ask(challenge["url"], {}), 200)
    return client.poll(authorization_url, lambda found: found["status"] != "pending").json()


def outcome(world, values, client=None, wildcard=False):
    """The authorization after an attempt with the TXT records that `values(client, challenge)` gives."""
    client = client or world.account()
    name = world.name()
    url, challenge = pending(world, client, ("*." if wildcard else "") + name)
    publish(world, name, *values(client, challenge))
    return attempted(world, client, url, challenge)


def fails(world, values, *types):
    found = outcome(world, values)
    require(found["status"] == "invalid", f"the authorization is {found}")
    error = next(entry["error"] for entry in found["challenges"] if "error" in entry)
    require(error["type"].rpartition(":")[2] in types, f"the error is {error}")


@check("rfc8555-8.4-digest-in-a-txt-record-proves-the-name", needs=["dns"])
def right(world):
    """The digest of the key authorization as TXT record of _acme-challenge.name makes the authorization valid."""
    found = outcome(world, lambda client, challenge: [digest(client, challenge)])
    require(found["status"] == "valid", f"the authorization is {found}")
    require([entry["type"] for entry in found["challenges"] if entry["status"] == "valid"] == ["dns-01"], f"{found}")


@check("rfc8555-8.4-any-of-several-txt-records-counts", needs=["dns"])
def several(world):
    """Other TXT records beside the right one do no harm."""
    found = outcome(world, lambda client, challenge: ["other", digest(client, challenge), "v=spf1 -all"])
    require(found["status"] == "valid", f"the authorization is {found}")


@check("rfc8555-8.4-without-txt-record-fails", needs=["dns"])
def nothing(world):
    """A name without the record fails."""
    fails(world, lambda client, challenge: [], *WRONG)


@check("rfc8555-8.4-other-txt-record-fails", needs=["dns"])
def other(world):
    """Any other text fails: the key authorization itself, the token, padding, quotes, a part, the digest twice."""
    def almost(client, challenge):
        value = digest(client, challenge)
        return ["x", client.key.key_authorization(challenge["token"]), challenge["token"], value + "=", f'"{value}"',
                value[1:], value + value, value.swapcase()]
    fails(world, almost, *WRONG)


@check("rfc8555-8.1-dns-01-thumbprint-of-another-account-fails", needs=["dns"])
def other_account(world):
    """The digest for another account key fails."""
    stranger = world.stranger()
    fails(world, lambda client, challenge: [digest(stranger, challenge)], *WRONG)


@check("rfc8555-8.4-record-at-the-name-itself-fails", needs=["dns"])
def elsewhere(world):
    """The right record at the name itself, or at _acme-challenge of its parent, proves nothing."""
    client = world.account()
    parent = world.name()
    url, challenge = pending(world, client, "a." + parent)
    publish(world, parent, digest(client, challenge))
    world.dns("set-txt", host=f"a.{parent}.", value=digest(client, challenge))
    found = attempted(world, client, url, challenge)
    require(found["status"] == "invalid", f"the authorization is {found}")


@check("rfc1034-3.6.2-cname-at-the-record-is-followed", needs=["dns"])
def alias(world):
    """_acme-challenge.name may be an alias of a name elsewhere that has the record (BR 3.2.2.4.7)."""
    client = world.account()
    name, target = world.name(), world.name()
    url, challenge = pending(world, client, name)
    world.dns("set-cname", host=f"_acme-challenge.{name}", target=target)
    world.dns("set-txt", host=f"{target}.", value=digest(client, challenge))
    found = attempted(world, client, url, challenge)
    require(found["status"] == "valid", f"the authorization is {found}")


@check("rfc8555-6.7-failing-dns-fails-dns-01-with-dns", needs=["dns"])
def failing(world):
    """A TXT look-up that ends in SERVFAIL fails with dns."""
    client = world.account()
    name = world.name()
    url, challenge = pending(world, client, name)
    world.dns("set-servfail", host=f"_acme-challenge.{name}")
    found = attempted(world, client, url, challenge)
    require(found["status"] == "invalid", f"the authorization is {found}")
    error = next(entry["error"] for entry in found["challenges"] if "error" in entry)
    require(error["type"].endswith(":dns"), f"the error is {error}")


@check("rfc8555-8.4-wildcard-is-proven-at-its-base", needs=["dns"])
def wildcard(world):
    """dns-01 of *.name is proven at _acme-challenge.name, and is the only kind of challenge there."""
    found = outcome(world, lambda client, challenge: [digest(client, challenge)], wildcard=True)
    require(found["status"] == "valid", f"the authorization is {found}")
    require(found.get("wildcard") is True, f"wildcard is {found.get('wildcard')!r}")


@check("rfc8555-7.1.3-wildcard-and-its-base-are-issued-together", needs=["dns"])
def issued(world):
    """An order for *.name and name gets two authorizations, each with a token of its own, and one certificate."""
    client = world.client()
    name = world.name()
    names = ("*." + name, name)
    response = answered(client.order(*names), 201)
    authorizations = response.json()["authorizations"]
    require(len(authorizations) == 2, response.summary())
    tokens = set()
    for url in authorizations:
        challenge = dns_01(client.expect(200, url).json())
        tokens.add(challenge["token"])
        publish(world, name, digest(client, challenge))
        found = attempted(world, client, url, challenge)
        require(found["status"] == "valid", f"the authorization is {found}")
    require(len(tokens) == 2, "both challenges have one token")
    order_url = response.header("Location")
    key = ec.generate_private_key(ec.SECP256R1())
    final = world.finalize(client, order_url, client.expect(200, order_url).json(), request_der(key, names))
    require(final["status"] == "valid", f"the order is {final}")
    leaf = x509.load_pem_x509_certificate(client.expect(200, final["certificate"]).body)
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    require(sorted(found) == sorted(names), f"the certificate is for {found}")


@check("br-3.2.2.4.19-http-01-of-a-name-proves-no-wildcard", needs=["http", "dns"])
def http_for_wildcard(world):
    """After http-01 of name succeeded, the authorization of *.name is still pending."""
    client = world.client()
    name = world.name()
    world.ready(client, name)
    url = answered(client.order("*." + name), 201).json()["authorizations"][0]
    found = client.expect(200, url).json()
    require(found["status"] == "pending", f"the authorization of the wildcard is {found['status']}")
