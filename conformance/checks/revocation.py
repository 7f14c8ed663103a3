"""Revocation (RFC 8555 §7.6)."""
import datetime
import time
import urllib.error
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from acme_client import Key, b64url, der_of, request_der
from harness import Skip, answered, check, refused, require


def payload(certificate, **members):
    return {"certificate": b64url(certificate), **members}


def revoke(world, client, certificate, **members):
    return client.ask(world.directory["revokeCert"], payload(certificate, **members))


def holder(world, key, alg="ES256"):
    """A client without account that signs with a certificate's key."""
    client = world.stranger()
    client.key = Key(alg, key)
    return client


@check("rfc8555-7.6-issuing-account-may-revoke", needs=["http"])
def by_account(world):
    """The account that got the certificate revokes it: 200."""
    issued = world.issue(world.account())
    answered(revoke(world, issued.client, issued.der), 200)


@check("rfc8555-7.6-certificate-key-may-revoke", needs=["http"])
def by_key(world):
    """The key of the certificate revokes it, with jwk and without an account."""
    issued = world.issue(world.account())
    answered(revoke(world, holder(world, issued.key), issued.der), 200)


@check("rfc8555-7.6-rsa-certificate-key-may-revoke", needs=["http"])
def by_rsa_key(world):
    """So does an RSA key."""
    issued = world.issue(world.account(), key=rsa.generate_private_key(65537, 2048))
    answered(revoke(world, holder(world, issued.key, "RS256"), issued.der, reason=1), 200)


@check("rfc8555-7.6-account-with-all-authorizations-may-revoke", needs=["http"])
def by_authorizations(world):
    """An account that holds valid authorizations for every name of the certificate revokes it."""
    issued = world.issue(world.client(), world.name(), world.name())
    other = world.client()
    world.ready(other, *issued.names)
    answered(revoke(world, other, issued.der), 200)


@check("rfc8555-7.6-account-with-some-authorizations-may-not-revoke", needs=["http"])
def by_some(world):
    """Holding an authorization for one name of two is not enough."""
    issued = world.issue(world.client(), world.name(), world.name())
    other = world.client()
    world.ready(other, issued.names[0])
    refused(revoke(world, other, issued.der), "unauthorized", status=403)


@check("rfc8555-7.6-other-account-may-not-revoke", needs=["http"])
def by_other(world):
    """An account that has nothing to do with the certificate gets 403 unauthorized, and nothing is revoked."""
    issued = world.issue(world.account())
    refused(revoke(world, world.client(), issued.der), "unauthorized", status=403)
    answered(revoke(world, issued.client, issued.der), 200)


@check("rfc8555-7.6-other-key-may-not-revoke", needs=["http"])
def by_other_key(world):
    """Another key in jwk, also that of the issuing account, gets 403 unauthorized."""
    issued = world.issue(world.account())
    refused(revoke(world, world.stranger(), issued.der), "unauthorized", status=403)
    refused(revoke(world, holder(world, issued.client.key.private), issued.der), "unauthorized", status=403)


@check("rfc8555-7.6-revoking-twice-is-already-revoked", needs=["http"])
def twice(world):
    """The second time gives 400 alreadyRevoked, whoever asks."""
    issued = world.issue(world.account())
    answered(revoke(world, issued.client, issued.der), 200)
    refused(revoke(world, issued.client, issued.der), "alreadyRevoked", status=400)
    response = revoke(world, holder(world, issued.key), issued.der)
    require(response.status == 200 or response.problem_type == "alreadyRevoked", response.summary())


@check("rfc8555-7.6-refusal-to-strangers-tells-nothing", needs=["http"])
def already_and_foreign(world):
    """A stranger learns unauthorized, not whether the certificate has been revoked already."""
    issued = world.issue(world.account())
    answered(revoke(world, issued.client, issued.der), 200)
    refused(revoke(world, world.client(), issued.der), "unauthorized", status=403)


@check("rfc8555-7.6-subscriber-reasons-are-taken", needs=["http"])
def reasons(world):
    """Reasons 0, 1, 3, 4 and 5, the ones subscribers may give (BR 7.2.2), are taken."""
    for reason in (0, 1, 3, 4, 5):
        issued = world.issue(world.account())
        answered(revoke(world, issued.client, issued.der, reason=reason), 200)


# WIR-21
@check("br-7.2.2-other-reasons-are-refused", needs=["http"])
def bad_reasons(world):
    """Reasons 2, 6, 7, 8, 10, unknown ones and 9, which only the CA may give, are 400 badRevocationReason; nothing is revoked."""
    issued = world.issue(world.account())
    for reason in (2, 6, 7, 8, 9, 10, 11, 99, -1, 2**31, 2**64):
        refused(revoke(world, issued.client, issued.der, reason=reason), "badRevocationReason",
                *(("malformed",) if reason > 2**32 else ()), status=400)
    answered(revoke(world, issued.client, issued.der), 200)


@check("rfc8555-7.6-reason-must-be-a-number", needs=["http"])
def reason_type(world):
    """A reason that is no integer is refused."""
    issued = world.issue(world.account())
    for reason in ("1", 1.5, [1], {}, True):
        refused(revoke(world, issued.client, issued.der, reason=reason), "badRevocationReason", "malformed", status=400)


@check("rfc8555-7.6-reason-text-names-the-allowed-ones", needs=["http"])
def reason_detail(world):
    """The detail of badRevocationReason says which reasons are allowed."""
    issued = world.issued()
    problem = refused(revoke(world, issued.client, issued.der, reason=7), "badRevocationReason")
    require("4" in problem["detail"] and "9" not in problem["detail"], f"detail is {problem['detail']!r}")


@check("rfc8555-7.6-garbage-is-no-certificate", needs=["http"])
def garbage(world):
    """Requests without a certificate, or with octets that are none, are malformed."""
    client = world.account()
    url = world.directory["revokeCert"]
    wrong = [{}, {"certificate": None}, {"certificate": 7}, {"certificate": ""}, {"certificate": "***"},
             payload(b"garbage"), payload(b"\x30\x00"), payload(b"\x30\x80\0\0"), payload(world.issued().chain),
             payload(world.issued().der[:-1]), payload(world.issued().der + b"\0")]
    for body in wrong:
        refused(client.ask(url, body), "malformed", status=400)


@check("rfc8555-7.6-altered-certificate-is-refused", needs=["http"])
def altered(world):
    """A certificate of ours with a changed signature is none of ours."""
    issued = world.issue(world.account())
    wrong = issued.der[:-1] + bytes([issued.der[-1] ^ 1])
    response = revoke(world, issued.client, wrong)
    refused(response, "malformed", "unauthorized")
    answered(revoke(world, issued.client, issued.der), 200)


@check("rfc8555-7.6-certificate-of-another-ca-is-refused", needs=["http"])
def foreign_ca(world):
    """A certificate that this CA did not issue, even with the serial of one of its own, is refused."""
    issued = world.issued()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issued.names[0])])
    now = datetime.datetime.utcnow()
    forged = (x509.CertificateBuilder().subject_name(name).issuer_name(issued.leaf.issuer).public_key(key.public_key())
              .serial_number(issued.leaf.serial_number).not_valid_before(now)
              .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
    refused(revoke(world, issued.client, der_of(forged)), "malformed", "unauthorized")
    refused(revoke(world, holder(world, key), der_of(forged)), "malformed", "unauthorized")
    answered(issued.client.ask(issued.url), 200)


@check("rfc8555-7.6-ca-certificates-cannot-be-revoked", needs=["http"])
def issuer(world):
    """The issuing CA's own certificate is not revoked by anybody's request."""
    issued = world.issued()
    refused(revoke(world, issued.client, der_of(issued.certificates[1])), "malformed", "unauthorized")


@check("rfc8555-7.6-revocation-by-post-as-get-is-refused", needs=["http"])
def empty(world):
    """An empty payload revokes nothing."""
    refused(world.account().ask(world.directory["revokeCert"]), "malformed", status=400)


@check("rfc8555-7.6-revocation-needs-jwk-or-kid", needs=["http"])
def neither(world):
    """A request without jwk and kid, or with both, is malformed."""
    issued = world.issued()
    url = world.directory["revokeCert"]
    refused(issued.client.post(url, payload(issued.der), kid=None), "malformed", status=400)
    refused(issued.client.post(url, payload(issued.der), jwk=issued.client.key.jwk()), "malformed", status=400)


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return reply.read()
    except (OSError, urllib.error.URLError) as fault:
        raise Skip(f"the CRL at {url} cannot be reached: {fault}") from fault


@check("rfc5280-5-revoked-certificate-is-on-the-crl", needs=["http"], slow=True)
def crl(world):
    """The CRL that the certificate names is signed by its issuer and lists it, with its reason, soon after."""
    issued = world.issue(world.account())
    try:
        points = issued.leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound as absent:
        raise Skip("the certificate names no CRL") from absent
    url = points[0].full_name[0].value
    fetch(url)
    answered(revoke(world, issued.client, issued.der, reason=4), 200)
    deadline = time.monotonic() + 20
    while True:
        found = x509.load_der_x509_crl(fetch(url))
        entry = found.get_revoked_certificate_by_serial_number(issued.leaf.serial_number)
        if entry is not None or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    require(entry is not None, "it is not on the CRL after 20 s")
    require(found.is_signature_valid(issued.certificates[1].public_key()), "the CRL's signature is wrong")
    require(found.next_update - found.last_update <= datetime.timedelta(days=10), "the CRL lives over 10 days")
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    require(reason == x509.ReasonFlags.superseded, f"the reason is {reason}")


def compromised(world):
    """A certificate key that was reported compromised by its own signature."""
    issued = world.issue()
    answered(revoke(world, holder(world, issued.key), issued.der), 200)
    return issued


@check("br-6.1.1.3-compromised-key-is-not-certified-again", needs=["http"])
def compromised_csr(world):
    """A key that signed its own revocation is refused in later certificate requests, for any account and name."""
    issued = compromised(world)
    for client in (issued.client, world.client()):
        name = world.name()
        order_url, order = world.ready(client, name)
        response = client.ask(order["finalize"], {"csr": b64url(request_der(issued.key, (name,)))})
        refused(response, "badCSR", "badPublicKey")
        found = client.expect(200, order_url).json()
        require(found["status"] == "ready", f"the order is {found['status']} after the refusal")


@check("br-6.1.1.3-compromised-key-opens-no-account", needs=["http"])
def compromised_account(world):
    """A key that signed its own revocation is refused as the key of a new account."""
    stranger = holder(world, compromised(world).key)
    refused(stranger.ask(world.directory["newAccount"], {"termsOfServiceAgreed": True}), "badPublicKey", "unauthorized")


@check("rfc8555-7.6-lesser-reasons-block-no-key", needs=["http"])
def uncompromised(world):
    """A certificate that was merely superseded leaves its key to be certified again."""
    issued = world.issue()
    answered(revoke(world, issued.client, issued.der, reason=4), 200)
    world.issue(issued.client, *issued.names, key=issued.key)
