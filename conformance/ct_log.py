#!/usr/bin/python3
"""A small Certificate Transparency log of RFC 6962 for tests and demonstrations: everything in memory, one process.

It takes precertificates and certificates (add-pre-chain, add-chain), answers with SCTs, and shows what it has
(get-sth, get-entries, get-proof-by-hash, get-sth-consistency, get-roots). With --static its SCTs carry the leaf index of
the static-ct API. With --list it writes its row for a log list in Chrome's format (version 3).
"""
import argparse
import base64
import hashlib
import http.server
import json
import struct
import threading
import time
import urllib.parse

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

POISON = "1.3.6.1.4.1.11129.2.4.3"
LONGEST_BODY = 256 * 1024
MOST_ENTRIES = 256


class Refused(Exception):
    """What was submitted cannot be logged; the message says why."""


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split_point(size):
    """The largest power of two below `size` (RFC 6962 §2.1)."""
    return 1 << (size - 1).bit_length() - 1


def tree_hash(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = split_point(len(leaves))
    return node_hash(tree_hash(leaves[:middle]), tree_hash(leaves[middle:]))


def inclusion_proof(index, leaves):
    """PATH(m, D[n]) of RFC 6962 §2.1.1."""
    if len(leaves) <= 1:
        return []
    middle = split_point(len(leaves))
    if index < middle:
        return inclusion_proof(index, leaves[:middle]) + [tree_hash(leaves[middle:])]
    return inclusion_proof(index - middle, leaves[middle:]) + [tree_hash(leaves[:middle])]


def consistency_proof(first, leaves, whole=True):
    """SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2."""
    if first == len(leaves):
        return [] if whole else [tree_hash(leaves)]
    middle = split_point(len(leaves))
    if first <= middle:
        return consistency_proof(first, leaves[:middle], whole) + [tree_hash(leaves[middle:])]
    return consistency_proof(first - middle, leaves[middle:], False) + [tree_hash(leaves[:middle])]


def elements(content):
    """(tag, whole element, its content) of each DER element in `content`."""
    while content:
        length, head = content[1], 2
        if length & 0x80:
            head += length & 0x7F
            length = int.from_bytes(content[2:head], "big")
        if head + length > len(content):
            raise Refused("the DER is cut off")
        yield content[0], content[:head + length], content[head:head + length]
        content = content[head + length:]


def element(tag, content):
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def without_poison(tbs):
    """The TBSCertificate without its poison extension (RFC 6962 §3.2)."""
    oid = bytes.fromhex("060a2b06010401d679020403")
    fields = b""
    for tag, whole, content in elements(next(elements(tbs))[2]):
        if tag != 0xA3:
            fields += whole
            continue
        kept = b"".join(each for _, each, inside in elements(next(elements(content))[2]) if not inside.startswith(oid))
        fields += element(0xA3, element(0x30, kept))
    return element(0x30, fields)


def signed_by(subject, issuer):
    key = issuer.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(subject.signature, subject.tbs_certificate_bytes, ec.ECDSA(subject.signature_hash_algorithm))
        else:
            key.verify(subject.signature, subject.tbs_certificate_bytes, padding.PKCS1v15(),
                       subject.signature_hash_algorithm)
    except InvalidSignature:
        raise Refused("the chain does not hold: a signature is wrong") from None


class Log:
    def __init__(self, roots, static):
        self.roots, self.static = roots, static
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.spki = self.key.public_key().public_bytes(serialization.Encoding.DER,
                                                       serialization.PublicFormat.SubjectPublicKeyInfo)
        self.id = hashlib.sha256(self.spki).digest()
        self.entries = []  # (leaf input, extra data)
        self.hashes = []
        self.known = {}    # what was submitted -> answer
        self.lock = threading.Lock()

    def sign(self, data):
        signature = self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return b"\x04\x03" + struct.pack(">H", len(signature)) + signature

    def check_chain(self, chain):
        """The issuer of the first; raises unless the chain ends at, or right below, one of the roots."""
        certificates = [x509.load_der_x509_certificate(each) for each in chain]
        for subject, issuer in zip(certificates, certificates[1:]):
            if subject.issuer != issuer.subject:
                raise Refused("the chain is not in order")
            signed_by(subject, issuer)
        last = certificates[-1]
        for root in self.roots:
            if last == root:
                break
            if last.issuer == root.subject:
                signed_by(last, root)
                certificates.append(root)
                break
        else:
            raise Refused("the chain ends at none of the roots")
        if len(certificates) < 2:
            raise Refused("a root is not logged")
        return certificates

    def add(self, chain, precertificate):
        certificates = self.check_chain(chain)
        leaf = certificates[0]
        poisoned = any(each.oid.dotted_string == POISON and each.critical for each in leaf.extensions)
        if poisoned != precertificate:
            raise Refused("a precertificate belongs to add-pre-chain, a certificate to add-chain")
        if precertificate:
            issuer = certificates[1].public_key().public_bytes(serialization.Encoding.DER,
                                                               serialization.PublicFormat.SubjectPublicKeyInfo)
            tbs = without_poison(leaf.tbs_certificate_bytes)
            entry = struct.pack(">H", 1) + hashlib.sha256(issuer).digest() + struct.pack(">I", len(tbs))[1:] + tbs
        else:
            entry = struct.pack(">H", 0) + struct.pack(">I", len(chain[0]))[1:] + chain[0]
        with self.lock:
            if entry in self.known:
                return self.known[entry]
            timestamp = int(time.time() * 1000)
            extensions = b""
            if self.static:
                extensions = b"\0" + struct.pack(">H", 5) + len(self.entries).to_bytes(5, "big")
            timed = struct.pack(">Q", timestamp) + entry + struct.pack(">H", len(extensions)) + extensions
            leaf_input = b"\0\0" + timed
            self.entries.append((leaf_input, b"".join(struct.pack(">I", len(each))[1:] + each for each in chain)))
            self.hashes.append(leaf_hash(leaf_input))
            answer = {"sct_version": 0, "id": text(self.id), "timestamp": timestamp, "extensions": text(extensions),
                      "signature": text(self.sign(b"\0\0" + timed))}
            self.known[entry] = answer
            return answer

    def head(self):
        with self.lock:
            root, size = tree_hash(self.hashes), len(self.hashes)
        timestamp = int(time.time() * 1000)
        signature = self.sign(b"\0\1" + struct.pack(">QQ", timestamp, size) + root)
        return {"tree_size": size, "timestamp": timestamp, "sha256_root_hash": text(root),
                "tree_head_signature": text(signature)}

    def get_entries(self, first, last):
        with self.lock:
            found = self.entries[first:min(last + 1, first + MOST_ENTRIES)]
        return {"entries": [{"leaf_input": text(leaf), "extra_data": text(extra)} for leaf, extra in found]}

    def proof(self, wanted, size):
        with self.lock:
            leaves = self.hashes[:size]
        if wanted not in leaves:
            raise Refused("there is no such entry")
        index = leaves.index(wanted)
        return {"leaf_index": index, "audit_path": [text(each) for each in inclusion_proof(index, leaves)]}

    def consistency(self, first, second):
        with self.lock:
            leaves = self.hashes[:second]
        if not 0 < first <= second == len(leaves):
            raise Refused("there are no such trees")
        return {"consistency": [text(each) for each in consistency_proof(first, leaves)]}

    def row(self, name, url):
        """Its row in a list of logs."""
        row = {"description": name, "log_id": text(self.id), "key": text(self.spki), "mmd": 86400,
               "state": {"usable": {"timestamp": "2026-01-01T00:00:00Z"}}}
        if self.static:
            return {**row, "submission_url": url, "monitoring_url": url}
        return {**row, "url": url}


def text(octets):
    return base64.b64encode(octets).decode("ascii")


def handler_of(log):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, body):
            octets = json.dumps(body).encode("ascii")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def attempt(self, work):
            try:
                self.answer(200, work())
            except (Refused, ValueError, KeyError, IndexError, StopIteration) as fault:
                self.answer(400, {"error_message": str(fault)})

        def do_POST(self):
            length = int(self.headers.get("Content-Length", 0))
            if length > LONGEST_BODY:
                self.close_connection = True
                self.answer(413, {"error_message": "too long"})
                return
            body = self.rfile.read(length)
            if self.path not in ("/ct/v1/add-pre-chain", "/ct/v1/add-chain"):
                self.answer(404, {"error_message": "there is nothing here"})
                return
            self.attempt(lambda: log.add([base64.b64decode(each, validate=True) for each in json.loads(body)["chain"]],
                                         self.path.endswith("pre-chain")))

        def do_GET(self):
            path, _, query = self.path.partition("?")
            values = {key: found[0] for key, found in urllib.parse.parse_qs(query).items()}
            if path == "/ct/v1/get-sth":
                self.attempt(log.head)
            elif path == "/ct/v1/get-entries":
                self.attempt(lambda: log.get_entries(int(values["start"]), int(values["end"])))
            elif path == "/ct/v1/get-proof-by-hash":
                self.attempt(lambda: log.proof(base64.b64decode(values["hash"]), int(values["tree_size"])))
            elif path == "/ct/v1/get-sth-consistency":
                self.attempt(lambda: log.consistency(int(values["first"]), int(values["second"])))
            elif path == "/ct/v1/get-roots":
                self.attempt(lambda: {"certificates": [
                    text(root.public_bytes(serialization.Encoding.DER)) for root in log.roots]})
            else:
                self.answer(404, {"error_message": "there is nothing here"})

        def log_message(self, *_):
            pass

    return Handler


def serve(log, port=0):
    """A server on loopback; its port is server_address[1]."""
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler_of(log))


def log_list(rows):
    """A list in Chrome's format of (operator, log, name, url)."""
    operators = {}
    for operator, log, name, url in rows:
        found = operators.setdefault(operator, {"name": operator, "email": [], "logs": [], "tiled_logs": []})
        found["tiled_logs" if log.static else "logs"].append(log.row(name, url))
    return {"version": "1.0", "log_list_timestamp": "2026-01-01T00:00:00Z", "operators": list(operators.values())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", required=True, metavar="FILE", help="PEM of the roots whose certificates are logged")
    parser.add_argument("--logs", default="A,B:static", metavar="OPERATOR,…",
                        help="one log for each, `:static` behind those of the static-ct API (default: %(default)s)")
    parser.add_argument("--list", metavar="FILE", help="write the log list there")
    options = parser.parse_args()
    with open(options.root, "rb") as file:
        blocks = file.read().split(b"-----END CERTIFICATE-----")[:-1]
    roots = [x509.load_pem_x509_certificate(block + b"-----END CERTIFICATE-----") for block in blocks]
    rows = []
    for each in options.logs.split(","):
        operator, _, kind = each.partition(":")
        log = Log(roots, kind == "static")
        server = serve(log)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        rows.append((operator, log, f"{operator} {len(rows) + 1}", f"http://127.0.0.1:{server.server_address[1]}/"))
    listed = json.dumps(log_list(rows), indent=1)
    if options.list:
        with open(options.list, "w", encoding="ascii") as file:
            file.write(listed + "\n")
    print("\n".join(url for *_, url in rows), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
