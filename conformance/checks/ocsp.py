"""OCSP (RFC 6960, RFC 5019), with `openssl ocsp` as the client."""
import base64
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from acme_client import b64url
from harness import Skip, answered, check, require


def responder_url(issued):
    """The responder that the certificate names, reachable."""
    try:
        access = issued.leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound as absent:
        raise Skip("the certificate has no authorityInformationAccess") from absent
    urls = [each.access_location.value for each in access if each.access_method == AuthorityInformationAccessOID.OCSP]
    if not urls:
        raise Skip("the certificate names no OCSP responder")
    return urls[0]


def openssl_says(world, issued, *options):
    """What `openssl ocsp` prints about a certificate after it has asked and verified."""
    with tempfile.TemporaryDirectory() as folder:
        leaf, issuer = pathlib.Path(folder, "leaf.pem"), pathlib.Path(folder, "issuer.pem")
        leaf.write_bytes(issued.leaf.public_bytes(serialization.Encoding.PEM))
        issuer.write_bytes(issued.certificates[1].public_bytes(serialization.Encoding.PEM))
        # The nonce is sent: a responder may ignore it, and openssl then warns.
        run = subprocess.run(["openssl", "ocsp", *options, "-issuer", issuer, "-cert", leaf, "-url", responder_url(issued),
                              "-CAfile", world.root_file], capture_output=True, text=True, check=False)
    text = run.stdout + run.stderr
    require(run.returncode == 0, f"openssl ocsp failed: {text}")
    require("Response verify OK" in text, f"the response does not verify: {text}")
    return text


def request_of(issued, digest=hashes.SHA1()):
    builder = ocsp.OCSPRequestBuilder().add_certificate(issued.leaf, issued.certificates[1], digest)
    return builder.build().public_bytes(serialization.Encoding.DER)


def sent(url, body=None, media_type="application/ocsp-request"):
    """(status, headers, body) of a GET, or of a POST if there is a body."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": media_type} if body is not None else {})
    try:
        with urllib.request.urlopen(request, timeout=5) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read()
    except OSError as fault:
        raise Skip(f"{url} cannot be reached: {fault}") from fault


@check("rfc6960-2.2-issued-certificate-is-good", needs=["http", "root"])
def good(world):
    """`openssl ocsp` verifies the answer about a new certificate up to the root, and it is good."""
    text = openssl_says(world, world.issued())
    require(re.search(r"leaf\.pem: good", text), text)
    text = openssl_says(world, world.issued(), "-sha256", "-no_nonce")
    require(re.search(r"leaf\.pem: good", text), text)


@check("rfc6960-2.2-revoked-certificate-is-revoked", needs=["http", "root"])
def revoked(world):
    """Right after the revocation the answer says so, with the reason, also if it was asked for before."""
    issued = world.issue(world.account())
    openssl_says(world, issued)
    answered(issued.client.ask(world.directory["revokeCert"], {"certificate": b64url(issued.der), "reason": 4}), 200)
    text = openssl_says(world, issued)
    require("leaf.pem: revoked" in text and "Reason: superseded" in text, text)


@check("rfc5019-5-get-and-post-answer-alike", needs=["http"])
def by_get(world):
    """GET of the escaped base64 of the request gives the answer of POST, with its media type."""
    issued = world.issued()
    url, request = responder_url(issued), request_of(issued)
    status, headers, posted = sent(url, request)
    require(status == 200 and headers["Content-Type"] == "application/ocsp-response", f"{status} {headers}")
    status, headers, got = sent(url + "/" + urllib.parse.quote(base64.b64encode(request), safe=""))
    require(status == 200 and headers["Content-Type"] == "application/ocsp-response", f"{status} {headers}")
    require(got == posted, "the two answers differ")
    require(ocsp.load_der_ocsp_response(got).certificate_status == ocsp.OCSPCertStatus.GOOD, "it is not good")


@check("br-4.9.9-validity-of-answers", needs=["http"])
def validity(world):
    """thisUpdate is past, nextUpdate 8 hours to 10 days later (BR 4.9.9)."""
    issued = world.issued()
    response = ocsp.load_der_ocsp_response(sent(responder_url(issued), request_of(issued))[2])
    life = (response.next_update - response.this_update).total_seconds()
    require(8 * 3600 <= life <= 10 * 86400, f"it lives {life} s")
    require(response.this_update.timestamp() <= time.time() + 86400, "thisUpdate is in the future")


@check("rfc5019-6.2-cache-headers", needs=["http"])
def caching(world):
    """Answers may be kept: max-age, ETag, Last-Modified of thisUpdate, Expires of nextUpdate; the tag gives 304."""
    issued = world.issued()
    url = responder_url(issued) + "/" + urllib.parse.quote(base64.b64encode(request_of(issued)), safe="")
    _, headers, _ = sent(url)
    for name in ("ETag", "Last-Modified", "Expires", "Cache-Control"):
        require(headers[name], f"there is no {name}")
    require("max-age=" in headers["Cache-Control"] and "no-store" not in headers["Cache-Control"], headers["Cache-Control"])
    request = urllib.request.Request(url, headers={"If-None-Match": headers["ETag"]})
    try:
        urllib.request.urlopen(request, timeout=5)
        require(False, "If-None-Match is ignored")
    except urllib.error.HTTPError as reply:
        require(reply.code == 304, f"If-None-Match gives {reply.code}")


@check("br-4.9.9-unassigned-serials-are-never-good", needs=["http"])
def unassigned(world):
    """A serial that was never issued gets unauthorized, unknown or revoked, and nothing that may be kept for long."""
    issued = world.issued()
    # A request for another serial of the same length, by its last octets.
    request = bytearray(request_of(issued))
    serial = issued.leaf.serial_number.to_bytes((issued.leaf.serial_number.bit_length() + 8) // 8, "big").lstrip(b"\0")
    at = bytes(request).index(serial)
    request[at + len(serial) - 1] ^= 0xFF
    response = ocsp.load_der_ocsp_response(sent(responder_url(issued), bytes(request))[2])
    if response.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL:
        require(response.certificate_status != ocsp.OCSPCertStatus.GOOD, "it is good")
    else:
        require(response.response_status == ocsp.OCSPResponseStatus.UNAUTHORIZED, str(response.response_status))


@check("rfc6960-2.3-garbage-is-malformed", needs=["http"])
def garbage(world):
    """What is no request gets malformedRequest by GET and POST, and no 5xx."""
    issued = world.issued()
    url, request = responder_url(issued), request_of(issued)
    for body in (b"x", b"\x30\x00", request[:-1], request + b"\0", bytes(len(request))):
        for status, _, reply in (sent(url, body),
                                 sent(url + "/" + urllib.parse.quote(base64.b64encode(body), safe=""))):
            require(status == 200, f"status {status} for {body[:8].hex()}…")
            found = ocsp.load_der_ocsp_response(reply).response_status
            require(found == ocsp.OCSPResponseStatus.MALFORMED_REQUEST, f"{found} for {body[:8].hex()}…")
    status, _, _ = sent(url, request, "text/plain")
    require(status in (200, 415), f"another media type gives {status}")
