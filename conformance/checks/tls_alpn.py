"""The TLS-ALPN challenge (RFC 8737) and IP addresses (RFC 8738)."""
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from harness import Skip, answered, check, refused, require
from tls_responder import PROTOCOL, challenge_certificate


def challenge_of(authorization, kind):
    for challenge in authorization["challenges"]:
        if challenge["type"] == kind:
            return challenge
    raise Skip(f"the server offers no {kind}")


def outcome(world, prepare, name=None):
    """The authorization after the attempt; `prepare(name, key authorization)` sets the responder up."""
    client, name = world.account(), name or world.name()
    url = client.order(name).json()["authorizations"][0]
    challenge = challenge_of(client.expect(200, url).json(), "tls-alpn-01")
    prepare(name, client.key.key_authorization(challenge["token"]))
    answered(client.ask(challenge["url"], {}), 200)
    return client.poll(url, lambda found: found["status"] != "pending").json()


def shown(world, protocols=(PROTOCOL,), names=("{}",), **changes):
    """Prepares a certificate that differs from the right one in `changes`; `{}` in `names` is the name."""
    def prepare(name, key_authorization):
        made = challenge_certificate(key_authorization, *(each.format(name) for each in names), **changes)
        world.tls_responder.provision(name, made, protocols)
    return prepare


def fails(world, *types, **changes):
    found = outcome(world, shown(world, **changes))
    require(found["status"] == "invalid", f"the authorization became {found['status']} with {changes}")
    error = challenge_of(found, "tls-alpn-01")["error"]
    short = error["type"].rpartition(":")[2]
    require(short in (types or ("incorrectResponse", "unauthorized", "tls")), f"the error is {error}")


@check("rfc8737-3-the-right-certificate-proves-a-name", needs=("tls",))
def right(world):
    """A self-signed certificate with one dNSName and the critical acmeIdentifier makes the authorization valid."""
    found = outcome(world, shown(world))
    require(found["status"] == "valid", f"the authorization became {found}")


@check("rfc8737-3-the-digest-must-be-that-of-the-key-authorization", needs=("tls",))
def digests(world):
    """Another digest, one octet less or more, and its hexadecimal form are refused."""
    for digest in (bytes(32), bytes(31), bytes(33), b"a" * 64):
        fails(world, digest=digest)


@check("rfc8737-3-acme-identifier-must-be-critical", needs=("tls",))
def critical(world):
    """The extension marked non-critical is refused."""
    fails(world, critical=False)


@check("rfc8737-3-acme-identifier-must-be-there", needs=("tls",))
def missing(world):
    """No extension, or the one of a draft, is refused."""
    fails(world, oid=None)
    fails(world, oid=x509.ObjectIdentifier("1.3.6.1.5.5.7.1.30.1"))


@check("rfc8737-3-the-certificate-is-for-exactly-the-name", needs=("tls",))
def names(world):
    """No name, another one, a second one, the name twice or an address added are refused."""
    for chosen in ((), ("x.{}",), ("{}", "x.{}"), ("{}", "192.0.2.1"), ("192.0.2.1",), ("{}", "{}")):
        fails(world, names=chosen)


@check("rfc8737-3-the-certificate-is-self-signed", needs=("tls",))
def self_signed(world):
    """A certificate signed by another key is refused."""
    fails(world, signer=ec.generate_private_key(ec.SECP256R1()))


@check("rfc8737-3-acme-tls-must-be-negotiated", needs=("tls",))
def negotiated(world):
    """The right certificate without the protocol acme-tls/1 proves nothing."""
    fails(world, "tls", "unauthorized", "connection", protocols=())


def order_addresses(world, *addresses):
    identifiers = [{"type": "ip", "value": address} for address in addresses]
    response = world.account().ask(world.directory["newOrder"], {"identifiers": identifiers})
    if response.status != 201:
        refused(response)
        raise Skip("the server does not certify these addresses")
    return response


@check("rfc8738-3-addresses-are-written-in-their-one-form")
def canonical(world):
    """Other spellings of an address are refused: RFC 5952 for IPv6, dotted decimal for IPv4."""
    order_addresses(world, "127.0.0.1", "::1")
    for wrong in ("127.1", "127.0.0.01", "0x7f000001", "2130706433", "0:0:0:0:0:0:0:1", "[::1]", "::1%lo",
                  "2001:DB8::1", "::ffff:127.0.0.1/128", "127.0.0.1/32", ""):
        identifiers = [{"type": "ip", "value": wrong}]
        refused(world.account().ask(world.directory["newOrder"], {"identifiers": identifiers}))


@check("rfc8738-7-dns-01-is-not-offered-for-an-address")
def no_dns(world):
    """The authorization of an address has no dns-01 challenge."""
    url = order_addresses(world, "127.0.0.1").json()["authorizations"][0]
    kinds = [challenge["type"] for challenge in world.account().expect(200, url).json()["challenges"]]
    require(kinds and "dns-01" not in kinds, f"the challenges are {kinds}")


@check("rfc8738-4-http-01-proves-an-address", needs=("http",))
def http(world):
    """http-01 asks the address itself, and the certificate holds it as iPAddress."""
    client = world.client()
    response = client.ask(world.directory["newOrder"], {"identifiers": [{"type": "ip", "value": "127.0.0.1"}]})
    if response.status != 201:
        raise Skip("the server does not certify this address")
    order = response.json()
    require(world.prove(client, order["authorizations"][0])["status"] == "valid", "http-01 did not succeed")
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateSigningRequestBuilder(x509.Name([])).add_extension(names, False)
    csr = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    final = world.finalize(client, response.header("Location"), order, csr)
    require(final["status"] == "valid", f"the order became {final}")
    leaf = x509.load_pem_x509_certificate(client.expect(200, final["certificate"]).body)
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    require([str(each.value) for each in found] == ["127.0.0.1"], f"the certificate is for {list(found)}")


@check("rfc8738-6-tls-alpn-names-an-address-by-its-reverse-name", needs=("tls",))
def reverse(world):
    """server_name is the reverse-mapping name, the certificate's only name the address itself."""
    client = world.client()
    identifiers = [{"type": "ip", "value": "127.0.0.1"}]
    response = client.ask(world.directory["newOrder"], {"identifiers": identifiers})
    if response.status != 201:
        raise Skip("the server does not certify this address")
    url = response.json()["authorizations"][0]
    challenge = challenge_of(client.expect(200, url).json(), "tls-alpn-01")
    made = challenge_certificate(client.key.key_authorization(challenge["token"]), "127.0.0.1")
    world.tls_responder.provision("1.0.0.127.in-addr.arpa", made)
    answered(client.ask(challenge["url"], {}), 200)
    found = client.poll(url, lambda now: now["status"] != "pending").json()
    require(found["status"] == "valid", f"the authorization became {found}")
