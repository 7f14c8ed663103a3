"""Chains as other people's software judges them. Each check also looks that the program refuses what it has to refuse."""
import contextlib
import datetime
import pathlib
import shutil
import subprocess
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from acme_client import certificates_in
from harness import Skip, check, require


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def stranger_like(root):
    """A root of the same name with a key that has signed nothing."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.utcnow()
    return (x509.CertificateBuilder().subject_name(root.subject).issuer_name(root.subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))


@contextlib.contextmanager
def folder_of(world, program, package):
    """A folder with the chain, and with each of its certificates in a file of its own."""
    if not shutil.which(program):
        raise Skip(f"{package} is not installed, which has {program}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        issued = world.issued()
        (folder / "chain.pem").write_bytes(issued.chain)
        for number, certificate in enumerate(issued.certificates):
            (folder / f"{number}.pem").write_bytes(pem(certificate))
        root = certificates_in(pathlib.Path(world.root_file).read_bytes())[0]
        (folder / "root.pem").write_bytes(pem(root))
        (folder / "stranger.pem").write_bytes(pem(stranger_like(root)))
        yield folder, issued


def run(folder, *command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def words(found):
    return (found.stdout + found.stderr).strip()[-600:]


@check("rfc5280-6.1-gnutls-accepts-the-chain", needs=["http", "root"])
def gnutls(world):
    """certtool verifies the chain under the root, for a TLS server and for its name, and under no other root."""
    with folder_of(world, "certtool", "gnutls-bin") as (folder, issued):
        def verified(root, name):
            return run(folder, "certtool", "--verify", "--infile", "chain.pem", "--load-ca-certificate", root,
                       "--verify-purpose", "1.3.6.1.5.5.7.3.1", "--verify-hostname", name)

        found = verified("root.pem", issued.names[0])
        require(found.returncode == 0, words(found))
        require(verified("stranger.pem", issued.names[0]).returncode != 0, "certtool accepts it under another root too")
        require(verified("root.pem", "another.example").returncode != 0, "certtool accepts it for another name too")


@check("rfc5280-6.1-nss-accepts-the-chain", needs=["http", "root"])
def nss(world):
    """NSS verifies the chain under the root, for a TLS server, and under no other root."""
    with folder_of(world, "certutil", "libnss3-tools") as (folder, issued):
        def verified(root):
            database = folder / f"of-{root}"
            database.mkdir()
            at = f"sql:{database}"
            steps = [("-N", "--empty-password"), ("-A", "-n", "root", "-t", "C,,", "-i", root)]
            steps += [("-A", "-n", f"c{number}", "-t", ",,", "-i", f"{number}.pem")
                      for number in range(len(issued.certificates))]
            for step in steps:
                done = run(folder, "certutil", step[0], "-d", at, *step[1:])
                require(done.returncode == 0, f"certutil {step[0]}: {words(done)}")
            # Without -e it looks at no signature.
            return run(folder, "certutil", "-V", "-e", "-d", at, "-u", "V", "-n", "c0")

        found = verified("root.pem")
        require(found.returncode == 0, words(found))
        require(verified("stranger.pem").returncode != 0, "NSS accepts it under another root too")
