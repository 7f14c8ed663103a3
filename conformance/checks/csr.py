"""Which certificate requests are refused (RFC 8555 §7.4, RFC 2986, Baseline Requirements 6.1.1.3)."""
import ipaddress
import random
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

import der
from acme_client import b64url, request_der
from harness import check, refused, require


def p256():
    return ec.generate_private_key(ec.SECP256R1())


def refused_request(clause, about, make, *types):
    """Registers a check that finalize refuses make(name, another name, client), or each of them if it is a list, and
    that the order stays ready."""

    def function(world):
        client = world.account()
        order_url, order = world.ready(client)
        requests = make(order["identifiers"][0]["value"], world.name(), client)
        for csr in requests if isinstance(requests, list) else [requests]:
            refused(client.ask(order["finalize"], {"csr": b64url(csr)}), *(types or ("badCSR",)), status=400)
        require(client.expect(200, order_url).json()["status"] == "ready", "the order is not ready any more")

    function.__doc__ = about
    check(clause, needs=["http"])(function)


refused_request("rfc8555-7.4-csr-with-extra-name-is-refused", "A name that the order does not have is refused.",
                lambda name, other, _: request_der(p256(), [name, other]))
refused_request("rfc8555-7.4-csr-with-another-name-is-refused", "A request for another name is refused.",
                lambda name, other, _: request_der(p256(), [other]))
refused_request("rfc8555-7.4-csr-with-extra-common-name-is-refused",
                "A commonName that the order does not have is refused.",
                lambda name, other, _: request_der(p256(), [name], common_name=other))
refused_request("rfc8555-7.4-csr-without-names-is-refused", "A request without any name is refused.",
                lambda *_: request_der(p256(), []))
refused_request("rfc8555-7.4-csr-with-wildcard-for-a-plain-name-is-refused",
                "A wildcard instead of, or beside, the ordered name is refused.",
                lambda name, other, _: [request_der(p256(), ["*." + name]), request_der(p256(), [name, "*." + name])])
refused_request("rfc8555-7.4-csr-with-mail-address-is-refused", "A mail address in subjectAltName is refused.",
                lambda name, other, _: request_der(p256(), [x509.DNSName(name), x509.RFC822Name("a@" + name)]))
refused_request("rfc8555-7.4-csr-with-ip-address-is-refused", "An IP address that was not ordered is refused.",
                lambda name, other, _: request_der(
                    p256(), [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]))
refused_request("rfc8555-7.4-csr-with-uri-is-refused", "A URI in subjectAltName is refused.",
                lambda name, other, _: request_der(
                    p256(), [x509.DNSName(name), x509.UniformResourceIdentifier("https://" + name)]))
refused_request("rfc2986-4.2-csr-with-bad-signature-is-refused", "A request whose own signature is wrong is refused.",
                lambda name, other, _: flipped(request_der(p256(), [name])))
refused_request("rfc2986-4.2-csr-signed-by-another-key-is-refused", "Proof of possession of another key is none.",
                lambda name, other, _: der.request(p256(), der.extension_request(der.names_extension(name.encode())),
                                                   spki=spki_of(p256())))
refused_request("x690-10.1-csr-with-trailing-bytes-is-refused", "Octets behind the request are refused.",
                lambda name, other, _: [request_der(p256(), [name]) + b"\0", request_der(p256(), [name]) * 2])
refused_request("x690-10.1-csr-with-long-lengths-is-refused", "Lengths that are longer than needed are BER, not DER.",
                lambda name, other, _: [der.long_length(request_der(p256(), [name])), inner_long_length(name)])
refused_request("rfc2986-4-garbage-as-csr-is-refused", "Octets that are no request are refused.",
                lambda name, other, _: [b"", b"\0", b"garbage", b"\x30\x00", b"\x30\x80\x00\x00",
                                        request_der(p256(), [name])[:-1], b"\x30\x84\xff\xff\xff\xff"],
                "badCSR", "malformed")
refused_request("rfc8555-7.4-pem-as-csr-is-refused", "The request travels as DER, not as PEM.",
                lambda name, other, _: b"-----BEGIN CERTIFICATE REQUEST-----\n", "badCSR", "malformed")
refused_request("rfc5280-4.2-csr-with-two-san-extensions-is-refused", "Two subjectAltName extensions are refused.",
                lambda name, other, _: der.request(p256(), der.extension_request(
                    der.names_extension(name.encode()), der.names_extension(name.encode()))))
refused_request("rfc2986-4.1-csr-with-two-extension-requests-is-refused", "Two extensionRequest attributes are refused.",
                lambda name, other, _: der.request(p256(), *[der.extension_request(
                    der.names_extension(name.encode()))] * 2))
refused_request("rfc5280-4.2.1.6-csr-with-odd-octets-in-a-name-is-refused",
                "NUL, newline, space and 8-bit octets inside a dNSName are refused.",
                lambda name, other, _: [der.request(p256(), der.extension_request(der.names_extension(
                    name.encode() + odd))) for odd in (b"\0", b"\0.evil.example", b"\n", b" ", b"\xff", b".")])
refused_request("rfc5280-4.2.1.6-csr-with-empty-san-is-refused",
                "An empty subjectAltName, or an empty name in it, is refused even if commonName is good.",
                lambda name, other, _: [der.request(p256(), der.extension_request(der.names_extension(*names)),
                                                    subject=der.common_name(name.encode()))
                                        for names in ((), (b"",))])
refused_request("rfc2986-4.1-csr-of-unknown-version-is-refused", "A version other than 0 is refused.",
                lambda name, other, _: der.request(p256(), der.extension_request(der.names_extension(name.encode())),
                                                   version=b"\1"))
refused_request("rfc8555-11.1-account-key-as-certificate-key-is-refused",
                "The key of the account must not be certified.",
                lambda name, other, client: request_der(client.key.private, [name]), "badCSR", "badPublicKey")

WEAK = ("badCSR", "badPublicKey")
refused_request("br-6.1.5-rsa-1024-is-refused", "An RSA key of 1024 bits is refused.",
                lambda name, other, _: request_der(rsa.generate_private_key(65537, 1024), [name]), *WEAK)
refused_request("br-6.1.5-rsa-of-odd-size-is-refused", "An RSA modulus whose size is no multiple of 8 bits is refused.",
                lambda name, other, _: request_der(rsa.generate_private_key(65537, 2052), [name]), *WEAK)
refused_request("br-6.1.6-rsa-exponent-3-is-refused", "An RSA key with e = 3 is refused.",
                lambda name, other, _: request_der(rsa.generate_private_key(3, 2048), [name]), *WEAK)
refused_request("br-6.1.5-other-curves-are-refused", "P-224 and secp256k1 are refused.",
                lambda name, other, _: [request_der(ec.generate_private_key(curve), [name])
                                        for curve in (ec.SECP224R1(), ec.SECP256K1())], *WEAK)
refused_request("br-6.1.5-ed25519-is-refused", "Ed25519 keys are not certified.",
                lambda name, other, _: request_der(ed25519.Ed25519PrivateKey.generate(), [name]), *WEAK)
refused_request("br-6.1.1.3-close-primes-are-refused", "An RSA key whose primes are neighbours is refused (Fermat).",
                lambda name, other, _: request_der(close_primes_key(), [name]), *WEAK)
refused_request("rfc5480-2.1.1-explicit-curve-parameters-are-refused",
                "A P-256 key that spells its curve out is refused.",
                lambda name, other, _: explicit_parameters(name), *WEAK)
refused_request("rfc5480-2.2-compressed-point-is-refused", "A P-256 key in compressed form is refused.",
                lambda name, other, _: compressed(name), *WEAK)


def flipped(csr):
    return csr[:-1] + bytes([csr[-1] ^ 1])


def spki_of(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def inner_long_length(name):
    """Properly signed, but one length inside is not minimal."""
    key = p256()
    names = der.long_length(der.extension_request(der.names_extension(name.encode())))
    return der.request(key, names)


def explicit_parameters(name):
    made = subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt",
                           "ec_param_enc:explicit", "-nodes", "-keyout", "/dev/null", "-subj", "/", "-addext",
                           f"subjectAltName=DNS:{name}", "-outform", "DER"], capture_output=True, check=True)
    return made.stdout


def compressed(name):
    key = p256()
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    algorithm = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
    spki = der.tlv(der.SEQUENCE, algorithm, der.tlv(der.BIT_STRING, b"\0", point))
    return der.request(key, der.extension_request(der.names_extension(name.encode())), spki=spki)


SMALL_PRIMES = [number for number in range(3, 2000, 2) if all(number % k for k in range(3, int(number**0.5) + 1, 2))]


def next_prime(number):
    number |= 1
    while True:
        number += 2
        if all(number % prime for prime in SMALL_PRIMES) and pow(2, number - 1, number) == 1:
            return number


def close_primes_key():
    while True:
        p = next_prime(random.SystemRandom().getrandbits(1024) | 3 << 1022)
        q = next_prime(p + 2**64)
        if (p - 1) % 65537 and (q - 1) % 65537:
            break
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q),
                                    rsa.RSAPublicNumbers(65537, p * q))
    return numbers.private_key()


def accepted_key(clause, about, make):
    def function(world):
        issued = world.issue(world.account(), key=make())
        own = issued.key.public_key().public_numbers()
        require(issued.leaf.public_key().public_numbers() == own, "the certificate is for another key")

    function.__doc__ = about
    check(clause, needs=["http"])(function)


accepted_key("br-6.1.5-rsa-2048-is-certified", "An RSA key of 2048 bits is certified.",
             lambda: rsa.generate_private_key(65537, 2048))
accepted_key("br-6.1.5-rsa-4096-is-certified", "An RSA key of 4096 bits is certified.",
             lambda: rsa.generate_private_key(65537, 4096))
accepted_key("br-6.1.5-p-256-is-certified", "A P-256 key is certified.", p256)
accepted_key("br-6.1.5-p-384-is-certified", "A P-384 key is certified.", lambda: ec.generate_private_key(ec.SECP384R1()))


@check("rfc8555-7.4-nothing-but-names-and-key-is-taken-from-the-csr", needs=["http"])
def nothing_copied(world):
    """A request that asks for CA:TRUE, other key usages and a policy is refused, or gets none of that."""
    client = world.account()
    order_url, order = world.ready(client)
    name = order["identifiers"][0]["value"]
    asked = [(x509.BasicConstraints(ca=True, path_length=3), True),
             (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), False),
             (x509.KeyUsage(True, True, True, True, True, True, True, True, True), True)]
    response = client.ask(order["finalize"], {"csr": b64url(request_der(p256(), [name], extensions=asked))})
    if response.status != 200:
        refused(response, "badCSR", status=400)
        return
    final = client.poll(order_url, lambda now: now["status"] not in ("processing", "ready")).json()
    leaf = x509.load_pem_x509_certificate(client.expect(200, final["certificate"]).body)
    try:
        require(not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca, "it is a CA")
    except x509.ExtensionNotFound:
        pass
    usages = list(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    require(ExtendedKeyUsageOID.CODE_SIGNING not in usages, f"its usages are {usages}")
    require(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE not in usages, f"its usages are {usages}")
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    require(not usage.key_cert_sign and not usage.crl_sign, "it may sign certificates or CRLs")


@check("rfc8555-7.4-subject-of-the-csr-is-not-copied", needs=["http"])
def subject(world):
    """An organization that a request claims does not get into the certificate."""
    client = world.account()
    order_url, order = world.ready(client)
    name = order["identifiers"][0]["value"]
    made = subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                           "-keyout", "/dev/null", "-subj", f"/C=US/O=Some Bank/CN={name}", "-addext",
                           f"subjectAltName=DNS:{name}", "-outform", "DER"], capture_output=True, check=True)
    response = client.ask(order["finalize"], {"csr": b64url(made.stdout)})
    if response.status != 200:
        refused(response, "badCSR", status=400)
        return
    final = client.poll(order_url, lambda now: now["status"] not in ("processing", "ready")).json()
    leaf = x509.load_pem_x509_certificate(client.expect(200, final["certificate"]).body)
    require("Some Bank" not in leaf.subject.rfc4514_string(), f"the subject is {leaf.subject.rfc4514_string()}")
