"""Certificate Transparency (RFC 6962, BR 7.1.2.11.3), against logs that the check knows."""
import base64
import calendar
import json
import struct

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import ct_log
from harness import Skip, check, require

SCT_LIST = bytes.fromhex("060a2b06010401d679020402")


def logs_of(world):
    """{log id: (operator, kind, public key)} of the list that the server was given."""
    if not world.ct_list:
        raise Skip("no --ct-list was given")
    with open(world.ct_list, encoding="ascii") as file:
        listed = json.load(file)
    found = {}
    for operator in listed["operators"]:
        for kind in ("logs", "tiled_logs"):
            for row in operator[kind]:
                key = serialization.load_der_public_key(base64.b64decode(row["key"]))
                found[base64.b64decode(row["log_id"])] = (operator["name"], kind, key)
    return found


def without_scts(tbs):
    fields = b""
    for tag, whole, content in ct_log.elements(next(ct_log.elements(tbs))[2]):
        if tag != 0xA3:
            fields += whole
            continue
        kept = b"".join(each for _, each, inside in ct_log.elements(next(ct_log.elements(content))[2])
                        if not inside.startswith(SCT_LIST))
        fields += ct_log.element(0xA3, ct_log.element(0x30, kept))
    return ct_log.element(0x30, fields)


@check("rfc6962-3.3-certificates-carry-verified-scts", needs=["http"])
def embedded(world):
    """The certificate holds SCTs of distinct logs and two operators, one of RFC 6962, and each verifies."""
    logs = logs_of(world)
    issued = world.issued()
    scts = issued.leaf.extensions.get_extension_for_class(x509.PrecertificateSignedCertificateTimestamps).value
    issuer_key = issued.certificates[1].public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(issuer_key)
    tbs = without_scts(issued.leaf.tbs_certificate_bytes)
    entry = struct.pack(">H", 1) + digest.finalize() + struct.pack(">I", len(tbs))[1:] + tbs
    operators, kinds = set(), set()
    for sct in scts:
        require(sct.log_id in logs, f"an SCT is of an unknown log {sct.log_id.hex()}")
        operator, kind, key = logs[sct.log_id]
        operators.add(operator)
        kinds.add(kind)
        # cryptography gives a naive time in UTC.
        timestamp = calendar.timegm(sct.timestamp.timetuple()) * 1000 + sct.timestamp.microsecond // 1000
        extensions = sct.extension_bytes
        signed = (b"\0\0" + struct.pack(">Q", timestamp) + entry + struct.pack(">H", len(extensions)) + extensions)
        try:
            key.verify(sct.signature, signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            require(False, f"the SCT of {operator} does not verify")
    life = issued.leaf.not_valid_after - issued.leaf.not_valid_before
    require(len(scts) >= (2 if life.days < 180 else 3), f"there are {len(scts)} SCTs")
    require(len(operators) >= 2, f"all SCTs are of {operators}")
    require("logs" in kinds, "no SCT is of an RFC 6962 log")
