"""Signature algorithms and account keys (RFC 8555 §6.2, RFC 7518)."""
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives import serialization

from acme_client import Key, b64url, compact, flattened, octets_of
from harness import answered, check, refused, require


def register_with(world, client, **changes):
    return client.post(world.directory["newAccount"], {"termsOfServiceAgreed": True}, **changes)


def register_jwk(world, jwk, key=None):
    """newAccount with this jwk, signed by `key` (by an unrelated one if none is given)."""
    key = key or Key.generate("RS256" if jwk.get("kty") == "RSA" else "ES256")
    client = world.stranger()
    return client.post(world.directory["newAccount"], {"termsOfServiceAgreed": True}, key=key, alg=key.alg, jwk=jwk)


def register_algorithm_check(alg, why):
    def works(world):
        client = world.stranger(alg)
        answered(client.register(), 201)
        answered(client.ask(client.kid), 200)
        answered(client.ask(world.directory["newOrder"],
                            {"identifiers": [{"type": "dns", "value": world.name()}]}), 201)

    works.__doc__ = f"An account whose key signs with {alg} works ({why})."
    check(f"rfc8555-6.2-{alg.lower()}-account-key-works")(works)


for _row in (("ES256", "RFC 8555 says MUST"), ("EdDSA", "RFC 8555 says SHOULD"), ("ES384", "lego's ec384"),
             ("ES512", "acme.sh's ec-521"), ("RS256", "the default of certbot before 2.0 and of many others")):
    register_algorithm_check(*_row)


@check("rfc8555-6.2-alg-none-is-refused")
def none(world):
    """alg "none" is never accepted, with any signature or without."""
    client = world.account()
    for alg in ("none", "None", "NONE"):
        header = client.header(client.kid, alg=alg)
        body = {"protected": b64url(compact(header)), "payload": "", "signature": ""}
        refused(client.send(client.kid, body), "badSignatureAlgorithm", "malformed", status=400)
        refused(client.post(client.kid, alg=alg), "badSignatureAlgorithm", "malformed", status=400)


@check("rfc8555-6.2-mac-algorithms-are-refused")
def mac(world):
    """HS256 keyed with the public key is refused (the classic confusion)."""
    client = world.account()
    public = client.key.private.public_key()
    secrets = [public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
               public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
               compact(client.key.jwk()), b""]
    for secret in secrets:
        body = {"protected": b64url(compact(client.header(client.kid, alg="HS256"))), "payload": ""}
        mac_octets = hmac.new(secret, f"{body['protected']}.".encode(), hashlib.sha256).digest()
        refused(client.send(client.kid, {**body, "signature": b64url(mac_octets)}), "badSignatureAlgorithm", status=400)


@check("rfc8555-6.2-unknown-algorithm-is-refused")
def unknown(world):
    """An algorithm that nobody knows gives 400 badSignatureAlgorithm."""
    client = world.account()
    for alg in ("XX999", "ES256K", "RS1", "es256"):
        refused(client.post(client.kid, alg=alg), "badSignatureAlgorithm", status=400)


@check("rfc8555-6.2-bad-signature-algorithm-lists-algorithms")
def listed(world):
    """badSignatureAlgorithm names the algorithms that would do."""
    client = world.account()
    problem = refused(client.post(client.kid, alg="XX999"), "badSignatureAlgorithm")
    found = problem.get("algorithms")
    require(isinstance(found, list) and "ES256" in found and "none" not in found, f"algorithms is {found!r}")


@check("rfc8555-6.2-listed-algorithms-all-work")
def listed_work(world):
    """Every listed algorithm that this client knows can be used."""
    client = world.account()
    problem = refused(client.post(client.kid, alg="XX999"), "badSignatureAlgorithm")
    require(problem.get("algorithms"), "no algorithms are listed")
    for alg in problem["algorithms"]:
        if alg in ("ES256", "ES384", "ES512", "RS256", "EdDSA"):
            answered(world.stranger(alg).register(), 201)


@check("rfc8555-6.2-alg-is-required-and-text")
def alg_missing(world):
    """A protected header without alg, or with one that is not text, is refused."""
    client = world.account()
    refused(client.post(client.kid, alg=None), "malformed", "badSignatureAlgorithm", status=400)
    for alg in (7, ["ES256"], {}):
        refused(client.post(client.kid, alg=alg), "malformed", "badSignatureAlgorithm", status=400)


@check("rfc7518-3.4-algorithm-must-fit-the-key")
def mismatch(world):
    """ES256 with a P-384 key, RS256 with an EC key and the reverse are refused."""
    for own, claimed in (("ES384", "ES256"), ("ES256", "ES384"), ("ES256", "RS256"), ("RS256", "ES256")):
        client = world.stranger(own)
        refused(register_with(world, client, alg=claimed), "malformed", "badSignatureAlgorithm", "badPublicKey",
                status=400)


@check("rfc8555-6.2-algorithm-cannot-change-with-the-account-key")
def mismatch_kid(world):
    """A known account cannot be addressed under an algorithm that its key does not fit."""
    client = world.account()
    for alg in ("ES384", "RS256", "EdDSA"):
        refused(client.post(client.kid, alg=alg), "malformed", "badSignatureAlgorithm", "unauthorized", "badPublicKey")


@check("rfc8555-6.2-short-rsa-account-key-is-refused")
def short_rsa(world):
    """An RSA account key of 1024 bits is refused as badPublicKey."""
    client = world.stranger()
    client.key = Key.generate("RS256", rsa_bits=1024)
    refused(register_with(world, client), "badPublicKey", status=400)


@check("rfc8555-6.2-rsa-account-key-with-odd-exponent-is-refused")
def exponent(world):
    """RSA with e = 1 (which any signature fits), e = 3 or a huge e is refused."""
    honest = Key.generate("RS256")
    for e in (1, 2, 2**2048 - 1):
        refused(register_jwk(world, {**honest.jwk(), "e": b64url(octets_of(e))}, honest), "badPublicKey", "malformed",
                "badSignatureAlgorithm", status=400)


@check("rfc8555-6.2-rsa-e-3-account-key-is-refused")
def exponent_3(world):
    """RSA with e = 3 is refused as badPublicKey: a public CA certifies with e = 65537 only, and accounts follow."""
    key = Key("RS256", rsa.generate_private_key(public_exponent=3, key_size=2048))
    refused(register_jwk(world, key.jwk(), key), "badPublicKey", status=400)


@check("rfc7518-6.3-huge-rsa-modulus-is-refused")
def huge_modulus(world):
    """A modulus of 16384 bits is refused rather than computed with."""
    jwk = {"kty": "RSA", "e": "AQAB", "n": b64url(b"\xff" * 2048)}
    refused(register_jwk(world, jwk), "badPublicKey", "malformed", status=400)


@check("rfc8555-6.2-point-off-the-curve-is-refused")
def off_curve(world):
    """An EC point that is not on its curve, too long, too short, or the origin, is refused."""
    key = Key.generate()
    jwk = key.jwk()
    for changes in ({"x": jwk["y"], "y": jwk["x"]}, {"x": b64url(b"\0" * 32), "y": b64url(b"\0" * 32)},
                    {"x": b64url(b"\xff" * 32)}, {"x": b64url(b"\1" * 33)}, {"x": b64url(b"\1" * 31)}, {"y": ""}):
        refused(register_jwk(world, {**jwk, **changes}, key), "badPublicKey", "malformed", status=400)


@check("rfc7517-4-malformed-jwk-is-refused")
def malformed_jwk(world):
    """A jwk that is no object, lacks a member, or has one of the wrong type is refused."""
    key = Key.generate()
    good = key.jwk()
    wrong = [7, "text", [], {}, {"kty": "EC"}, {**good, "kty": "XX"}, {**good, "crv": "P-999"}, {**good, "x": 7},
             {**good, "x": good["x"] + "="}, {**good, "crv": "secp256k1"}, {"kty": "RSA", "n": "", "e": "AQAB"}]
    for jwk in wrong:
        client = world.stranger()
        response = client.post(world.directory["newAccount"], {"termsOfServiceAgreed": True}, jwk=jwk)
        refused(response, "badPublicKey", "malformed", "badSignatureAlgorithm", status=400)


@check("rfc7517-4-symmetric-jwk-is-refused")
def symmetric(world):
    """A jwk of type oct is refused."""
    refused(register_jwk(world, {"kty": "oct", "k": b64url(b"k" * 32)}), "badPublicKey", "malformed",
            "badSignatureAlgorithm", status=400)


@check("rfc7517-9.2-private-jwk-is-refused")
def private(world):
    """A jwk that gives the private key away is refused."""
    key = Key.generate()
    secret = key.private.private_numbers().private_value
    refused(register_jwk(world, {**key.jwk(), "d": b64url(secret.to_bytes(32, "big"))}, key), "badPublicKey",
            "malformed", status=400)


@check("rfc8555-6.2-jwk-of-another-key-is-refused")
def foreign_jwk(world):
    """The signature must be made by the key in jwk."""
    refused(register_jwk(world, Key.generate().jwk(), Key.generate()), "malformed", "unauthorized")


@check("rfc8037-2-small-order-ed25519-key-is-refused")
def small_order(world):
    """Ed25519 keys of small order, under which one signature fits every message, are refused."""
    signer = Key("EdDSA", ed25519.Ed25519PrivateKey.generate())
    for point in (b"\0" * 32, b"\1" + b"\0" * 31):
        client = world.stranger()
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64url(point)}
        header = client.header(world.directory["newAccount"], alg="EdDSA", jwk=jwk)
        body = flattened(signer, header, compact({"termsOfServiceAgreed": True}))
        body["signature"] = b64url(b"\1" + b"\0" * 63)
        refused(client.send(world.directory["newAccount"], body), "badPublicKey", "malformed",
                "badSignatureAlgorithm", "unauthorized", status=400)


@check("rfc7518-6.2-unsupported-curve-is-refused")
def curve(world):
    """secp256k1 under ES256 is refused."""
    private_key = ec.generate_private_key(ec.SECP256K1())
    numbers = private_key.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256", "x": b64url(numbers.x.to_bytes(32, "big")),
           "y": b64url(numbers.y.to_bytes(32, "big"))}
    refused(register_jwk(world, jwk, Key("ES256", private_key)), "badPublicKey", "malformed", status=400)
