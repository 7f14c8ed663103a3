#!/usr/bin/python3
"""Makes profiles.txt: what every profile's TBSCertificate must be, byte for byte, as OpenSSL writes it.

The issuing keys and the subjects' keys are made here and thrown away; only what is public is written. Nothing of Chancery takes part,
so that the test compares two implementations. Run it again when a profile is added; every line changes then.

  make.py > profiles.txt
"""
import pathlib
import subprocess
import tempfile

NOT_BEFORE = "20261122092500Z"  # five minutes before the test's time
DAYS_90, HOURS_160, DAYS_199, DAYS_365 = ("20270220092459Z", "20261129012459Z", "20270609092459Z", "20271122092459Z")
SERIAL = "400102030405060708090A0B0C0D0E0F10111213"

PERSON = [("C", "CN"), ("ST", "北京市"), ("L", "北京市"), ("surname", "王"), ("givenName", "小明")]
COMPANY = [("C", "US"), ("ST", "Delaware"), ("L", "Wilmington"), ("postalCode", "19801"), ("street", "1 Zoë Street"),
           ("O", "Exämple, Inc.")]
REGISTERED = [("businessCategory", "Private Organization"), ("jurisdictionC", "US"), ("jurisdictionST", "Delaware"),
              ("serialNumber", "1234567"), ("organizationIdentifier", "NTRUS+DE-1234567")]
NAMES = "DNS:*.example.com,DNS:example.com,IP:2001:4860:4860::8888"
DOMAINS = "DNS:example.com,DNS:www.example.com"
WEB_KEYS = ("rsa-2048", "p256", "p384", "p521")

# profile: end, subject, names, policy, keys, whether the first name is the common name
PROFILES = {
    "dv": (DAYS_90, [], NAMES, "2.23.140.1.2.1", WEB_KEYS + ("rsa-3072", "rsa-4096"), False),
    "dv-term": (DAYS_199, [], NAMES, "2.23.140.1.2.1", WEB_KEYS, False),
    "shortlived": (HOURS_160, [], NAMES, "2.23.140.1.2.1", WEB_KEYS, False),
    "ip": (DAYS_199, [], "IP:8.8.8.8,IP:2001:4860:4860::8888", "2.23.140.1.2.1", WEB_KEYS, False),
    "iv": (DAYS_199, PERSON, NAMES, "2.23.140.1.2.3", WEB_KEYS, False),
    "ov": (DAYS_199, COMPANY, NAMES, "2.23.140.1.2.2", WEB_KEYS, False),
    "ev": (DAYS_199, REGISTERED + COMPANY, DOMAINS, "2.23.140.1.1", WEB_KEYS, False),
    "private": (DAYS_365, COMPANY, NAMES, None, WEB_KEYS + ("ed25519",), True),
    "gm-dv": (DAYS_365, [], NAMES, None, ("sm2",), True),
    "gm-ov": (DAYS_365, COMPANY, NAMES, None, ("sm2",), True),
    "gm-ev": (DAYS_365, REGISTERED + COMPANY, DOMAINS, None, ("sm2",), True),
}
GENERATE = {
    "rsa-2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsa-3072": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
    "rsa-4096": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
    "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "p521": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    "ed25519": ["-algorithm", "ED25519"],
    "sm2": ["-algorithm", "SM2"],
}
DIGESTS = {"p384": "sha384", "p521": "sha512", "ed25519": "null", "sm2": "sm3"}
# Every profile under the first issuer that may sign it; DV under each, for the signature algorithms.
ISSUERS = ("p256", "p384", "p521", "rsa-2048", "sm2")
ID = "distid:1234567812345678"


def openssl(folder, *arguments, **options):
    return subprocess.run(["openssl", *map(str, arguments)], cwd=folder, check=True, capture_output=True, **options).stdout


def signing(key):
    return ["-sigopt", ID] if key == "sm2" else []


def names_section(names):
    return "\n".join(f"{kind}.{number} = {value}" for number, (kind, value) in
                     enumerate((entry.split(":", 1) for entry in names.split(",")), 1))


def extensions(profile, key):
    end, subject, names, policy, _, common_name = PROFILES[profile]
    usage = "digitalSignature" + (",keyEncipherment" if key.startswith("rsa") else "")
    critical = "" if subject or common_name else "critical,"
    lines = [f"keyUsage = critical,{usage}", "extendedKeyUsage = serverAuth", "basicConstraints = critical,CA:FALSE",
             "subjectKeyIdentifier = none", "authorityKeyIdentifier = keyid:always",
             "authorityInfoAccess = caIssuers;URI:http://ca.golden.example/issuing.der",
             f"subjectAltName = {critical}@names"]
    if policy:
        lines.append(f"certificatePolicies = {policy}")
    if any(name == "organizationIdentifier" for name, _ in subject):
        lines.append("2.23.140.3.1 = ASN1:SEQUENCE:registration")
    lines.append("crlDistributionPoints = URI:http://ca.golden.example/issuing.crl")
    return "\n".join(lines)


def subject_argument(subject):
    def escaped(text):
        for mark in "\\/+":
            text = text.replace(mark, "\\" + mark)
        return text
    return "".join(f"/{name}={escaped(text)}" for name, text in subject) or "/"


def make_issuer(folder, key):
    openssl(folder, "genpkey", *GENERATE[key], "-out", f"issuer-{key}.key")
    (folder / "issuer.cnf").write_text(f"""[req]
distinguished_name = dn
string_mask = utf8only
[dn]
[ext]
basicConstraints = critical,CA:TRUE,pathlen:0
certificatePolicies = 2.5.29.32.0
keyUsage = critical,digitalSignature,keyCertSign,cRLSign
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
""")
    # Not self-signed by name: an issuer that is a root is refused. A root is made and forgotten.
    openssl(folder, "genpkey", *GENERATE["p256"], "-out", "root.key")
    openssl(folder, "req", "-x509", "-new", "-config", "issuer.cnf", "-key", "root.key", "-subj", "/C=XX/O=Golden Trust/CN=Root",
            "-days", "1", "-out", "root.pem")
    openssl(folder, "req", "-new", "-config", "issuer.cnf", "-key", f"issuer-{key}.key", *signing(key),
            "-subj", f"/C=XX/O=Golden Trust/CN=TLS Issuing CA {key}", "-out", "issuer.csr")
    (folder / "index").write_text("")
    (folder / "ca.cnf").write_text(CA_CONFIG)
    openssl(folder, "ca", "-config", "ca.cnf", "-batch", "-notext", "-preserveDN", "-in", "issuer.csr", "-cert", "root.pem", "-keyfile",
            "root.key", "-md", "sha256", "-startdate", "20260101000000Z", "-enddate", "20331231235959Z", "-extfile", "issuer.cnf",
            "-extensions", "ext", "-create_serial", *(["-vfyopt", ID] if key == "sm2" else []), "-out", f"issuer-{key}.pem")
    return openssl(folder, "x509", "-in", f"issuer-{key}.pem", "-outform", "DER")


CA_CONFIG = """[ca]
default_ca = this
[this]
database = index
new_certs_dir = .
serial = serial
policy = any
string_mask = utf8only
unique_subject = no
[any]
countryName = optional
"""


def make_tbs(folder, issuer, profile, key):
    end, subject, names, *_, common_name = PROFILES[profile]
    if common_name:
        subject = subject + [("CN", names.split(",")[0].split(":", 1)[1])]
    (folder / "ca.cnf").write_text(CA_CONFIG)
    (folder / "ext.cnf").write_text(f"""{extensions(profile, key)}
[names]
{names_section(names)}
[registration]
scheme = PRINTABLESTRING:NTR
country = PRINTABLESTRING:US
state = IMPLICIT:0,PRINTABLESTRING:DE
reference = UTF8:1234567
""")
    (folder / "index").write_text("")
    (folder / "serial").write_text(SERIAL + "\n")
    (folder / "req.cnf").write_text("[req]\ndistinguished_name = dn\n[dn]\n")
    openssl(folder, "req", "-new", "-config", "req.cnf", "-key", f"{key}.key", *signing(key), "-subj", "/CN=x", "-out", "request.csr")
    openssl(folder, "ca", "-config", "ca.cnf", "-batch", "-notext", "-preserveDN", "-utf8", "-subj", subject_argument(subject),
            "-in", "request.csr", "-cert", f"issuer-{issuer}.pem", "-keyfile", f"issuer-{issuer}.key", *signing(issuer),
            *(["-vfyopt", ID] if key == "sm2" else []), "-md", DIGESTS.get(issuer, "sha256"), "-startdate", NOT_BEFORE,
            "-enddate", end, "-extfile", "ext.cnf", "-out", "leaf.pem")
    der = openssl(folder, "x509", "-in", "leaf.pem", "-outform", "DER")
    (folder / "leaf.der").write_bytes(der)
    openssl(folder, "asn1parse", "-inform", "DER", "-in", "leaf.der", "-strparse", "4", "-noout", "-out", "leaf.tbs")
    return (folder / "leaf.tbs").read_bytes()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for issuer in ISSUERS:
            print(f"issuer {issuer} {make_issuer(folder, issuer).hex()}")
        for key, arguments in GENERATE.items():
            openssl(folder, "genpkey", *arguments, "-out", f"{key}.key")
            print(f"key {key} {openssl(folder, 'pkey', '-in', f'{key}.key', '-pubout', '-outform', 'DER').hex()}")
        for profile, (*_, keys, _) in PROFILES.items():
            first = "sm2" if profile.startswith("gm-") else "p256"
            for key in keys:
                print(f"tbs {profile} {first} {key} {make_tbs(folder, first, profile, key).hex()}")
        for issuer in ("p384", "p521", "rsa-2048"):
            print(f"tbs dv {issuer} p256 {make_tbs(folder, issuer, 'dv', 'p256').hex()}")


main()
