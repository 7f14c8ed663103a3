"""The TLS server that tls-alpn-01 validations reach (RFC 8737 §3), on one loopback port; it can misbehave on purpose."""
import datetime
import hashlib
import ipaddress
import os
import socket
import ssl
import tempfile
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PROTOCOL = "acme-tls/1"
ACME_IDENTIFIER = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31")


def general_name(value):
    try:
        return x509.IPAddress(ipaddress.ip_address(value))
    except ValueError:
        return x509.DNSName(value)


def challenge_certificate(key_authorization, *names, digest=None, critical=True, oid=ACME_IDENTIFIER, signer=None):
    """(certificate, key) as an honest client makes them, but for what the arguments change."""
    key = ec.generate_private_key(ec.SECP256R1())
    digest = hashlib.sha256(key_authorization.encode()).digest() if digest is None else digest
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "challenge")])
    now = datetime.datetime.utcnow()
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(),
                                      now - datetime.timedelta(hours=1), now + datetime.timedelta(days=1))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([general_name(each) for each in names]), False)
    if oid is not None:
        value = bytes((4, len(digest))) + digest
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical)
    return builder.sign(signer or key, hashes.SHA256()), key


class TlsResponder:
    """Use as a context manager. Safe from any thread."""

    def __init__(self, port=0, address="127.0.0.1"):
        self._listener = socket.create_server((address, port), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._contexts = {}
        self._base = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._base.sni_callback = self._choose
        self._show(self._base, challenge_certificate("", "nobody.invalid"), [PROTOCOL])

    def __enter__(self):
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        # A socket that a thread waits on keeps its port after close; the next to need it is a client of ours.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def provision(self, server_name, made, protocols=(PROTOCOL,)):
        """Shows `made`, a (certificate, key), to whoever names `server_name`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._show(context, made, protocols)
        with self._lock:
            self._contexts[server_name] = context

    @staticmethod
    def _show(context, made, protocols):
        certificate, key = made
        with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
            file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption()))
        context.load_cert_chain(file.name)
        os.unlink(file.name)
        if protocols:
            context.set_alpn_protocols(list(protocols))

    def _choose(self, connection, server_name, _):
        with self._lock:
            chosen = self._contexts.get(server_name)
        if chosen is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = chosen
        return None

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        connection.settimeout(10)
        try:
            with self._base.wrap_socket(connection, server_side=True) as stream:
                stream.recv(1)
        except OSError:
            pass  # a validator that does not like what it sees
