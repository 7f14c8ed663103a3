#!/usr/bin/python3
"""What tls-alpn-01 validations see, for clients that have no TLS server of their own: FOLDER/NAME.crt.pem and
FOLDER/NAME.key.pem are shown to whoever names NAME.
  alpn.py serve PORT FOLDER
  alpn.py publish FOLDER NAME KEY-AUTHORIZATION     for clients that leave the certificate to their user too
"""
import pathlib
import ssl
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from cryptography.hazmat.primitives import serialization  # noqa: E402
from tls_responder import PROTOCOL, TlsResponder, challenge_certificate  # noqa: E402


def files_of(folder, name):
    return pathlib.Path(folder, f"{name}.crt.pem"), pathlib.Path(folder, f"{name}.key.pem")


def publish(folder, name, key_authorization):
    certificate, key = challenge_certificate(key_authorization, name)
    certificate_file, key_file = files_of(folder, name)
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))


class FolderResponder(TlsResponder):
    def __init__(self, port, folder):
        super().__init__(int(port))
        self._folder = folder

    def _choose(self, connection, server_name, _):
        certificate, key = files_of(self._folder, server_name)
        if not server_name or "/" in server_name or not certificate.exists():
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.set_alpn_protocols([PROTOCOL])
        connection.context = context
        return None


def serve(port, folder):
    with FolderResponder(port, folder):
        threading.Event().wait()


if __name__ == "__main__":
    {"serve": serve, "publish": publish}[sys.argv[1]](*sys.argv[2:])
