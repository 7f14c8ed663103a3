#!/usr/bin/python3
"""Revokes a hundred thousand certificates in one incident, and kills the server in the middle of it, several times.

The store is filled by kill9_fill_store. `chancery revoke` opens the incident beside the running server, which gets SIGKILL whenever it
has come a few steps further, and goes on after each start. At the end every certificate must have been revoked exactly once, the CRL
over everything must hold all of them. Prints the times.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "kill9"), str(ROOT / "tests" / "support")]

from free_ports import free_ports  # noqa: E402
from server import Server  # noqa: E402  (the path above comes first)

DEADLINE = 900  # seconds, for any step


class Broken(Exception):
    """Something that must hold does not."""


def require(holds, text):
    if not holds:
        raise Broken(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--certificates", type=int, default=100_000, help="in the incident (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=3, help="while it is under way (default: %(default)s)")
    parser.add_argument("--chancery", default=os.environ.get("CHANCERY", str(ROOT / "build/release/chancery")),
                        metavar="FILE", help="the program (default: %(default)s)")
    return parser.parse_args()


class Run:
    def __init__(self, options, scratch):
        self.options, self.scratch = options, scratch
        acme, self.public, dns, web = free_ports(4)
        self.server = Server(options.chancery, scratch, (acme, self.public), dns, web)
        self.fill_program = pathlib.Path(options.chancery).parent / "tests/kill9/kill9_fill_store"

    def chancery(self, *words):
        command = [self.options.chancery, *words, *self.server.store_settings]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def fill_store(self, *words):
        command = [self.fill_program, "--dir", self.server.folder, *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    def progress(self, incident):
        text = self.chancery("incident", "show", incident)
        found = {name: value for name, value in re.findall(r"^(\w+): (.*)$", text, re.MULTILINE)}
        return found["State"], int(found["Certificates"]) + int(found["Revoked"]), found

    def wait(self, incident, until):
        """Until the incident has come that far, or is done; returns what it says of itself."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            state, steps, found = self.progress(incident)
            if state == "done" or steps >= until:
                return found
            require(not self.server.has_ended(), "the server ended\n" + self.server.log_tail())
            time.sleep(0.05)
        raise Broken(f"the incident stands still: {found}")

    def open_incident(self):
        text = self.chancery("revoke", "--reason", "superseded", "--why", "a test", "--serials",
                             str(self.scratch / "serials"))
        return re.search(r"Incident: (\S+)", text).group(1)

    def compare_list(self, serials):
        """X-3: what an incident report lists, before anything is done: serial, hash, times, names."""
        lines = self.chancery("revoke", "--reason", "superseded", "--why", "a test", "--serials",
                              str(self.scratch / "serials"), "--dry-run").splitlines()
        row = re.compile(r"([0-9a-f]{40})  [0-9a-f]{64}  \S+Z  \S+Z  open( \S+)+")
        listed = [hit[1] for hit in map(row.fullmatch, lines[:-1]) if hit]
        require(sorted(listed) == sorted(serials), f"{len(listed)} certificates are listed, or others than were asked for")
        require(lines[-1].startswith(f"{len(serials)} certificates would be"), f"it says: {lines[-1]}")

    def revoke(self, serials):
        (self.scratch / "serials").write_text("\n".join(serials) + "\n")
        self.compare_list(serials)
        self.server.start()
        incident = self.open_incident()
        began = time.monotonic()
        whole = 2 * len(serials)  # each is selected, and then revoked
        midway = 0
        for kill in range(1, self.options.kills + 1):
            found = self.wait(incident, whole * kill // (self.options.kills + 1))
            midway += 0 < int(found["Revoked"]) < len(serials)
            print(f"SIGKILL while {found['State']}: {found['Certificates']} found, {found['Revoked']} revoked", flush=True)
            self.server.kill()
            self.server.start()
        require(midway > 0, "it was over before a kill, or had not begun: there is nothing to tell; take more certificates")
        found = self.wait(incident, 2 * whole)
        require(int(found["Revoked"]) == len(serials), f"it says that it revoked {found['Revoked']}")
        return time.monotonic() - began

    def crl_serials(self):
        issuing = (self.server.folder / "issuing.pem").read_bytes()
        digest = subprocess.run(["openssl", "x509", "-noout", "-fingerprint", "-sha256"], input=issuing,
                                capture_output=True, check=True).stdout.decode()
        name = digest.strip().partition("=")[2].replace(":", "").lower()
        crl = urllib.request.urlopen(f"http://127.0.0.1:{self.public}/crl/{name}.crl", timeout=30).read()
        text = subprocess.run(["openssl", "crl", "-inform", "DER", "-noout", "-text"], input=crl, capture_output=True,
                              check=True).stdout.decode()
        return [each.lower() for each in re.findall(r"Serial Number: ([0-9A-F]+)", text)]

    def wait_for_crl(self, serials):
        end = time.monotonic() + DEADLINE
        listed = []
        while time.monotonic() < end:
            listed = self.crl_serials()
            if len(listed) >= len(serials):
                break
            time.sleep(1)
        require(sorted(listed) == sorted(serials), f"the CRL has {len(listed)} serials, or others than were revoked")

    def go(self):
        began = time.monotonic()
        serials = self.fill_store("--certificates", str(self.options.certificates))
        print(f"{len(serials)} certificates issued in {time.monotonic() - began:.1f} s", flush=True)
        require(len(set(serials)) == self.options.certificates, "not that many certificates")
        took = self.revoke(serials)
        print(f"revoked in {took:.1f} s with {self.options.kills} SIGKILLs", flush=True)
        began = time.monotonic()
        self.wait_for_crl(serials)
        print(f"all on the CRL {time.monotonic() - began:.1f} s later", flush=True)
        require(self.server.stop() == 0, "the stop did not end with status 0")
        ours = set(serials)
        revoked = [each for each in self.fill_store("--tally", "revocations") if each in ours]
        require(len(revoked) == len(set(revoked)), "something was revoked twice")
        require(sorted(revoked) == sorted(serials), f"{len(revoked)} were revoked")


def main():
    options = arguments()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="kill9-incident."))
    run = Run(options, scratch)
    try:
        run.go()
    except (Broken, subprocess.CalledProcessError) as fault:
        print(f"WRONG: {fault} {getattr(fault, 'stderr', '') or ''}\neverything is in {scratch}")
        return 1
    finally:
        run.server.kill()
    shutil.rmtree(scratch, ignore_errors=True)
    print("none lost, none twice, all on the CRL")
    return 0


if __name__ == "__main__":
    sys.exit(main())
