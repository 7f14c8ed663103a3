"""Certificates as they are downloaded and as they are (RFC 8555 §7.4.2, §9.1; RFC 5280; Baseline Requirements 7.1)."""
import datetime
import re
import subprocess
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from acme_client import certificates_in
from harness import Skip, answered, check, refused, require

# BR 6.3.2: the longest life of a certificate issued from each day on.
LONGEST_LIFE = ((datetime.date(2029, 3, 15), 47), (datetime.date(2027, 3, 15), 100), (datetime.date(2026, 3, 15), 200),
                (datetime.date(2020, 9, 1), 398))
RESERVED_POLICIES = {"2.23.140.1.2.1", "2.23.140.1.2.2", "2.23.140.1.2.3", "2.23.140.1.1"}


def extension(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None


def signed_by(certificate, issuer):
    key = issuer.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(certificate.signature, certificate.tbs_certificate_bytes,
                   ec.ECDSA(certificate.signature_hash_algorithm))
    else:
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(),
                   certificate.signature_hash_algorithm)


@check("rfc8555-7.4.2-certificate-has-its-media-type", needs=["http"])
def media_type(world):
    """The chain is application/pem-certificate-chain."""
    found = world.issued().response.media_type
    require(found == "application/pem-certificate-chain", f"Content-Type is {found}")


@check("rfc8555-9.1-pem-is-strict-and-without-text", needs=["http"])
def strict_pem(world):
    """Only CERTIFICATE blocks in lines of 64 characters, nothing before, between or behind."""
    text = world.issued().chain.decode("ascii")
    block = "-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n-----END CERTIFICATE-----\n?"
    require(re.fullmatch(f"(?:{block}\n?)+", text), f"the chain is {text[:200]!r}…")


@check("rfc8555-9.1-chain-is-in-order", needs=["http"])
def chain_order(world):
    """The end-entity certificate is first, and each that follows has signed the one before it."""
    certificates = world.issued().certificates
    require(len(certificates) >= 2, "there is no issuer in the chain")
    for subject, issuer in zip(certificates, certificates[1:]):
        require(subject.issuer == issuer.subject, "a name does not follow")
        signed_by(subject, issuer)


@check("rfc8555-9.1-chain-ends-in-the-root", needs=["http", "root"])
def verifies(world):
    """openssl verify accepts the chain under the root, for a TLS server and for its name."""
    issued = world.issued()
    with tempfile.NamedTemporaryFile(suffix=".pem") as chain:
        chain.write(issued.chain)
        chain.flush()
        run = subprocess.run(["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname",
                              issued.names[0], "-CAfile", world.root_file, "-untrusted", chain.name, chain.name],
                             capture_output=True, text=True, check=False)
    require(run.returncode == 0, (run.stdout + run.stderr).strip())


@check("rfc8555-7.4.2-certificate-is-for-the-requested-key", needs=["http"])
def key(world):
    """The certificate holds the key of the request."""
    issued = world.issued()
    require(issued.leaf.public_key().public_numbers() == issued.key.public_key().public_numbers(), "another key")


@check("rfc8555-7.4-certificate-is-for-exactly-the-ordered-names", needs=["http"])
def names(world):
    """subjectAltName is the set of ordered names, no more and no less."""
    issued = world.issue(world.account(), world.name(), world.name(), world.name())
    alternative = extension(issued.leaf, x509.SubjectAlternativeName).value
    found = sorted(alternative.get_values_for_type(x509.DNSName))
    require(found == sorted(issued.names), f"the names are {found}")
    require(len(list(alternative)) == len(issued.names), "there are entries of other kinds")


@check("br-7.1.2.7.2-common-name-is-one-of-the-names", needs=["http"])
def common_name(world):
    """The subject has nothing but perhaps a commonName, which is one of the names."""
    issued = world.issued()
    for attribute in issued.leaf.subject:
        require(attribute.oid == NameOID.COMMON_NAME, f"the subject is {issued.leaf.subject.rfc4514_string()}")
        require(attribute.value in issued.names, f"commonName is {attribute.value}")


@check("rfc5280-4.1.2.5-certificate-is-valid-now", needs=["http"])
def valid_now(world):
    """notBefore has passed, by no more than 48 hours (BR 7.1.2.7), and notAfter has not."""
    leaf, now = world.issued().leaf, datetime.datetime.utcnow()
    require(leaf.not_valid_before <= now < leaf.not_valid_after, f"{leaf.not_valid_before} to {leaf.not_valid_after}")
    require(now - leaf.not_valid_before <= datetime.timedelta(hours=48), f"notBefore is {leaf.not_valid_before}")


@check("br-6.3.2-certificate-is-not-valid-too-long", needs=["http"])
def life(world):
    """The life, both ends included, is within what the rules allow on the day of issue."""
    leaf = world.issued().leaf
    today = datetime.date.today()
    days = next(days for since, days in LONGEST_LIFE if today >= since)
    span = leaf.not_valid_after - leaf.not_valid_before + datetime.timedelta(seconds=1)
    require(span <= datetime.timedelta(days=days), f"it lives {span}, at most {days} days are allowed")


@check("br-6.3.2-both-ends-of-the-validity-are-counted", needs=["http"])
def inclusive(world):
    """The validity, counted with both its ends as RFC 5280 §4.1.2.5 does, is a whole number of hours."""
    leaf = world.issued().leaf
    seconds = (leaf.not_valid_after - leaf.not_valid_before).total_seconds() + 1
    require(seconds % 3600 == 0, f"the validity is {seconds} seconds")


@check("br-7.1-serial-number-is-long-and-positive", needs=["http"])
def serial(world):
    """Serial numbers are positive, at most 20 octets, hold 64 random bits, and differ."""
    serials = [world.issue(world.account()).leaf.serial_number for _ in range(3)]
    require(len(set(serials)) == 3, f"serials are {serials}")
    for number in serials:
        require(0 < number < 2**159, f"the serial is {number:x}")
        require(number.bit_length() > 56, f"the serial {number:x} is too short for 64 random bits")


@check("rfc5280-4.1.2.1-certificate-is-version-3", needs=["http"])
def version(world):
    """X.509 version 3."""
    require(world.issued().leaf.version == x509.Version.v3, f"the version is {world.issued().leaf.version}")


@check("br-7.1.2.7-extended-key-usage-is-server-authentication", needs=["http"])
def extended_key_usage(world):
    """extKeyUsage is serverAuth, with clientAuth at most beside it, and no anyExtendedKeyUsage."""
    found = extension(world.issued().leaf, x509.ExtendedKeyUsage)
    require(found is not None, "no extKeyUsage")
    allowed = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
    require(ExtendedKeyUsageOID.SERVER_AUTH in found.value and set(found.value) <= allowed, f"it is {found.value}")


@check("br-7.1.2.7-certificate-is-no-ca", needs=["http"])
def no_ca(world):
    """basicConstraints is absent or says that this is no CA."""
    found = extension(world.issued().leaf, x509.BasicConstraints)
    require(found is None or not found.value.ca, "it is a CA")


@check("br-7.1.2.7.11-key-usage-fits-the-key", needs=["http"])
def key_usage(world):
    """keyUsage is critical, has digitalSignature and neither keyCertSign nor cRLSign."""
    found = extension(world.issued().leaf, x509.KeyUsage)
    require(found is not None and found.critical, "no critical keyUsage")
    require(found.value.digital_signature and not found.value.key_cert_sign and not found.value.crl_sign,
            f"keyUsage is {found.value}")


@check("rfc5280-4.2.1.1-authority-key-identifier-is-the-issuers", needs=["http"])
def authority_key(world):
    """authorityKeyIdentifier is the subjectKeyIdentifier of the issuer."""
    leaf, issuer = world.issued().certificates[:2]
    found, expected = extension(leaf, x509.AuthorityKeyIdentifier), extension(issuer, x509.SubjectKeyIdentifier)
    require(found is not None and expected is not None, "one of the two is missing")
    require(found.value.key_identifier == expected.value.digest, "they differ")


@check("br-7.1.6.1-one-reserved-policy", needs=["http"])
def policy(world):
    """certificatePolicies has exactly one of the reserved policies of the Baseline Requirements."""
    found = extension(world.issued().leaf, x509.CertificatePolicies)
    require(found is not None, "no certificatePolicies")
    policies = [entry.policy_identifier.dotted_string for entry in found.value]
    require(len(RESERVED_POLICIES & set(policies)) == 1, f"policies are {policies}")


@check("br-7.1.2.7-revocation-can-be-learnt", needs=["http"])
def pointers(world):
    """There is a CRL distribution point (BR 7.1.2.11.2) with an http URL."""
    found = extension(world.issued().leaf, x509.CRLDistributionPoints)
    require(found is not None, "no cRLDistributionPoints")
    urls = [name.value for point in found.value for name in point.full_name or []]
    require(urls and all(url.startswith("http://") for url in urls), f"URLs are {urls}")


@check("br-7.1.2.7.7-issuer-certificate-can-be-found", needs=["http"])
def issuer_pointer(world):
    """authorityInfoAccess names an http URL of the issuer's certificate."""
    found = extension(world.issued().leaf, x509.AuthorityInformationAccess)
    require(found is not None, "no authorityInfoAccess")
    urls = [entry.access_location.value for entry in found.value
            if entry.access_method == x509.oid.AuthorityInformationAccessOID.CA_ISSUERS]
    require(urls and all(url.startswith("http://") for url in urls), f"URLs are {urls}")


@check("br-7.1.2.10-issuer-is-a-ca-for-tls-only", needs=["http"])
def issuer(world):
    """The issuing certificate is a CA with a critical basicConstraints, may sign certificates and is valid longer."""
    leaf, issuing = world.issued().certificates[:2]
    constraints = extension(issuing, x509.BasicConstraints)
    require(constraints is not None and constraints.critical and constraints.value.ca, "it is no CA")
    usage = extension(issuing, x509.KeyUsage)
    require(usage is not None and usage.critical and usage.value.key_cert_sign, "it may not sign certificates")
    require(issuing.not_valid_after >= leaf.not_valid_after, "it expires before the certificate")


@check("rfc8555-7.4.2-certificate-stays-the-same", needs=["http"])
def same(world):
    """Downloading twice gives the same octets."""
    issued = world.issued()
    require(issued.client.expect(200, issued.url).body == issued.chain, "the octets differ")


@check("rfc8555-7.4.2-foreign-certificate-is-closed", needs=["http"])
def foreign(world):
    """Nobody downloads the certificate of somebody else by ACME."""
    refused(world.client().ask(world.issued().url), "unauthorized", status=403)


@check("rfc8555-6.3-get-of-a-certificate-is-405", needs=["http"])
def get(world):
    """A plain GET of a certificate gives 405."""
    response = answered(world.transport.request("GET", world.issued().url), 405)
    refused(response, "malformed")


@check("rfc8555-7.4.2-alternate-chains-can-be-downloaded", needs=["http"])
def alternates(world):
    """Every Link rel=alternate leads to a chain for the same certificate."""
    issued = world.issued()
    links = issued.response.links("alternate")
    if not links:
        raise Skip("the server offers no alternate chain")
    for url in links:
        chain = certificates_in(issued.client.expect(200, url).body)
        require(chain[0] == issued.leaf, f"{url} is for another certificate")


@check("rfc8555-7.4-second-order-gets-another-certificate", needs=["http"])
def second(world):
    """Ordering the same name again gives a new order with a new certificate, for the new key."""
    client = world.account()
    name = world.name()
    one, two = world.issue(client, name), world.issue(client, name)
    require(one.order_url != two.order_url and one.url != two.url, "the first order was given out again")
    require(one.leaf.serial_number != two.leaf.serial_number, "it is the same certificate")
