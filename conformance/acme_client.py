"""A strict and small ACME client (RFC 8555) that can also misbehave on purpose.

Three layers, each usable alone: Key (signing), Transport (one HTTPS connection with every header visible) and Client
(an account with its nonces). Nothing here repairs what a server does wrong.
"""
import base64
import collections
import http.client
import json
import ssl
import time
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.x509.oid import NameOID

JOSE = "application/jose+json"
EC_CURVES = {  # alg: (curve, JWK name, octets of a coordinate, hash)
    "ES256": (ec.SECP256R1, "P-256", 32, hashes.SHA256),
    "ES384": (ec.SECP384R1, "P-384", 48, hashes.SHA384),
    "ES512": (ec.SECP521R1, "P-521", 66, hashes.SHA512),
}


class AcmeError(Exception):
    """A reply other than the one that was needed."""

    def __init__(self, what, response):
        super().__init__(f"{what}: {response.summary()}")
        self.response = response


def b64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def from_b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def octets_of(number):
    return number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")


class Key:
    """A private key with the JWS algorithm that it signs with."""

    def __init__(self, alg, private):
        self.alg, self.private = alg, private

    @classmethod
    def generate(cls, alg="ES256", rsa_bits=2048):
        if alg in EC_CURVES:
            return cls(alg, ec.generate_private_key(EC_CURVES[alg][0]()))
        if alg == "RS256":
            return cls(alg, rsa.generate_private_key(public_exponent=65537, key_size=rsa_bits))
        if alg == "EdDSA":
            return cls(alg, ed25519.Ed25519PrivateKey.generate())
        raise ValueError(f"no such algorithm: {alg}")

    def jwk(self):
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            numbers = public.public_numbers()
            return {"e": b64url(octets_of(numbers.e)), "kty": "RSA", "n": b64url(octets_of(numbers.n))}
        if isinstance(public, ec.EllipticCurvePublicKey):
            numbers = public.public_numbers()
            _, name, size, _ = next(row for row in EC_CURVES.values() if row[0].name == public.curve.name)
            return {"crv": name, "kty": "EC", "x": b64url(numbers.x.to_bytes(size, "big")),
                    "y": b64url(numbers.y.to_bytes(size, "big"))}
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"crv": "Ed25519", "kty": "OKP", "x": b64url(raw)}

    def thumbprint(self):
        """RFC 7638."""
        canonical = json.dumps(self.jwk(), sort_keys=True, separators=(",", ":")).encode()
        digest = hashes.Hash(hashes.SHA256())
        digest.update(canonical)
        return b64url(digest.finalize())

    def sign_der(self, octets):
        """The signature as OpenSSL makes it: DER for ECDSA."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(octets, padding.PKCS1v15(), hashes.SHA256())
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(octets, ec.ECDSA(EC_CURVES[self.alg][3]()))
        return self.private.sign(octets)

    def sign(self, octets):
        """The signature as JWS wants it: r and s side by side for ECDSA (RFC 7518 §3.4)."""
        signature = self.sign_der(octets)
        if not isinstance(self.private, ec.EllipticCurvePrivateKey):
            return signature
        size = EC_CURVES[self.alg][2]
        return b"".join(part.to_bytes(size, "big") for part in utils.decode_dss_signature(signature))

    def key_authorization(self, token):
        return f"{token}.{self.thumbprint()}"


def flattened(key, protected, payload):
    """Signs and returns the members of a flattened JWS. `protected` is a dict or the exact octets of the header."""
    header = protected if isinstance(protected, bytes) else compact(protected)
    body = {"protected": b64url(header), "payload": b64url(payload)}
    body["signature"] = b64url(key.sign(f"{body['protected']}.{body['payload']}".encode()))
    return body


def payload_octets(payload):
    """None is POST-as-GET, octets stay as they are, anything else becomes JSON."""
    if payload is None:
        return b""
    return payload if isinstance(payload, bytes) else compact(payload)


class Response:
    """What came back, with nothing interpreted."""

    def __init__(self, method, url, status, headers, body):
        self.method, self.url, self.status, self.headers, self.body = method, url, status, headers, body

    def header(self, name, default=None):
        return self.headers.get(name, default)

    def all(self, name):
        return self.headers.get_all(name, [])

    @property
    def media_type(self):
        return self.header("Content-Type", "").split(";")[0].strip().lower()

    def json(self):
        return json.loads(self.body)

    @property
    def problem_type(self):
        """The end of the error's URN, or an empty string."""
        try:
            return str(self.json().get("type", "")).rpartition("urn:ietf:params:acme:error:")[2]
        except (ValueError, AttributeError):
            return ""

    def links(self, relation):
        """Targets of the Link headers with this relation (RFC 8288)."""
        found = []
        for field in self.all("Link"):
            for link in field.split(", <"):
                target, _, parameters = link.lstrip("<").partition(">")
                for parameter in parameters.split(";"):
                    name, _, value = parameter.strip().partition("=")
                    if name.lower() == "rel" and relation in value.strip('"').split():
                        found.append(urllib.parse.urljoin(self.url, target))
        return found

    def summary(self):
        text = self.body[:400].decode("utf-8", "replace").replace("\n", " ")
        return f"{self.method} {self.url} -> {self.status} {self.media_type} {text}"


class Transport:
    """One kept-alive HTTPS connection at a time; not for several threads at once."""

    def __init__(self, ca_file=None, timeout=30, observer=None):
        self.context = ssl.create_default_context(cafile=ca_file)
        self.timeout, self.observer = timeout, observer
        self.connections = {}

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()

    def request(self, method, url, body=None, headers=None):
        parts = urllib.parse.urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        send = {"User-Agent": "acme-conformance/1.0", **(headers or {})}
        kept = parts.netloc in self.connections
        try:
            return self._exchange(method, url, parts.netloc, target, body, send)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            # A kept connection may have been closed by the server in the meantime; a fresh one may not.
            self.close()
            if not kept:
                raise
            return self._exchange(method, url, parts.netloc, target, body, send)

    def _exchange(self, method, url, authority, target, body, headers):
        connection = self.connections.get(authority)
        if connection is None:
            connection = http.client.HTTPSConnection(authority, timeout=self.timeout, context=self.context)
            self.connections[authority] = connection
        try:
            connection.request(method, target, body=body, headers=headers)
            reply = connection.getresponse()
            response = Response(method, url, reply.status, reply.headers, reply.read())
        except BaseException:
            self.connections.pop(authority, None)
            connection.close()
            raise
        if reply.will_close:
            self.connections.pop(authority, None)
            connection.close()
        if self.observer is not None:
            self.observer(response)
        return response


class Client:
    """An account key, the account's URL once known, and a stock of nonces."""

    def __init__(self, transport, directory, key=None):
        self.transport, self.directory = transport, directory
        self.key = key or Key.generate()
        self.kid = None
        self.nonces = collections.deque()

    def fresh_nonce(self):
        response = self.transport.request("HEAD", self.directory["newNonce"])
        nonce = response.header("Replay-Nonce")
        if nonce is None:
            raise AcmeError("newNonce gave no nonce", response)
        return nonce

    def take_nonce(self):
        return self.nonces.popleft() if self.nonces else self.fresh_nonce()

    def header(self, url, /, **changes):
        """The protected header an honest client sends; a change to None leaves the member out."""
        protected = {"alg": self.key.alg, "url": url}
        protected["nonce"] = changes["nonce"] if "nonce" in changes else self.take_nonce()
        if self.kid is not None:
            protected["kid"] = self.kid
        else:
            protected["jwk"] = self.key.jwk()
        protected.update(changes)
        return {name: value for name, value in protected.items() if value is not None}

    def send(self, url, body, content_type=JOSE):
        """Posts `body` (octets, or the members of a JWS) and keeps the nonce of the reply."""
        octets = body if isinstance(body, bytes) else compact(body)
        headers = {"Content-Type": content_type} if content_type else {}
        response = self.transport.request("POST", url, octets, headers)
        if response.header("Replay-Nonce"):
            self.nonces.append(response.header("Replay-Nonce"))
        return response

    def post(self, url, payload=None, /, key=None, **changes):
        """Signs and posts once, whatever comes back. `changes` replace members of the protected header."""
        return self.send(url, flattened(key or self.key, self.header(url, **changes), payload_octets(payload)))

    def ask(self, url, payload=None, /, **changes):
        """As post(), but does what RFC 8555 §6.5 asks of clients: tries again with the new nonce of a badNonce error."""
        for _ in range(5):
            response = self.post(url, payload, **changes)
            if response.problem_type != "badNonce":
                return response
            while len(self.nonces) > 1:  # all but the one just given may be stale: a restarted server forgets them
                self.nonces.popleft()
        return response

    def expect(self, status, url, payload=None, /, **changes):
        """As ask(), raising AcmeError unless the status is the one given."""
        response = self.ask(url, payload, **changes)
        if response.status != status:
            raise AcmeError(f"expected {status}", response)
        return response

    def register(self, **members):
        members.setdefault("termsOfServiceAgreed", True)
        response = self.ask(self.directory["newAccount"], members)
        if response.status not in (200, 201):
            raise AcmeError("newAccount", response)
        self.kid = response.header("Location")
        return response

    def order(self, *names, **members):
        identifiers = [{"type": "dns", "value": name} for name in names]
        return self.expect(201, self.directory["newOrder"], {"identifiers": identifiers, **members})

    def poll(self, url, until, seconds=60, sooner=0.5):
        """Reads `url` until `until(object)` holds, waiting as Retry-After says but never longer than `sooner`."""
        deadline = time.monotonic() + seconds
        pause = 0.02
        while True:
            response = self.expect(200, url)
            if until(response.json()):
                return response
            if time.monotonic() > deadline:
                raise AcmeError(f"still waiting after {seconds} s", response)
            time.sleep(pause)
            pause = min(pause * 1.6, sooner)


def request_der(key, names, *, common_name=None, extensions=(), algorithm=hashes.SHA256):
    """A PKCS#10 request, DER, for `names` as dNSName entries (none: no subjectAltName)."""
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    general = [name if isinstance(name, x509.GeneralName) else x509.DNSName(name) for name in names]
    if general:
        builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        algorithm = None
    signed = builder.sign(key, algorithm() if algorithm else None)
    return signed.public_bytes(serialization.Encoding.DER)


def certificates_in(chain):
    """The certificates of a PEM chain, leaf first."""
    end = b"-----END CERTIFICATE-----"
    return [x509.load_pem_x509_certificate(part + end) for part in chain.split(end)[:-1]]


def der_of(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)
