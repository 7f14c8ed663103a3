#!/usr/bin/python3
"""A CA with five perspectives, each in a network namespace of its own with a DNS and a web of its own: what a domain shows to
one of them alone is overruled, what it shows to two or to the CA alone proves nothing. BR 3.2.2.9, T-A12, T-A13.

The namespaces belong to this test: it enters a user namespace and makes them there, without privileges and without a trace
on the machine. Where the system refuses that, it says so and ends with 77, which ctest counts as skipped.

Needs iproute2, util-linux, pebble-challtestsrv and the program named in CHANCERY. Prints one line for each step; exits 1 at
the first that is wrong.
"""
import ctypes
import hashlib
import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "conformance"))
sys.dont_write_bytecode = True

from acme_client import Client, Key, Transport, b64url  # noqa: E402  (the path above comes first)

CHANCERY = os.environ.get("CHANCERY", str(ROOT / "build" / "dev" / "chancery"))
REGIONS = ("ripe", "arin", "apnic", "lacnic", "afrinic")
SKIPPED = 77
INSIDE = "CHANCERY_PERSPECTIVES_INSIDE"
WEB = "203.0.113.10"  # the same address everywhere; who answers there depends on where one asks
CHILDREN = []


def end_with_us():
    """Also if this test is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def start(words, log):
    with open(log, "wb") as file:
        child = subprocess.Popen(words, stdout=file, stderr=subprocess.STDOUT, preexec_fn=end_with_us)
    CHILDREN.append(child)
    return child


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def wait_until(sentence, holds):
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise SystemExit(f"FAIL {sentence}")


def network_of(process):
    return os.readlink(f"/proc/{process}/ns/net")


class Place:
    """A network namespace with its own resolver and web server. The CA's place is the one that this test runs in."""

    def __init__(self, number, folder):
        self.prefix = []
        self.address = f"10.77.{number}.2"
        if number == 0:
            run("ip", "link", "set", "lo", "up")
            run("ip", "address", "add", f"{self.address}/32", "dev", "lo")
        else:
            self.join(number, folder)
        run(*self.prefix, "ip", "address", "add", f"{WEB}/32", "dev", "lo")
        self.url = f"http://{self.address}:8055"
        self.inside(["pebble-challtestsrv", "-dns01", "127.0.0.1:5353", "-management", f"{self.address}:8055", "-http01",
                     f"{WEB}:5002", "-https01", "", "-tlsalpn01", "", "-defaultIPv4", WEB, "-defaultIPv6", ""],
                    folder / f"dns-{number}.log")

    def join(self, number, folder):
        holder = start(["unshare", "--net", "sleep", "infinity"], folder / f"holder-{number}.log")
        wait_until(f"place {number} has a network", lambda: network_of(holder.pid) != network_of("self"))
        self.prefix = ["nsenter", "--target", str(holder.pid), "--net"]
        here, there = f"10.77.{number}.1/24", f"{self.address}/24"
        run("ip", "link", "add", f"ca{number}", "type", "veth", "peer", "name", "wide", "netns", str(holder.pid))
        run("ip", "address", "add", here, "dev", f"ca{number}")
        run("ip", "link", "set", f"ca{number}", "up")
        for words in (["link", "set", "lo", "up"], ["address", "add", there, "dev", "wide"], ["link", "set", "wide", "up"]):
            run(*self.prefix, "ip", *words)

    def inside(self, words, log):
        return start([*self.prefix, *map(str, words)], log)

    def tell(self, command, **members):
        request = urllib.request.Request(f"{self.url}/{command}", json.dumps(members).encode())
        for _ in range(100):
            try:
                with urllib.request.urlopen(request, timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"FAIL no challtestsrv at {self.url}")


def made_ca(folder):
    """A folder with a TLS certificate, and its fingerprint."""
    run(CHANCERY, "init", "--dir", folder)
    pem = (folder / "tls.pem").read_text().partition("-----END CERTIFICATE-----")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[0] + pem[1] + "\n")).hexdigest()


def settings(**values):
    words = ["--set", "validation.allow_private_addresses=true", "--set", "validation.http_port=5002",
             "--set", "dns.resolvers=127.0.0.1:5353"]
    for key, value in values.items():
        words += ["--set", f"{key.replace('__', '.')}={value}"]
    return words


def step(sentence, holds, shown=""):
    print(f"{'PASS' if holds else 'FAIL'} {sentence}{'' if holds else f': {shown}'}", flush=True)
    if not holds:
        raise SystemExit(1)


class World:
    def __init__(self, folder):
        self.folder = folder
        self.places = [Place(i, folder) for i in range(1 + len(REGIONS))]  # the CA's own comes first
        own = made_ca(folder / "ca")
        self.nodes, remotes = [], []
        for i, region in enumerate(REGIONS):
            place, fingerprint, log = self.places[i + 1], made_ca(folder / f"p{i}"), folder / f"p{i}.log"
            self.nodes.append(place.inside(
                [CHANCERY, "perspective", "--dir", folder / f"p{i}",
                 *settings(perspective__listen=f"{place.address}:8443", perspective__clients=own)], log))
            wait_until(f"p{i} starts", lambda: "ready on port" in log.read_text())  # noqa: B023
            remotes.append(f"p{i} {region} https://{place.address}:8443 {fingerprint}")
        self.log = folder / "ca.log"
        start([CHANCERY, "serve", "--dir", str(folder / "ca"),
               *settings(acme__caa_identities="chancery.example", perspectives__remotes=json.dumps(remotes),
                         perspectives__timeout="5s")], self.log)
        wait_until("the CA starts", lambda: "Chancery is ready" in self.log.read_text())
        transport = Transport(folder / "ca" / "tls-ca.pem")
        directory = transport.request("GET", "https://localhost:14000/acme/directory").json()
        self.client = Client(transport, directory, Key.generate())
        self.client.register()
        self.names = 0

    def attempt(self, kind="dns-01", differs=(), caa=()):
        """The authorization after a challenge of this kind for a new name, which another answers at the places in `differs`,
        and whose CAA forbids at those in `caa`. Place 0 is the CA's own."""
        self.names += 1
        name = f"n{self.names}.example.org"
        url = self.client.order(name).json()["authorizations"][0]
        challenge = next(each for each in self.client.expect(200, url).json()["challenges"] if each["type"] == kind)
        authorization = self.client.key.key_authorization(challenge["token"])
        for i, place in enumerate(self.places):
            shown = "hijacked" if i in differs else authorization
            if kind == "http-01":
                place.tell("add-http01", token=challenge["token"], content=shown)
            else:
                digest = b64url(hashlib.sha256(shown.encode()).digest())
                place.tell("set-txt", host=f"_acme-challenge.{name}.", value=digest)
            if i in caa:
                place.tell("add-caa", host=f"{name}.", policies=[{"tag": "issue", "value": "other.example"}])
        self.client.expect(200, challenge["url"], {})
        return self.client.poll(url, lambda found: found["status"] != "pending").json()


def error_of(authorization):
    return next((each["error"] for each in authorization["challenges"] if "error" in each), {"type": "", "detail": ""})


def is_valid(found):
    return found["status"] == "valid"


def is_refused(found, kind, *parts):
    error = error_of(found)
    return found["status"] == "invalid" and error["type"].endswith(f":{kind}") and all(
        part in error["detail"] for part in parts)


def steps_of_views(world):
    for kind in ("dns-01", "http-01"):
        found = world.attempt(kind)
        step(f"{kind}: all see the same: valid", is_valid(found), found)
        found = world.attempt(kind, differs=[3])
        step(f"{kind}: one perspective sees another answer: overruled", is_valid(found), found)
        found = world.attempt(kind, differs=[1, 4])
        step(f"{kind}: two do: refused, and named", is_refused(found, "unauthorized", "2 of 5", "p0 (ripe)", "p3 (lacnic)"),
             found)
        found = world.attempt(kind, differs=[0])
        step(f"{kind}: the CA does not see it: refused, whatever the others say", found["status"] == "invalid", found)
    found = world.attempt(caa=[2])
    step("CAA forbids at one: overruled", is_valid(found), found)
    found = world.attempt(caa=[2, 3])
    step("CAA forbids at two: refused", is_refused(found, "caa", "2 of 5"), found)


def steps_of_trouble(world):
    world.nodes[0].kill()
    world.nodes[0].wait()
    found = world.attempt()
    step("one is dead: valid", is_valid(found), found)
    world.nodes[1].send_signal(signal.SIGSTOP)
    found = world.attempt()
    world.nodes[1].send_signal(signal.SIGCONT)
    step("one is dead and one hangs: refused in time",
         is_refused(found, "unauthorized", "it cannot be reached", "it took too long"), found)
    found = world.attempt(differs=[3])
    step("one is dead and one sees another answer: refused", is_refused(found, "unauthorized"), found)
    found = world.attempt()
    step("an attempt afterwards begins anew: valid", is_valid(found), found)


def steps_of_evidence(world):
    for i in range(len(REGIONS)):
        shown = (world.folder / f"p{i}.log").read_text()
        step(f"p{i} says in its log what it was asked and what it saw", '"passed":"yes"' in shown and '"seen":' in shown, shown)
    shown = world.log.read_text()
    step("five in five regions are enough, and the log does not say otherwise", "perspectives.too_few" not in shown, shown)


def main():
    with tempfile.TemporaryDirectory(prefix="perspectives-") as scratch:
        world = World(pathlib.Path(scratch))
        steps_of_views(world)
        steps_of_trouble(world)
        steps_of_evidence(world)


def enter():
    """Starts this program again as root of a namespace of its own, in which namespaces of networks can be made."""
    missing = [each for each in ("ip", "unshare", "nsenter", "pebble-challtestsrv") if shutil.which(each) is None]
    if missing:
        raise SystemExit(f"FAIL not installed: {', '.join(missing)}")
    words = ["unshare", "--user", "--map-root-user", "--net"]
    probe = subprocess.run([*words, "ip", "link", "add", "probe", "type", "veth"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        print(f"SKIP no network namespaces without privileges here: {probe.stderr.strip()}")
        raise SystemExit(SKIPPED)
    os.execvpe(words[0], [*words, sys.executable, __file__], {**os.environ, INSIDE: "1"})


if __name__ == "__main__":
    if INSIDE not in os.environ:
        enter()
    try:
        main()
    finally:
        for each in CHILDREN:
            each.kill()
