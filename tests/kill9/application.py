#!/usr/bin/python3
"""Kills `chancery serve` at every step of an OV application's way through the API, and proves where it is afterwards.

Each step is sent, and the server gets SIGKILL: once after the answer, once while it is at work on it. It is started again.
What was acknowledged is there as it was; what was not has happened as a whole or not at all, and the same request with the
same Idempotency-Key brings it to the same end. `chancery verify` finds nothing after any kill. At the end the certificate is
there, once. Exits 0 if all of that holds.
"""
import argparse
import http.client
import json
import os
import pathlib
import random
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "kill9"), str(ROOT / "tests" / "support")]
sys.dont_write_bytecode = True

from free_ports import free_ports  # noqa: E402
from server import Resolver, Server  # noqa: E402  (the path above comes first)

NAME = "shop.example.test"
ORGANIZATION = {
    "legalName": "Example Shop Ltd", "type": "private_organization", "registrationNumber": "12345678",
    "address": {"country": "GB", "city": "London", "street": "1 Example Street"}, "phone": "+442079460000"}
CONTACT = {"roles": ["org_admin", "requester"], "name": "Ada Example", "title": "Head of IT", "mail": "ada@example.org",
           "phone": "+442079460001"}
CALL = {"number": "+442079460000", "numberSource": "registration_record", "sourceReference": "register, 12345678",
        "result": "confirmed", "personReached": "Ada Example"}
MAIL = {"to": "ada@example.org", "toSource": "registration_record", "reference": "answer of today", "answer": "confirmed"}


class Broken(Exception):
    """Something that has to hold does not."""


def require(holds, sentence):
    if not holds:
        raise Broken(sentence)


class Api:
    """The API of one server that comes and goes."""

    def __init__(self, server, kind):
        self.server, self.kind = server, kind
        self.port = int(server.directory_url.split(":")[2].split("/")[0])
        self.tls = ssl.create_default_context(cafile=server.tls_ca)
        self.chance = random.Random(kind)
        self.kills = 0

    def ask(self, token, method, path, body=None, headers=None):
        """Status, answer and ETag; raises OSError or HTTPException where none came."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls, timeout=20)
        fields = {"Authorization": f"Bearer {token}"} | (headers or {})
        if isinstance(body, dict):
            body, fields["Content-Type"] = json.dumps(body), "application/json"
        try:
            connection.request(method, "/api/v1" + path, body=body, headers=fields)
            answer = connection.getresponse()
            octets = answer.read()
            return answer.status, octets, answer.getheader("ETag")
        finally:
            connection.close()

    def read(self, token, path):
        status, octets, etag = self.ask(token, "GET", path)
        require(status == 200, f"GET {path} answered {status}: {octets[:300]}")
        return json.loads(octets), etag

    def restart(self):
        """After a kill: the store is sound, and the server answers again."""
        self.server.kill()
        self.kills += 1
        faults = self.server.verify()
        require(not faults, f"verify after a kill: {faults}")
        self.start()

    def start(self):
        self.server.start()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self.ask("", "GET", "/problems")
                return
            except (OSError, http.client.HTTPException):
                require(not self.server.has_ended(), "the server does not start: " + self.server.log_tail())
                time.sleep(0.02)
        raise Broken("the server does not answer")

    def step(self, token, method, path, body=None, headers=None):
        """Carries a command out, with a kill behind it or into it. What has no key of its own is safe to repeat."""
        fields = dict(headers or {})
        if method == "POST":
            fields["Idempotency-Key"] = f"step-{self.kills}-{self.chance.random()}"
        if self.kind == "behind":
            status, octets, etag = self.ask(token, method, path, body, fields)
            self.restart()
        else:
            killer = threading.Timer(self.chance.uniform(0, 0.02), self.server.kill)
            killer.start()
            try:
                self.ask(token, method, path, body, fields)
            except (OSError, http.client.HTTPException):
                pass  # nobody knows whether it happened
            killer.join()
            self.restart()
            status, octets, etag = self.ask(token, method, path, body, fields)
        require(status < 300, f"{method} {path} answered {status}: {octets[:600]}")
        return json.loads(octets) if octets else {}, etag


class Way:
    """One application, from draft to certificate."""

    def __init__(self, api, tokens, set_txt, scratch):
        self.api, self.tokens, self.set_txt, self.scratch = api, tokens, set_txt, scratch
        self.path = None

    def agreed(self, answer, etag):
        """What was acknowledged is what is there."""
        now, tag = self.api.read(self.tokens["ada"], self.path)
        # What is approved is signed at once: the kill may have come behind that.
        went_on = answer["state"] == "approved" and now["state"] in ("issuing", "issued")
        require(went_on or tag == etag and now["state"] == answer["state"] and now["version"] == answer["version"],
                f"acknowledged {answer['state']} {etag}, found {now['state']} {tag}")
        return now

    def act(self, who, method, path, body=None):
        _, etag = self.api.read(self.tokens[who], self.path)
        answer, etag = self.api.step(self.tokens[who], method, path, body if body is not None else {}, {"If-Match": etag})
        return self.agreed(answer, etag)

    def start(self):
        ada, api = self.tokens["ada"], self.api
        organization, _ = api.step(ada, "POST", "/organizations", ORGANIZATION)
        contact, _ = api.step(ada, "POST", "/contacts", CONTACT)
        request = self.scratch / "request.pem"
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        str(self.scratch / "key.pem"), "-subj", "/", "-addext", f"subjectAltName=DNS:{NAME}", "-out",
                        str(request)], check=True, stderr=subprocess.DEVNULL)
        made, etag = api.step(ada, "POST", "/applications", {
            "product": "ov", "csr": request.read_text(), "organizationId": organization["id"],
            "adminContactId": contact["id"], "terms": "1", "methods": [{"name": NAME, "method": "dns-txt"}]})
        self.path = f"/applications/{made['id']}"
        self.agreed(made, etag)
        require(len(api.read(ada, "/applications")[0]["items"]) == 1, "there is not one application")
        status, letter, _ = api.ask(ada, "GET", self.path + "/letter-template")
        require(status == 200, "there is no letter")
        api.step(ada, "POST", self.path + "/documents?kind=confirmation_letter", letter, {"Content-Type": "application/pdf"})
        require(len(api.read(ada, self.path + "/documents")[0]["items"]) == 1, "there is not one letter")
        self.act("ada", "POST", self.path + ":submit")

    def checklist(self, who, gate):
        """Every step that is missing; each is sent until it is there."""
        desk = "/desk" + self.path
        while True:
            case, _ = self.api.read(self.tokens[who], desk)
            missing = [each["step"] for each in case["checklist"] if each["gate"] == gate and each["missing"]]
            if not missing:
                return
            try:
                self.api.step(self.tokens[who], "PUT", f"{desk}/steps/{missing[0]}",
                              {"result": "passed", "source": "the register", "note": "as stated"})
            except Broken:
                case, _ = self.api.read(self.tokens[who], desk)
                still = [each["step"] for each in case["checklist"] if each["missing"]]
                if missing[0] in still:
                    raise

    def prove(self):
        ada = self.tokens["ada"]
        control, _ = self.api.read(ada, self.path + "/dcv")
        record = control["items"][0]["record"]
        self.set_txt(record["fqdn"], record["value"])
        self.api.step(ada, "POST", self.path + "/dcv:check")
        for count in range(200):
            progress, _ = self.api.read(ada, self.path)
            if progress["state"] != "domain_validation":
                return
            if count % 5 == 4:
                self.api.restart()
            time.sleep(0.1)
        raise Broken("domain control is not proven")

    def finish(self):
        desk, eve = "/desk" + self.path, self.tokens["eve"]
        self.checklist("eve", "org_vetting")
        self.api.step(eve, "POST", desk + "/calls", CALL)
        self.api.step(eve, "POST", desk + "/emails", MAIL)
        self.act("eve", "POST", desk + ":approve", {"text": "everything was found"})
        for count in range(100):
            now, _ = self.api.read(self.tokens["ada"], self.path)
            if now["state"] == "issued":
                break
            if count % 10 == 5:
                self.api.restart()
            time.sleep(0.1)
        self.api.restart()
        now, _ = self.api.read(self.tokens["ada"], self.path)
        require(now["state"] == "issued", f"it is {now['state']}")
        certificates, _ = self.api.read(self.tokens["ada"], self.path + "/certificates")
        require(len(certificates["items"]) == 1, f"there are {len(certificates['items'])} certificates")

    def run(self):
        self.start()
        self.checklist("fred", "platform_check")
        self.prove()
        self.finish()


def people(server):
    """A token for each of those who take part."""
    def chancery(*words):
        run = subprocess.run([server.program, *words, *server.store_settings], capture_output=True, text=True, check=True)
        return run.stdout

    tenant = chancery("tenant", "create", "--name", "Example Shop Ltd").strip()
    tokens = {}
    for name, role in (("ada", "org_admin"), ("fred", "front_desk"), ("eve", "specialist")):
        of = ["--tenant", tenant] if name == "ada" else []
        person = chancery("person", "create", "--name", name, "--mail", f"{name}@example.org", "--role", role, *of).strip()
        text = chancery("token", "create", "--person", person, "--expires-in", "1h")
        tokens[name] = next(line[6:] for line in text.splitlines() if line.startswith("Text: "))
    return tokens


def run(program, kind, scratch):
    acme, public, dns, management, web = free_ports(5)

    def set_txt(name, value):
        body = json.dumps({"host": name + ".", "value": value}).encode()
        urllib.request.urlopen(f"http://127.0.0.1:{management}/set-txt", body, 10).read()

    with Resolver(dns, management, scratch / "dns.log"):
        server = Server(program, scratch, (acme, public), dns, web)
        api = Api(server, kind)
        try:
            api.start()
            Way(api, people(server), set_txt, scratch).run()
            status = server.stop()
            require(status == 0, f"the server ended with {status}")
            faults = server.verify()
            require(not faults, f"verify at the end: {faults}")
            require(not server.faults(), f"the log has errors: {server.faults()[:3]}")
        finally:
            server.kill()
    return api.kills


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chancery", default=os.environ.get("CHANCERY", str(ROOT / "build/release/chancery")),
                        metavar="FILE", help="the program (default: %(default)s)")
    program = parser.parse_args().chancery
    for kind in ("behind", "into"):
        scratch = pathlib.Path(tempfile.mkdtemp(prefix="chancery-application."))
        try:
            kills = run(program, kind, scratch)
        except Broken as broken:
            print(f"kills {kind} each step: {broken}; everything is in {scratch}", file=sys.stderr)
            return 1
        print(f"{kills} kills {kind} each step; the application went its way, and the store is sound")
        shutil.rmtree(scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
