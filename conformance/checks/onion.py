"""Onion services: onion-csr-01 and the CAA records that come with finalize (RFC 9799, Baseline Requirements Appendix B)."""
import base64
import hashlib
import json
import os
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from acme_client import b64url, request_der
from der import BIT_STRING, INTEGER, OCTET_STRING, SEQUENCE, SET, tlv
from harness import Skip, answered, check, refused, require

ED25519 = bytes.fromhex("300506032b6570")
NONCE_OF_THE_CA, NONCE_OF_THE_APPLICANT = (bytes.fromhex("060467810c" + last) for last in ("29", "2a"))


class Service:
    def __init__(self):
        self.key = ed25519.Ed25519PrivateKey.generate()
        public = self.key.public_key()
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        mark = hashlib.sha3_256(b".onion checksum" + raw + b"\x03").digest()[:2]
        self.address = base64.b32encode(raw + mark + b"\x03").decode().lower() + ".onion"

    def request(self, nonce, own=None):
        own = os.urandom(16) if own is None else own
        attributes = b"".join(sorted(tlv(SEQUENCE, kind, tlv(SET, tlv(OCTET_STRING, octets)))
                                     for kind, octets in ((NONCE_OF_THE_CA, nonce), (NONCE_OF_THE_APPLICANT, own))))
        info = tlv(SEQUENCE, tlv(INTEGER, b"\0"), tlv(SEQUENCE), self.spki, tlv(0xA0, attributes))
        return tlv(SEQUENCE, info, ED25519, tlv(BIT_STRING, b"\0", self.key.sign(info)))

    def caa(self, records="", seconds=3600):
        expiry = int(time.time()) + seconds
        signature = self.key.sign(f"onion-caa|{expiry}|{records}".encode())
        return {self.address: {"caa": records or None, "expiry": expiry, "signature": b64url(signature)}}


def new_order(client, profile, *names):
    identifiers = [{"type": "dns", "value": name} for name in names]
    return client.ask(client.directory["newOrder"], {"identifiers": identifiers, **({"profile": profile} if profile else {})})


def ordered(world, client, *names):
    """newOrder under the first profile that has onion-csr-01."""
    profile = vars(world).setdefault("onion_profile", [])
    for name in profile or [None, *world.meta.get("profiles", {})]:
        response = new_order(client, name, *names)
        if response.status != 201:
            continue
        order = response.json()
        offers = client.expect(200, order["authorizations"][0]).json()["challenges"]
        if any(each["type"] == "onion-csr-01" for each in offers):
            vars(world)["onion_profile"] = [name]
            return response.header("Location"), order
    raise Skip("no profile has onion-csr-01")


def offered(client, url):
    return next(each for each in client.expect(200, url).json()["challenges"] if each["type"] == "onion-csr-01")


def attempted(client, url, request):
    """The authorization after a response with `request(nonce)`."""
    challenge = offered(client, url)
    answered(client.ask(challenge["url"], {"csr": b64url(request(base64.b64decode(challenge["nonce"])))}), 200)
    return client.poll(url, lambda found: found["status"] != "pending").json()


def ready(world, client, service, *names):
    order_url, order = ordered(world, client, *names)
    for url in order["authorizations"]:
        found = attempted(client, url, service.request)
        require(found["status"] == "valid", f"the authorization is {found}")
    return order_url, order


def finalized(client, order, names, **members):
    der = request_der(ec.generate_private_key(ec.SECP256R1()), names)
    return client.ask(order["finalize"], {"csr": b64url(der), **members})


@check("rfc9799-2-addresses-of-version-2-are-refused")
def version_2(world):
    """An onion address of version 2 is refused, and so is one whose checksum is wrong."""
    client, service = world.account(), Service()
    ordered(world, client, service.address)
    profile = vars(world)["onion_profile"][0]
    other = "b" if service.address[52] == "a" else "a"
    for name in ("expyuzz4wqqyqhjn.onion", service.address[:52] + other + service.address[53:]):
        refused(new_order(client, profile, name), "rejectedIdentifier", "malformed")


@check("rfc9799-3.1.1-dns-01-is-not-offered")
def no_dns(world):
    """dns-01 is not offered for onion names."""
    client = world.account()
    _, order = ordered(world, client, Service().address)
    types = {each["type"] for each in client.expect(200, order["authorizations"][0]).json()["challenges"]}
    require("dns-01" not in types, f"the challenges are {types}")


@check("rfc9799-3.2-challenge-has-a-nonce-of-64-bits")
def nonce(world):
    """onion-csr-01 has a nonce of at least 64 bits in base64 with its padding, another one in every challenge."""
    client, seen = world.account(), set()
    for _ in range(3):
        _, order = ordered(world, client, Service().address)
        text = offered(client, order["authorizations"][0])["nonce"]
        require(len(base64.b64decode(text, validate=True)) >= 8 and len(text) % 4 == 0, f"the nonce is {text!r}")
        seen.add(text)
    require(len(seen) == 3, "nonces repeat")


@check("rfc9799-3.2-request-of-the-service-proves-names-and-wildcards")
def right(world):
    """A request that the service signs proves its name, names below it and wildcards; a certificate follows."""
    client, service = world.account(), Service()
    names = (service.address, f"*.{service.address}", f"a.b.{service.address}")
    order_url, order = ready(world, client, service, *names)
    answered(finalized(client, order, names, onionCAA=service.caa()), 200)
    final = client.poll(order_url, lambda found: found["status"] not in ("ready", "processing")).json()
    require(final["status"] == "valid", f"the order is {final}")


def altered(request):
    return request[:-1] + bytes([request[-1] ^ 1])


def fails(name, about, request):
    def run(world):
        client, service = world.account(), Service()
        _, order = ordered(world, client, service.address)
        found = attempted(client, order["authorizations"][0], lambda given: request(service, given))
        require(found["status"] == "invalid", f"the authorization is {found}")
    run.__doc__ = about
    check(name)(run)


fails("rfc9799-3.2-request-of-another-key-fails", "A request that another service signs proves nothing.",
      lambda service, given: Service().request(given))
fails("rfc9799-3.2-another-nonce-fails", "A request with another nonce, or with its base64, proves nothing.",
      lambda service, given: service.request(base64.b64encode(given)))
fails("rfc9799-3.2-short-applicant-nonce-fails", "A request whose applicant nonce has less than 64 bits proves nothing.",
      lambda service, given: service.request(given, b"1234567"))
fails("rfc9799-3.2-altered-request-fails", "A request whose signature does not verify proves nothing.",
      lambda service, given: altered(service.request(given)))


@check("rfc9799-3.2-response-without-a-request-is-malformed")
def without(world):
    """A response without csr is malformed and spends no attempt."""
    client, service = world.account(), Service()
    _, order = ordered(world, client, service.address)
    challenge = offered(client, order["authorizations"][0])
    refused(client.ask(challenge["url"], {}), "malformed")
    found = client.expect(200, challenge["url"]).json()
    require(found["status"] == "pending", f"the challenge is {found}")


@check("rfc9799-3.2-key-of-the-service-is-not-certified")
def own_key(world):
    """The key of the service is never the key of the certificate."""
    client, service = world.account(), Service()
    _, order = ready(world, client, service, service.address)
    der = request_der(service.key, (service.address,))
    problem = refused(client.ask(order["finalize"], {"csr": b64url(der), "onionCAA": service.caa()}), "badCSR")
    # Any other key of its kind is refused too: what is wrong must be whose it is.
    require(service.address in problem.get("detail", ""), f"the service is not named: {problem}")


@check("rfc9799-6.4.1-finalize-without-caa-is-onioncaarequired")
def required(world):
    """A server that says inBandOnionCAARequired refuses to finalize without onionCAA; the order stays ready."""
    client, service = world.account(), Service()
    order_url, order = ready(world, client, service, service.address)
    if not world.meta.get("inBandOnionCAARequired"):
        raise Skip("the server reads descriptors by itself")
    refused(finalized(client, order, (service.address,)), "onionCAARequired")
    require(client.expect(200, order_url).json()["status"] == "ready", "the order is not ready any more")


@check("rfc9799-6.4-caa-of-the-service-is-obeyed")
def obeyed(world):
    """Records that name another CA, that another key signed, or that have ended, permit nothing."""
    client, service, other = world.account(), Service(), Service()
    _, order = ready(world, client, service, service.address)
    stolen = {service.address: other.caa()[other.address]}
    for brought in (service.caa('caa 0 issue "other.example"'), service.caa("caa 128 strange x"), stolen,
                    service.caa(seconds=-60), service.caa("caa 0 issue")):
        refused(finalized(client, order, (service.address,), onionCAA=brought), "caa", "malformed", "unauthorized")
    large = json.loads(json.dumps(service.caa()))
    large[service.address]["expiry"] = 2**62
    refused(finalized(client, order, (service.address,), onionCAA=large), "caa", "malformed", "unauthorized")
