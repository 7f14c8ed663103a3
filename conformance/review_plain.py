#!/usr/bin/python3
"""A plain ACME client for conformance/reviews, that shows what the server says: for a folder with its settings it
orders, proves by http-01, finalizes with a fresh key, polls once a second for some time, and then forgets the key, as
most clients do. The account's key and the URLs of its orders stay in the folder.
"""
import json
import pathlib
import sys
import time
import types

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from acme_client import AcmeError, Client, Key, Transport, b64url, request_der  # noqa: E402
from checks.external_account import binding  # noqa: E402
from responder import Responder  # noqa: E402


def account_of(folder, settings):
    """The client with its account, which is registered if there is none yet."""
    transport = Transport(str(settings["ca"]))
    directory = transport.request("GET", settings["directory"]).json()
    file = folder / "account.pem"
    if file.exists():
        client = Client(transport, directory, Key("ES256", serialization.load_pem_private_key(file.read_bytes(), None)))
        client.register(onlyReturnExisting=True)
        return client
    client = Client(transport, directory)
    world = types.SimpleNamespace(eab_kid=settings["kid"], eab_hmac=settings["mac"], directory=directory)
    client.register(externalAccountBinding=binding(world, client))
    file.write_bytes(client.key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return client


def settings_of(folder):
    return json.loads((folder / "settings.json").read_text())


def look(folder, url):
    """What the server says of an order now: status, Retry-After in seconds, the detail of its error."""
    answer = account_of(folder, settings_of(folder)).expect(200, url)
    order = answer.json()
    return {"status": order["status"], "come back after": int(answer.header("Retry-After", "0")),
            "error": order.get("error", {}).get("detail", "")}


def prove(client, settings, order):
    with Responder(settings["http_port"]) as web:
        for url in order["authorizations"]:
            authorization = client.expect(200, url).json()
            if authorization["status"] == "valid":
                continue
            challenge = next(each for each in authorization["challenges"] if each["type"] == "http-01")
            web.provision(challenge["token"], client.key.key_authorization(challenge["token"]))
            client.expect(200, challenge["url"], {})
            if client.poll(url, lambda seen: seen["status"] != "pending").json()["status"] != "valid":
                raise AcmeError("the names cannot be proven", client.expect(200, url))


def issue(folder):
    settings = settings_of(folder)
    client = account_of(folder, settings)
    placed = client.order(settings["name"])
    url = placed.header("Location")
    known = folder / "orders.json"
    known.write_text(json.dumps([*(json.loads(known.read_text()) if known.exists() else []), url]))
    prove(client, settings, placed.json())
    csr = request_der(ec.generate_private_key(ec.SECP256R1()), [settings["name"]])
    answer = client.expect(200, placed.json()["finalize"], {"csr": b64url(csr)})
    deadline = time.monotonic() + settings["wait"]
    while answer.json()["status"] == "processing" and time.monotonic() < deadline:
        time.sleep(1)
        answer = client.expect(200, url)
    print(answer.body.decode())
    if answer.json()["status"] != "valid":
        return 1
    (folder / "certificate.pem").write_bytes(client.expect(200, answer.json()["certificate"]).body)
    return 0


def main():
    try:
        return issue(pathlib.Path(sys.argv[1]))
    except AcmeError as fault:
        print(fault)
        return 1


if __name__ == "__main__":
    sys.exit(main())
