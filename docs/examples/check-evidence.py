#!/usr/bin/python3
"""Checks the evidence of an application without the server that gave it out.

    check-evidence.py app_….tar [NUMBER:HASH]

NUMBER and HASH are those of the newest entry of the audit log as they were noted elsewhere at the time of the export; without
them the file's own word for it is taken. Prints what is wrong, a line each, and ends with 1; or how many entries are proven,
and what in the file rests on no entry: for that there is the server's word alone, and that of whoever passed the file on.
"""
import collections
import hashlib
import json
import sys
import tarfile
import time


def sha256(octets):
    return hashlib.sha256(octets).hexdigest()


def varint(octets, at):
    value = shift = 0
    while True:
        value |= (octets[at] & 0x7F) << shift
        shift += 7
        at += 1
        if octets[at - 1] < 0x80:
            return value, at


def fields(record):
    """What the stored form of an entry says: a version, then (number << 1 | kind), then a number or octets with their length."""
    at = 1
    while at < len(record):
        tag, at = varint(record, at)
        value, at = varint(record, at)
        if tag & 1:
            value, at = record[at:at + value], at + value
        yield tag >> 1, value


def is_told_truly(entry):
    names, values, said = [], [], {}
    for number, value in fields(bytes.fromhex(entry["body"])):
        if number in (6, 7):
            (names if number == 6 else values).append(value.decode())
        else:
            said[number] = value if isinstance(value, int) else value.decode()
    said[2] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(said.get(2, 0)))
    facts = [{"name": name, "value": value} for name, value in zip(names, values)]
    told = {number: entry[name] for number, name in enumerate(("sequence", "at", "event", "actor", "subject"), 1)}
    return facts == entry["facts"] and said == told


def hash_of(link, entry):
    previous, leap = bytes.fromhex(link["previousHash"]), bytes.fromhex(link["leapHash"])
    if leap:
        return sha256(previous + b"\x02" + leap + bytes.fromhex(link["bodySha256"]))
    return sha256(previous + bytes.fromhex(entry["body"])) if entry else ""


def faults_of_files(files, manifest):
    listed = manifest["files"]
    for name in sorted(set(files) | set(listed)):
        if name not in files:
            yield f"{name} is missing"
        elif sha256(files[name]) != listed.get(name):
            yield f"{name} is not what the manifest says"


def faults_of_chain(entries, links, head):
    expected = head
    for place, link in enumerate(links):
        number = link["sequence"]
        entry = entries.pop(number, None) if link["here"] else None
        if link["here"] and not entry:
            yield f"entry {number} is missing"
        elif entry and sha256(bytes.fromhex(entry["body"])) != link["bodySha256"]:
            yield f"entry {number} is not what stands in the chain"
        elif entry and not (is_told_truly(entry) and all(entry[name] == link[name] for name in ("hash", "previousHash"))):
            yield f"entry {number} says something else than its body"
        if expected != (number, link["hash"]):
            yield f"entry {number} does not stand where the chain leads"
        if hash_of(link, entry) != link["hash"]:
            yield f"entry {number}: its hash does not fit its content"
        if place + 1 < len(links):
            after = links[place + 1]["sequence"]
            is_leap = after != number - 1
            if is_leap and after != number & (number - 1):
                yield f"nothing leads from entry {number} to {after}"
            expected = (after, link["leapHash"] if is_leap else link["previousHash"])
    for number in sorted(entries):
        yield f"entry {number} is not shown to be in the log"


def facts_of(entry, name):
    return [fact["value"] for fact in entry["facts"] if fact["name"] == name]


def named_files(application, entries):
    """What the entries say of files: name without its end -> each SHA-256 that they say; none where they say that it is there
    and no more."""
    named = collections.defaultdict(set)
    for entry in entries:
        event, subject = entry["event"], entry["subject"]
        if event == "document.received" and facts_of(entry, "of") == [application]:
            named[f"documents/{subject}"] = set(facts_of(entry, "sha256"))
        elif event == "document.removed":
            named.pop(f"documents/{subject}", None)
        elif event == "certificate.issued" and facts_of(entry, "order") == [application]:
            named[f"certificates/{subject}"].update(facts_of(entry, "certificate_sha256"))
        elif event in ("application.issued", "application.issued_again"):
            for certificate in facts_of(entry, "certificate"):
                named["certificates/" + certificate.split("/")[1]].update(facts_of(entry, "certificate_sha256"))
        elif event == "application.registrant_looked_up":
            named.update({f"registrants/{each}": {each} for each in facts_of(entry, "sha256")})
    return named


def faults_of_named(files, named):
    there = {name.partition(".")[0]: name for name in files if "/" in name}
    for name in sorted(set(there) | set(named)):
        if name not in there:
            yield f"{name} is in the log and not here"
        elif name not in named:
            yield f"{there[name]} is not in the log"
        elif named[name] - {sha256(files[there[name]])}:
            yield f"{there[name]} is not what the log says"


def faults_of_messages(files, entries):
    logged = {int(facts_of(entry, "number")[0]): entry
              for entry in entries if entry["event"] in ("application.message", "application.note")}
    messages = json.loads(files.get("messages.json", b"[]"))
    if [each["number"] for each in messages] != sorted(logged):
        yield "messages.json has other messages than the log"
    for each in messages:
        entry = logged.get(each["number"])
        told = {"kind": each["kind"], "role": each["role"], "sha256": sha256(each["text"].encode())}
        if entry and (each["at"], each["personId"]) != (entry["at"], entry["actor"]) or \
                entry and any(facts_of(entry, name) != [value] for name, value in told.items()):
            yield f"messages.json: message {each['number']} is not what the log says"


def faults_of_claims(claims, entries):
    """Claims that the application brought about; how others came to be is not in the entries about it."""
    logged = {entry["subject"]: entry for entry in entries if entry["event"] == "domain.validated"}
    for each in claims:
        entry = logged.get(each["id"])
        told = {"domain": [each["domain"]], "method": [each["method"]], "evidence": each["evidence"]}
        if entry and (entry["at"] != each["validatedAt"] or any(facts_of(entry, name) != said for name, said in told.items())):
            yield f"domain-control.json: claim {each['id']} is not what the log says"


def faults_of_content(files, application, entries):
    if not entries:
        yield "there are no entries"
    for entry in entries:
        if application not in [entry["subject"]] + [fact["value"] for fact in entry["facts"]]:
            yield f"entry {entry['sequence']} is not about {application}"
    yield from faults_of_named(files, named_files(application, entries))
    yield from faults_of_messages(files, entries)
    yield from faults_of_claims(json.loads(files.get("domain-control.json", b"{}")).get("claims", []), entries)


def told_only(files, named):
    shown = {"audit.jsonl", "chain.jsonl", "messages.json"}
    return [name for name in sorted(files) if name not in shown and not named.get(name.partition(".")[0])]


def lines(octets):
    return [json.loads(line) for line in octets.decode().splitlines()]


def main(path, noted=None):
    with tarfile.open(path) as archive:
        files = {each.name: archive.extractfile(each).read() for each in archive}
    manifest = json.loads(files.pop("manifest.json"))
    head = manifest["auditHead"]
    faults = list(faults_of_files(files, manifest))
    if noted and noted.lower() != f"{head['sequence']}:{head['hash']}":
        faults.append("the head of the log is not the one that was noted")
    told = lines(files.get("audit.jsonl", b""))
    entries = {each["sequence"]: each for each in told}
    if len(told) != manifest["auditEntries"] or len(entries) != len(told):
        faults.append(f"there are {len(told)} entries, and there were {manifest['auditEntries']}")
    faults += faults_of_content(files, manifest["application"], told)
    faults += faults_of_chain(entries, lines(files.get("chain.jsonl", b"")), (head["sequence"], head["hash"]))
    for fault in faults:
        print(fault)
    if faults:
        return 1
    print(f"{len(told)} entries follow to entry {head['sequence']} of the log, {head['hash']}")
    print("told only: " + ", ".join(told_only(files, named_files(manifest["application"], told))))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
