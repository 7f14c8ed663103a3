#!/usr/bin/python3
"""People on both sides of a review, as programs: they make an organization known, fill in what is asked of it, and look
at it, all through the JSON API (docs/api.md) and the command line of the server under test.

  review_desk.py open    a tenant with an organization and its people, and people of the authority; prints a state file
  review_desk.py review  everything that the newest application waits for is done by those who may, and it is approved
  review_desk.py reject  a reviewer rejects the newest application

Every command takes --state FILE, which `open` writes and the others read.
"""
import argparse
import json
import os
import pathlib
import secrets
import ssl
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zlib

STAFF = (("Fred", "front_desk"), ("Sam", "specialist"), ("Sue", "second_approver"), ("Max", "supervisor"))
CUSTOMERS = (("Ada", "org_admin"), ("Carl", "certificate_approver"), ("Cleo", "contract_signer"))
NUMBER = "+49301234567"
# As the list of registration agencies has it, for the organization's jurisdiction.
AGENCY = "Registergerichte der Länder (Handelsregister)"


class Refused(Exception):
    """The API said no; the text is its problem document's."""


class Api:
    """One caller of the API."""

    def __init__(self, base, ca_file, token):
        self.base, self.token = base, token
        self.tls = ssl.create_default_context(cafile=ca_file)

    def send(self, method, path, body=None, octets=None, media="application/json", etag=None):
        data = octets if octets is not None else None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}"}
        if data is not None:
            headers["Content-Type"] = media
        if etag:
            headers["If-Match"] = etag
        request = urllib.request.Request(f"{self.base}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, context=self.tls, timeout=30) as answer:
                return json.loads(answer.read() or b"null"), answer.headers.get("ETag")
        except urllib.error.HTTPError as refusal:
            text = refusal.read().decode("utf-8", "replace")
            raise Refused(f"{method} {path}: {refusal.code} {text[:600]}") from None

    def get(self, path):
        return self.send("GET", path)[0]


def word(text, prefix):
    """The first word of `text` that begins so."""
    return next(each for each in text.split() if each.startswith(prefix))


class Server:
    """The command line of the server under test: `words` name its configuration."""

    def __init__(self, program, words):
        self.program, self.words = program, words

    def run(self, command, *options):
        done = subprocess.run([self.program, *command.split(), *self.words, *options], text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise Refused(f"{command}: {done.stderr.strip()}")
        return done.stdout

    def person(self, name, role, tenant=None):
        """A person with a token for the API. Mailboxes are nobody else's."""
        mail = f"{name.lower()}.{secrets.token_hex(4)}@people.conformance-contact.com"
        person = word(self.run("person create", "--name", name, "--mail", mail, "--role", role,
                               *(["--tenant", tenant] if tenant else [])), "per_")
        return person, word(self.run("token create", "--person", person, "--expires-in", "30d"), "cht_")


class House:
    """A tenant with its organization, and the people of the authority."""

    def __init__(self, state):
        self.state = state
        self.apis = {name: Api(state["base"], state["ca"], token) for name, token in state["tokens"].items()}

    @classmethod
    def open(cls, server, base, ca_file, legal_name, staff=None):
        """`staff`: people of the authority with their tokens, by name; they are made if there are none yet."""
        tenant = word(server.run("tenant create", "--name", legal_name), "ten_")
        known = {name: server.person(name, role, tenant) for name, role in CUSTOMERS}
        known.update(staff or cls.staff(server))
        people = {name: person for name, (person, _) in known.items()}
        tokens = {name: token for name, (_, token) in known.items()}
        house = cls({"base": base, "ca": str(ca_file), "tokens": tokens, "people": people, "tenant": tenant})
        ada = house.apis["Ada"]
        organization, _ = ada.send("POST", "/organizations", {
            "legalName": legal_name, "type": "private_organization", "registrationNumber": "HRB 12345",
            "registrationAgency": AGENCY, "jurisdiction": {"country": "DE", "state": "Berlin"},
            "address": {"country": "DE", "state": "Berlin", "city": "Berlin", "street": "Hauptstr. 1",
                        "postalCode": "10115"}, "phone": NUMBER})
        for name, role in (("Ada", "org_admin"), ("Carl", "approver"), ("Cleo", "signer")):
            ada.send("POST", "/contacts", {"roles": [role], "name": name, "title": "Head of web",
                                           "mail": f"{name.lower()}@people.conformance-contact.com", "phone": NUMBER,
                                           "personId": people[name]})
        house.state["organization"] = organization["id"]
        return house

    @staticmethod
    def staff(server):
        return {name: server.person(name, role) for name, role in STAFF}

    def external_key(self, hold, profile="ov", domains=()):
        """Key identifier and MAC key of an external account that stands for the organization."""
        made, _ = self.apis["Ada"].send("POST", "/eab-keys", {
            "organizationId": self.state["organization"], "profiles": [profile], "defaultProfile": profile,
            "holdMode": hold, "label": f"conformance {hold}", "domains": list(domains)})
        return made["key"]["id"], made["hmacKey"]

    def newest(self):
        """The newest application of the tenant, or None."""
        items = self.apis["Ada"].get("/applications")["items"]
        return items[0]["id"] if items else None

    def gates(self, application):
        progress = self.apis["Ada"].get(f"/applications/{application}/progress")
        return {gate["name"]: gate["state"] for gate in progress["gates"]}

    def state_of(self, application):
        return self.apis["Ada"].get(f"/applications/{application}")["state"]

    def desk(self, who, method, path, application, body=None):
        """A step of the desk, made to the version that is there now. The server itself may come in between, when it
        has seen what proves a name, for example: then the reviewer looks once more."""
        api = self.apis[who]
        for attempt in range(3):
            _, etag = api.send("GET", f"/desk/applications/{application}")
            try:
                return api.send(method, f"/desk/applications/{application}{path}", body, etag=etag)[0]
            except Refused as refusal:
                if attempt == 2 or "versionConflict" not in str(refusal):
                    raise

    def pass_steps(self, who, application, gate):
        for step in self.apis[who].get(f"/desk/applications/{application}")["checklist"]:
            if step["gate"] == gate and step["asked"] and step["missing"]:
                self.desk(who, "PUT", f"/steps/{step['step']}", application,
                          {"result": "passed", "source": AGENCY, "note": "seen"})

    def submit(self, application):
        ada = self.apis["Ada"]
        _, etag = ada.send("GET", f"/applications/{application}")
        ada.send("POST", f"/applications/{application}:submit", etag=etag)

    def upload_letter(self, application):
        self.apis["Ada"].send("POST", f"/applications/{application}/documents?kind=confirmation_letter",
                              octets=picture(), media="image/png")

    def prove_domains(self, application):
        """By TXT records, where the laboratory's DNS takes them. False if it does not, or is not asked to."""
        if "ACME_DNS_MANAGEMENT" not in os.environ:
            return False
        ada = self.apis["Ada"]
        for item in ada.get(f"/applications/{application}/dcv")["items"]:
            record = item.get("record") or {}
            if record.get("type") == "TXT":
                body = json.dumps({"host": record["fqdn"] + ".", "value": record["value"]}).encode()
                urllib.request.urlopen(f"{os.environ['ACME_DNS_MANAGEMENT']}/set-txt", body, timeout=10).close()
        ada.send("POST", f"/applications/{application}/dcv:check")
        for _ in range(50):
            if self.gates(application)["dcv"] == "passed":
                return True
            time.sleep(0.2)
        return False

    def close(self, gate, application):
        """Closes one open gate by those who may. False if it is nobody's here."""
        if gate == "letter":
            self.upload_letter(application)
        elif gate in ("platform_check", "pre_review"):
            self.pass_steps("Fred", application, gate)
        elif gate == "dcv":
            return self.prove_domains(application)
        elif gate == "org_vetting":
            self.pass_steps("Sam", application, gate)
        elif gate == "email_confirm":
            self.desk("Sam", "POST", "/emails", application, {
                "to": "ada@people.conformance-contact.com", "toSource": "registration_record", "reference": "mail 1",
                "answer": "confirmed"})
        elif gate == "phone_call":
            self.desk("Sam", "POST", "/calls", application, {
                "number": NUMBER, "numberSource": "registration_record", "sourceReference": "the register",
                "office": "house", "result": "confirmed", "personReached": "Ada", "answers": ["yes"]})
        elif gate == "applicant_approval":
            self.act("Carl", application, "approve-as-approver")
        elif gate == "agreement_signed":
            self.act("Cleo", application, "sign-agreement", {"agreement": "subscriber agreement 1"})
        else:
            return False
        return True

    def act(self, who, application, verb, body=None):
        api = self.apis[who]
        _, etag = api.send("GET", f"/applications/{application}")
        api.send("POST", f"/applications/{application}:{verb}", body, etag=etag)

    def work(self, application, tell=lambda gate: None):
        """Everything but the decision."""
        for _ in range(40):
            is_open = [name for name, state in self.gates(application).items()
                       if state in ("open", "waiting_applicant", "waiting_ca") and name != "second_approval"]
            closed = [gate for gate in is_open if self.close(gate, application)]
            for gate in closed:
                tell(gate)
            if not closed:
                return
        raise Refused(f"the gates of {application} do not close: {self.gates(application)}")

    def approve(self, application):
        self.desk("Sam", "POST", ":approve", application, {"text": "everything fits"})
        if self.state_of(application) == "second_approval":
            self.desk("Sue", "POST", ":countersign", application, {"text": "checked again"})

    def take_up(self, application):
        """The applicant hands in what is asked of them, and those of the desk make the open tasks theirs."""
        for gate, state in self.gates(application).items():
            if gate == "letter" and state == "waiting_applicant":
                self.upload_letter(application)
        for who, queue in (("Fred", "platform_check"), ("Sam", "org_vetting")):
            for task in self.apis[who].get(f"/desk/tasks?queue={queue}&limit=200")["items"]:
                if task["applicationId"] == application and "claimedBy" not in task:
                    self.apis[who].send("POST", f"/desk/tasks/{task['id']}:claim")

    def suspend(self, reason):
        """The authority has heard bad news about the organization."""
        self.apis["Sam"].send("POST", f"/desk/organizations/{self.state['organization']}:suspend", {"reason": reason})

    def reject(self, application, text):
        self.desk("Sam", "POST", ":reject", application, {"code": "organization_not_found", "text": text})


def picture(size=64):
    """A PNG of noise, large enough to be a scan."""
    rows = b"".join(b"\0" + os.urandom(size * 3) for _ in range(size))

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("open", "review", "reject"))
    parser.add_argument("--state", type=pathlib.Path, required=True)
    parser.add_argument("--base", help="scheme and authority of the server (open)")
    parser.add_argument("--ca", help="trust anchor of its HTTPS (open)")
    parser.add_argument("--program", help="the server's program (open)")
    parser.add_argument("--words", nargs="*", default=[], metavar="KEY=VALUE", help="its settings (open)")
    parser.add_argument("--config", help="its configuration file (open)")
    parser.add_argument("--name", default="Example GmbH", help="the organization's legal name (open)")
    parser.add_argument("--hold", default="processing", help="hold mode of the external account key (open)")
    parser.add_argument("--text", default="the register does not know this organization", help="why (reject)")
    arguments = parser.parse_args()
    try:
        if arguments.command == "open":
            words = ["--config", arguments.config]
            for each in arguments.words:
                words += ["--set", each]
            house = House.open(Server(arguments.program, words), arguments.base, arguments.ca, arguments.name)
            house.state["kid"], house.state["hmac"] = house.external_key(arguments.hold)
            arguments.state.touch(0o600)
            arguments.state.write_text(json.dumps(house.state))
            print(house.state["organization"])
            return 0
        house = House(json.loads(arguments.state.read_text()))
        application = house.newest()
        if application is None:
            raise Refused("there is no application")
        if arguments.command == "reject":
            house.reject(application, arguments.text)
        else:
            house.work(application, lambda gate: print(f"closed: {gate}", flush=True))
            house.approve(application)
        print(f"{application} is {house.state_of(application)}")
        return 0
    except Refused as refusal:
        print(f"review_desk.py: {refusal}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
