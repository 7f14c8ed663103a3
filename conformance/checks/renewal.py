"""Renewal information and the replacement of certificates (RFC 9773)."""
import datetime

from acme_client import b64url, request_der
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from checks.order import dns, moment
from harness import Skip, answered, check, refused, require


def reference(certificate):
    """RFC 9773 §4.1: base64url(AKI keyIdentifier) "." base64url(content octets of the serial)."""
    key = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    serial = certificate.serial_number
    return b64url(key) + "." + b64url(serial.to_bytes(serial.bit_length() // 8 + 1, "big"))


def renewal_info(world):
    if "renewalInfo" not in world.directory:
        raise Skip("the directory has no renewalInfo")
    return world.directory["renewalInfo"]


def window_of(response):
    window = answered(response, 200).json()["suggestedWindow"]
    return moment(window["start"]), moment(window["end"])


def replacing(world, client, name, replaces):
    return client.ask(world.directory["newOrder"], {"identifiers": dns(name), "replaces": replaces})


@check("rfc9773-4.1-renewal-info-is-read-without-a-signature", needs=("http",))
def read(world):
    """A plain GET gives JSON with a window that starts before it ends, inside the certificate's life."""
    leaf = world.issued().leaf
    response = world.transport.request("GET", f"{renewal_info(world)}/{reference(leaf)}")
    start, end = window_of(response)
    require(response.media_type == "application/json", f"Content-Type is {response.media_type}")
    require(start < end, f"the window is from {start} to {end}")
    require(leaf.not_valid_before < start.replace(tzinfo=None) and end.replace(tzinfo=None) < leaf.not_valid_after,
            f"the window {start} to {end} is not in the life of the certificate")


@check("rfc9773-4.3-renewal-info-carries-retry-after", needs=("http",))
def retry_after(world):
    """Retry-After says how often to look, in whole seconds, between a minute and a day."""
    response = world.transport.request("GET", f"{renewal_info(world)}/{reference(world.issued().leaf)}")
    value = answered(response, 200).header("Retry-After", "")
    require(value.isdigit() and 60 <= int(value) <= 86400, f"Retry-After is {value!r}")


@check("rfc9773-4.1-unknown-certificates-have-no-renewal-info", needs=("http",))
def unknown(world):
    """Other serials, other issuers, padding and texts without a dot lead nowhere."""
    url, known = renewal_info(world), reference(world.issued().leaf)
    key, serial = known.split(".")
    for wrong in (f"{key}.EjRWeA", f"EjRWeA.{serial}", f"{known}=", f"{key}=.{serial}", key, f"{key}.", f".{serial}",
                  f"{known}.{serial}", f"{key}.AA{serial}"):
        refused(world.transport.request("GET", f"{url}/{wrong}"))


@check("rfc9773-4.2-revoked-certificate-is-to-be-renewed-at-once", needs=("http",))
def revoked(world):
    """After a revocation the window lies in the past."""
    url = renewal_info(world)
    issued = world.issue()
    answered(issued.client.ask(world.directory["revokeCert"], {"certificate": b64url(issued.der)}), 200)
    response = world.transport.request("GET", f"{url}/{reference(issued.leaf)}")
    _, end = window_of(response)
    now = datetime.datetime.now(datetime.timezone.utc)
    require(end <= now, f"the window ends at {end}, now is {now}")


@check("rfc9773-5-replaces-is-reflected", needs=("http",))
def reflected(world):
    """An accepted replaces stands in the answer and in every later reading of the order."""
    renewal_info(world)
    issued = world.issue()
    name = reference(issued.leaf)
    response = answered(replacing(world, issued.client, issued.names[0], name), 201)
    require(response.json().get("replaces") == name, f"the order is {response.json()}")
    found = issued.client.expect(200, response.header("Location")).json()
    require(found.get("replaces") == name, f"the order is {found}")


# WIR-16
@check("rfc9773-5-replacing-twice-is-409-alreadyreplaced", needs=("http",))
def twice(world):
    """When a certificate has been replaced, another replacement is 409 alreadyReplaced."""
    renewal_info(world)
    issued = world.issue()
    name, client = reference(issued.leaf), issued.client
    response = answered(replacing(world, client, issued.names[0], name), 201)
    order_url = response.header("Location")
    for url in response.json()["authorizations"]:
        world.prove(client, url)
    csr = request_der(ec.generate_private_key(ec.SECP256R1()), issued.names)
    final = world.finalize(client, order_url, client.expect(200, order_url).json(), csr)
    require(final["status"] == "valid", f"the replacement became {final}")
    refused(replacing(world, client, issued.names[0], name), "alreadyReplaced", status=409)


@check("rfc9773-5-foreign-certificate-is-not-replaced", needs=("http",))
def foreign(world):
    """Neither another account nor an order without a common name replaces a certificate."""
    renewal_info(world)
    issued = world.issue()
    name = reference(issued.leaf)
    refused(replacing(world, world.client(), issued.names[0], name), "malformed", "unauthorized")
    refused(replacing(world, issued.client, world.name(), name), "malformed", "unauthorized")


@check("rfc9773-5-replaces-names-a-certificate")
def nonsense(world):
    """A replaces that is no reference, or one to nothing, is refused."""
    renewal_info(world)
    for wrong in ("", ".", "x", "EjRWeA.EjRWeA", "EjRWeA=.EjRWeA="):
        refused(replacing(world, world.account(), world.name(), wrong), "malformed")
