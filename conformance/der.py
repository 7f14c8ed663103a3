"""Just enough DER to write certificate requests that no honest library would write."""
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

INTEGER, BIT_STRING, OCTET_STRING, OID, UTF8, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x06, 0x0C, 0x30, 0x31
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
EXTENSION_REQUEST = bytes.fromhex("06092a864886f70d01090e")
CHALLENGE_PASSWORD = bytes.fromhex("06092a864886f70d010907")
SUBJECT_ALT_NAME = bytes.fromhex("0603551d11")
BASIC_CONSTRAINTS = bytes.fromhex("0603551d13")
COMMON_NAME = bytes.fromhex("0603550403")
DNS_NAME = 0x82


def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def long_length(element):
    """The same element with its length in one octet more than needed: BER, not DER."""
    tag, first = element[0], element[1]
    if first < 0x80:
        return bytes([tag, 0x81, first]) + element[2:]
    count = first & 0x7F
    return bytes([tag, 0x80 | count + 1, 0]) + element[2:]


def names_extension(*names, tag=DNS_NAME):
    """subjectAltName with these raw octets, valid or not."""
    return tlv(SEQUENCE, SUBJECT_ALT_NAME, tlv(OCTET_STRING, tlv(SEQUENCE, *(tlv(tag, name) for name in names))))


def extension_request(*extensions):
    return tlv(SEQUENCE, EXTENSION_REQUEST, tlv(SET, tlv(SEQUENCE, *extensions)))


def common_name(text):
    return tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, COMMON_NAME, tlv(UTF8, text))))


def request(key, *attributes, subject=tlv(SEQUENCE), version=b"\0", spki=None):
    """A PKCS#10 request of a P-256 key with these attributes, properly signed."""
    spki = spki or key.public_key().public_bytes(serialization.Encoding.DER,
                                                 serialization.PublicFormat.SubjectPublicKeyInfo)
    info = tlv(SEQUENCE, tlv(INTEGER, version), subject, spki, tlv(0xA0, *attributes))
    return signed(key, info)


def signed(key, info):
    signature = key.sign(info, ec.ECDSA(hashes.SHA256()))
    return tlv(SEQUENCE, info, ECDSA_SHA256, tlv(BIT_STRING, b"\0", signature))
