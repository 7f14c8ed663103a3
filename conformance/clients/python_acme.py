#!/usr/bin/python3
"""Drives Debian's python3-acme; library_steps.sh says with what arguments."""
import os
import pathlib
import subprocess
import sys

import josepy
import OpenSSL.crypto
from acme import challenges, client, crypto_util, errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

DIRECTORY = os.environ["ACME_DIRECTORY"]


def account_client(key_file):
    key = serialization.load_pem_private_key(pathlib.Path(key_file).read_bytes(), None)
    if isinstance(key, rsa.RSAPrivateKey):
        jwk, algorithm = josepy.JWKRSA(key=key), josepy.RS256
    else:
        jwk, algorithm = josepy.JWKEC(key=key), josepy.ES256
    network = client.ClientNetwork(jwk, alg=algorithm)
    return client.ClientV2(client.ClientV2.get_directory(DIRECTORY, network), network)


def signed_in(key_file):
    acme = account_client(key_file)
    try:
        acme.new_account(messages.NewRegistration(only_return_existing=True))
    except errors.ConflictError as found:
        acme.net.account = messages.RegistrationResource(uri=found.location, body=messages.Registration())
        acme.query_registration(acme.net.account)
    return acme


def register(key_file, contact, kid=None, mac_key=None):
    acme = account_client(key_file)
    binding = None
    if kid:
        binding = messages.ExternalAccountBinding.from_data(acme.net.key.public_key(), kid, mac_key, acme.directory)
    acme.new_account(messages.NewRegistration(contact=(contact,), terms_of_service_agreed=True,
                                              external_account_binding=binding))


def change_contact(key_file, contact):
    acme = signed_in(key_file)
    body = acme.update_registration(acme.net.account, messages.Registration(contact=(contact,))).body
    if tuple(body.contact) != (contact,):
        sys.exit(f"the contact is {body.contact}")


def provide(key, name, challenge):
    """Makes the response to a challenge available."""
    if isinstance(challenge.chall, challenges.HTTP01):
        file = pathlib.Path(os.environ["challenges"], challenge.chall.encode("token"))
        file.write_text(challenge.chall.validation(key))
    else:
        host = challenge.chall.validation_domain_name(name) + "."
        subprocess.run([os.environ["dns_hook"], "present", host, challenge.chall.validation(key)], check=True)


def issue(key_file, kind, prefix, *names):
    acme = signed_in(key_file)
    request = crypto_util.make_csr(pathlib.Path(prefix + ".key").read_bytes(), names)
    order = acme.new_order(request)
    for authorization in order.authorizations:
        challenge, = [one for one in authorization.body.challenges if one.chall.typ == kind]
        provide(acme.net.key, authorization.body.identifier.value, challenge)
        acme.answer_challenge(challenge, challenge.chall.response(acme.net.key))
    pathlib.Path(prefix + ".pem").write_text(acme.poll_and_finalize(order).fullchain_pem)


def revoke(key_file, certificate, reason):
    pem = OpenSSL.crypto.load_certificate(OpenSSL.crypto.FILETYPE_PEM, pathlib.Path(certificate).read_bytes())
    signed_in(key_file).revoke(josepy.ComparableX509(pem), int(reason))


def deactivate(key_file):
    acme = signed_in(key_file)
    acme.deactivate_registration(acme.net.account)


COMMANDS = {"register": register, "contact": change_contact, "issue": issue, "revoke": revoke, "deactivate": deactivate}

if __name__ == "__main__":
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except (errors.Error, messages.Error) as refusal:
        sys.exit(repr(refusal))
