#!/usr/bin/python3
"""Checks the evidence of an application without the server that gave it out.

    check-evidence.py app_….tar [NUMBER:HASH]

NUMBER and HASH are those of the newest entry of the audit log as they were noted elsewhere at the time of the export; without
them the file's own word for it is taken. Prints what is wrong, a line each, and ends with 1; or how many entries are proven.
"""
import hashlib
import json
import sys
import tarfile


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
        elif number != 2:
            said[number] = value if isinstance(value, int) else value.decode()
    facts = [{"name": name, "value": value} for name, value in zip(names, values)]
    return facts == entry["facts"] and said == {1: entry["sequence"], 3: entry["event"], 4: entry["actor"], 5: entry["subject"]}


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
        elif entry and (not is_told_truly(entry) or entry["hash"] != link["hash"]):
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
    faults += faults_of_chain(entries, lines(files.get("chain.jsonl", b"")), (head["sequence"], head["hash"]))
    for fault in faults:
        print(fault)
    if faults:
        return 1
    print(f"{len(told)} entries follow to entry {head['sequence']} of the log, {head['hash']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
