"""The challenges of two drafts: dns-account-01 (draft-ietf-acme-dns-account-label-00, Baseline Requirements 3.2.2.4.21) and
dns-persist-01 (draft-ietf-acme-dns-persist-01 and -02, Baseline Requirements 3.2.2.4.22)."""
import base64
import hashlib
import time

from acme_client import b64url
from checks.dns_validation import WRONG, attempted, digest
from harness import Skip, answered, check, require


def offered(world, client, name, kind):
    """(authorization URL, the challenge of this kind) of a new order for `name`, under the first profile that has it."""
    profiles = vars(world).setdefault("profiles_by_challenge", {})
    for profile in [profiles[kind]] if kind in profiles else [None, *world.meta.get("profiles", {})]:
        response = client.order(name, **({"profile": profile} if profile else {}))
        if profile and response.status != 201:
            continue
        url = answered(response, 201).json()["authorizations"][0]
        for challenge in client.expect(200, url).json()["challenges"]:
            if challenge["type"] == kind:
                profiles[kind] = profile
                return url, challenge
    raise Skip(f"no {kind} challenge is offered")


def error_of(found):
    require(found["status"] == "invalid", f"the authorization is {found}")
    return next(entry["error"] for entry in found["challenges"] if "error" in entry)["type"].rpartition(":")[2]


def label(client):
    return "_" + base64.b32encode(hashlib.sha256(client.kid.encode()).digest()[:10]).decode().lower()


@check("draft-dns-account-3.1-challenge-has-a-token", needs=["dns"])
def account_members(world):
    """The challenge has type, url, status and a token of at least 128 bits in base64url."""
    _, challenge = offered(world, world.account(), world.name(), "dns-account-01")
    require(len(challenge.get("token", "")) >= 22, f"the challenge is {challenge}")


@check("draft-dns-account-3.2-digest-at-the-accounts-label-proves-the-name", needs=["dns"])
def account_right(world):
    """The digest at _label._acme-challenge.name proves name, and *.name, where the label is that of the account URL."""
    client = world.account()
    for prefix in ("", "*."):
        name = world.name()
        url, challenge = offered(world, client, prefix + name, "dns-account-01")
        world.dns("set-txt", host=f"{label(client)}._acme-challenge.{name}.", value=digest(client, challenge))
        found = attempted(world, client, url, challenge)
        require(found["status"] == "valid", f"the authorization is {found}")


@check("draft-dns-account-3.3-record-elsewhere-fails", needs=["dns"])
def account_elsewhere(world):
    """The right digest at the name of dns-01, or at the label of another account, proves nothing."""
    client, other = world.account(), world.client()
    name = world.name()
    url, challenge = offered(world, client, name, "dns-account-01")
    for host in ("_acme-challenge", f"{label(other)}._acme-challenge"):
        world.dns("set-txt", host=f"{host}.{name}.", value=digest(client, challenge))
    require(error_of(attempted(world, client, url, challenge)) in WRONG, "another error")


def persistent(world, client, name):
    url, challenge = offered(world, client, name, "dns-persist-01")
    issuers = challenge.get("issuer-domain-names") or challenge.get("issuerDomainNames")
    require(issuers, f"the challenge names no issuer: {challenge}")
    return url, challenge, issuers


def persists(world, record, prefix="", client=None):
    """The authorization after an attempt with the records that `record(client, issuer, name)` gives."""
    client = client or world.account()
    name = world.name()
    url, challenge, issuers = persistent(world, client, prefix + name)
    values = record(client, issuers[0], name)
    for value in [values] if isinstance(values, str) else values:
        world.dns("set-txt", host=f"_validation-persist.{name}.", value=value)
    return attempted(world, client, url, challenge)


def proves(found):
    require(found["status"] == "valid", f"the authorization is {found}")


@check("draft-dns-persist-3.1-challenge-names-one-to-ten-issuers", needs=["dns"])
def members(world):
    """One to ten lower-case names without a last dot, no token; accounturi (-01) is the account's URL."""
    client = world.account()
    _, challenge, issuers = persistent(world, client, world.name())
    require(1 <= len(issuers) <= 10, f"{len(issuers)} issuers")
    for name in issuers:
        require(name == name.lower() and not name.endswith(".") and len(name) <= 253, f"{name!r} is not normalized")
    require(challenge.get("accounturi", client.kid) == client.kid, f"accounturi is {challenge.get('accounturi')!r}")
    require("token" not in challenge, "there is a token")


@check("draft-dns-persist-4.1-record-with-the-account-proves-the-name", needs=["dns"])
def right(world):
    """A record for the CA and the account proves the name; unknown parameters are ignored."""
    proves(persists(world, lambda client, issuer, name: f"{issuer}; accounturi={client.kid}"))
    proves(persists(world, lambda client, issuer, name: f"{issuer.upper()};accounturi={client.kid}; colour=green"))


@check("draft-dns-persist-4.1-record-without-a-token-serves-again", needs=["dns"])
def again(world):
    """The same record proves the name of a second account order, and of a third."""
    client, name = world.client(), world.name()
    for _ in range(2):
        url, challenge, issuers = persistent(world, client, name)
        world.dns("set-txt", host=f"_validation-persist.{name}.", value=f"{issuers[0]}; accounturi={client.kid}")
        proves(attempted(world, client, url, challenge))
        client.expect(200, url, {"status": "deactivated"})


@check("draft-dns-persist-02-hashed-account-proves-the-name", needs=["dns"])
def hashed(world):
    """accounturi may be accountHashPrefix, "sha-256/" and the hash of the name, the thumbprint and the account URL."""
    prefix = world.meta.get("accountHashPrefix")
    if not prefix:
        raise Skip("the directory has no accountHashPrefix")

    def record(client, issuer, name):
        digested = hashlib.sha256(bytes([len(name)]) + name.encode() + client.key.thumbprint().encode() + client.kid.encode())
        return f"{issuer}; accounturi={prefix}sha-256/{b64url(digested.digest())}"
    proves(persists(world, record))
    require(error_of(persists(world, lambda client, issuer, name: record(client, issuer, "x" + name))) == "unauthorized",
            "the hash of another name")


@check("draft-dns-persist-4.1-persist-until-ends-the-record", needs=["dns"])
def until(world):
    """A record whose persistUntil is past proves nothing, and is unauthorized; one in the future does."""
    now = int(time.time())
    proves(persists(world, lambda client, issuer, name: f"{issuer}; accounturi={client.kid}; persistUntil={now + 600}"))
    found = persists(world, lambda client, issuer, name: f"{issuer}; accounturi={client.kid}; persistUntil={now - 60}")
    require(error_of(found) == "unauthorized", "another error")


@check("draft-dns-persist-4.1-malformed-records-fail", needs=["dns"])
def malformed(world):
    """No accounturi, a doubled parameter, a persistUntil that is no number: malformed."""
    for rest in ("", "; policy=wildcard", "; accounturi={0}; accounturi={0}", "; accounturi={0}; persistUntil=soon"):
        found = persists(world, lambda client, issuer, name: issuer + rest.format(client.kid))  # noqa: B023
        require(error_of(found) == "malformed", f"{rest!r} is {found}")


@check("draft-dns-persist-4.1-records-of-others-fail", needs=["dns"])
def others(world):
    """Another account, another CA, no record: unauthorized."""
    for record in (lambda client, issuer, name: f"{issuer}; accounturi={client.kid}x",
                   lambda client, issuer, name: f"other-{issuer}; accounturi={client.kid}",
                   lambda client, issuer, name: []):
        require(error_of(persists(world, record)) in ("unauthorized", "dns"), "another error")


@check("draft-dns-persist-4.3-records-of-several-issuers-stand-side-by-side", needs=["dns"])
def several(world):
    """Records of other CAs and other accounts beside the right one do no harm."""
    proves(persists(world, lambda client, issuer, name: [
        "other.example; accounturi=https://other.example/1", f"{issuer}; accounturi={client.kid}x",
        f"{issuer}; accounturi={client.kid}"]))


@check("draft-dns-persist-5.1-wildcards-need-the-policy", needs=["dns"])
def wildcard(world):
    """*.name needs policy=wildcard, in any case; without it, or with another policy, it fails."""
    proves(persists(world, lambda client, issuer, name: f"{issuer}; accounturi={client.kid}; policy=WILDCARD", "*."))
    for policy in ("", "; policy=subdomains"):
        found = persists(world, lambda client, issuer, name: f"{issuer}; accounturi={client.kid}" + policy, "*.")  # noqa: B023
        require(error_of(found) == "unauthorized", f"{found}")
