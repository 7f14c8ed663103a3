"""Short-term certificates that the server renews by itself (STAR, RFC 8739)."""
import datetime
import email.utils
import re
import time

from acme_client import b64url, certificates_in, request_der
from checks.order import dns, moment
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from harness import Skip, answered, check, refused, require

UTC = datetime.timezone.utc


def offer(world):
    if "auto-renewal" not in world.meta:
        raise Skip("the directory does not offer auto-renewal")
    return world.meta["auto-renewal"]


def lifetime(world):
    """A lifetime that takes the check no longer than it must."""
    least = max(offer(world)["min-lifetime"], 6)
    if least > 60:
        raise Skip(f"the shortest lifetime is {least} seconds")
    return least


def now():
    return datetime.datetime.now(UTC)


def ending(seconds):
    return (now() + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def wanted(world, seconds=None, **members):
    """The `auto-renewal` of a newOrder that ends in `seconds`."""
    term = max(offer(world)["min-lifetime"], 6)
    renewal = {"end-date": ending(seconds or min(20 * term, offer(world)["max-duration"] - 5)), "lifetime": term}
    renewal.update({name.replace("_", "-"): value for name, value in members.items()})
    return {name: value for name, value in renewal.items() if value is not None}


def ask(world, client, renewal, **members):
    return client.ask(world.directory["newOrder"], {"identifiers": dns(world.name()), "auto-renewal": renewal, **members})


class Star:
    """A valid order that renews itself."""

    def __init__(self, world, renewal):
        self.client, self.key = world.client(), ec.generate_private_key(ec.SECP256R1())
        name = world.name()
        response = self.client.order(name, **{"auto-renewal": renewal})
        self.order_url, order = response.header("Location"), response.json()
        for url in order["authorizations"]:
            require(world.prove(self.client, url)["status"] == "valid", "http-01 did not succeed")
        self.order = world.finalize(self.client, self.order_url, order, request_der(self.key, (name,)))
        require(self.order["status"] == "valid", f"the order became {self.order}")
        self.url = self.order.get("star-certificate", "")

    def fetch(self):
        return self.client.ask(self.url)

    def cancel(self):
        return self.client.ask(self.order_url, {"status": "canceled"})


def leaf_of(response):
    return certificates_in(answered(response, 200).body)[0]


def begin(leaf):
    return leaf.not_valid_before.replace(tzinfo=UTC)


def end(leaf):
    return leaf.not_valid_after.replace(tzinfo=UTC)


@check("rfc8739-3.2-meta-says-what-may-be-asked-for")
def described(world):
    """`auto-renewal` in meta has min-lifetime and max-duration as whole numbers, allow-certificate-get as a boolean."""
    found = offer(world)
    for name in ("min-lifetime", "max-duration"):
        require(type(found.get(name)) is int and found[name] > 0, f"{name} is {found.get(name)!r}")
    require(type(found.get("allow-certificate-get", False)) is bool, f"meta is {found}")


@check("rfc8739-3.1.1-auto-renewal-is-reflected")
def reflected(world):
    """newOrder answers with end-date and lifetime, and without the two times of other orders."""
    renewal = wanted(world)
    order = answered(ask(world, world.account(), renewal), 201).json()
    shown = order.get("auto-renewal", {})
    require(moment(shown.get("end-date")) <= moment(renewal["end-date"]), f"auto-renewal is {shown}")
    require(type(shown.get("lifetime")) is int, f"auto-renewal is {shown}")
    require("notBefore" not in order and "notAfter" not in order, f"the order is {order}")
    require("star-certificate" not in order, "there is a certificate before there is proof")


@check("rfc8739-3.1.1-times-beside-auto-renewal-are-400-malformed")
def beside(world):
    """notBefore or notAfter beside `auto-renewal` is malformed, 400."""
    for name in ("notBefore", "notAfter"):
        refused(ask(world, world.account(), wanted(world), **{name: ending(3600)}), "malformed", status=400)


@check("rfc8739-3.1.1-auto-renewal-is-read-strictly")
def strict(world):
    """Without end-date or lifetime, or with values of another type, it is refused."""
    for wrong in ({}, wanted(world, lifetime="86400"), wanted(world, lifetime=0), wanted(world, end_date="tomorrow"),
                  wanted(world, allow_certificate_get="yes"), wanted(world, lifetime_adjust=-1)):
        refused(ask(world, world.account(), wrong), "malformed", status=400)
    for name in ("end-date", "lifetime"):
        missing = wanted(world)
        del missing[name]
        refused(ask(world, world.account(), missing), "malformed", status=400)


@check("rfc8739-3.2-limits-of-the-directory-are-kept")
def limits(world):
    """A lifetime below min-lifetime, and an end beyond max-duration, are refused or brought within."""
    least, longest = offer(world)["min-lifetime"], offer(world)["max-duration"]
    for renewal in (wanted(world, lifetime=least - 1), wanted(world, seconds=longest + 3600)):
        response = ask(world, world.account(), renewal)
        if response.status != 201:
            refused(response)
            continue
        shown = response.json()["auto-renewal"]
        require(shown["lifetime"] >= least, f"auto-renewal is {shown}")
        require(moment(shown["end-date"]) <= now() + datetime.timedelta(seconds=longest + 60), f"auto-renewal is {shown}")


@check("rfc8739-3.1.1-star-certificate-stands-in-place-of-certificate", needs=("http",))
def in_place(world):
    """A valid order has `star-certificate`, which POST-as-GET answers with a chain for the names and the key."""
    star = Star(world, wanted(world))
    require(star.url.startswith("https://") and "certificate" not in star.order, f"the order is {star.order}")
    response = answered(star.fetch(), 200)
    require(response.media_type == "application/pem-certificate-chain", f"Content-Type is {response.media_type}")
    same = [key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            for key in (leaf_of(response).public_key(), star.key.public_key())]
    require(same[0] == same[1], "the certificate is for another key")
    star.cancel()


@check("rfc8739-3.3-header-fields-are-those-of-the-certificate", needs=("http",))
def fields(world):
    """Cert-Not-Before and Cert-Not-After are HTTP dates, and those inside the certificate."""
    star = Star(world, wanted(world))
    response = star.fetch()
    leaf = leaf_of(response)
    for name, inside in (("Cert-Not-Before", begin(leaf)), ("Cert-Not-After", end(leaf))):
        if response.header(name) is None:
            raise Skip(f"there is no {name}")
        require(response.header(name) == email.utils.format_datetime(inside, usegmt=True),
                f"{name} is {response.header(name)}, inside is {inside}")
    star.cancel()


@check("rfc8739-3.3-next-certificate-is-there-and-valid-before-the-last-ends", needs=("http",), slow=True)
def rolling(world):
    """Through several lifetimes every answer is a certificate that is valid then, and none ends after end-date."""
    term = lifetime(world)
    star = Star(world, wanted(world, seconds=5 * term))
    last = moment(star.order["auto-renewal"]["end-date"])
    serials = []
    while now() < last - datetime.timedelta(seconds=1):
        before = now() + datetime.timedelta(seconds=1)
        response = star.fetch()
        if now() >= last:
            break
        leaf = leaf_of(response)
        require(begin(leaf) <= before and before <= end(leaf) + datetime.timedelta(seconds=1),
                f"it is {before}, the certificate is from {begin(leaf)} to {end(leaf)}")
        require(end(leaf) <= last, f"a certificate ends at {end(leaf)}, the order at {last}")
        if leaf.serial_number not in serials:
            serials.append(leaf.serial_number)
        time.sleep(term / 12)
    require(len(serials) >= 3, f"there were {len(serials)} certificates in five lifetimes")


@check("rfc8739-3.3-expired-order-is-403-autorenewalexpired", needs=("http",), slow=True)
def expired(world):
    """After end-date the certificate is refused with 403 autoRenewalExpired, and the order stays valid."""
    star = Star(world, wanted(world, seconds=lifetime(world)))
    wait = (moment(star.order["auto-renewal"]["end-date"]) - now()).total_seconds()
    time.sleep(max(wait, 0) + 2)
    refused(star.fetch(), "autoRenewalExpired", status=403)
    require(star.client.expect(200, star.order_url).json()["status"] == "valid", "the order is not valid any more")


@check("rfc8739-3.1.2-canceled-order-is-canceled-and-gives-no-certificate", needs=("http",))
def canceled(world):
    """After the cancellation the status is `canceled`, with `expires`, and the certificate is 403 autoRenewalCanceled."""
    star = Star(world, wanted(world))
    order = answered(star.cancel(), 200).json()
    require(order["status"] == "canceled" and moment(order.get("expires")), f"the order is {order}")
    require(star.client.expect(200, star.order_url).json()["status"] == "canceled", "the order is not canceled")
    refused(star.fetch(), "autoRenewalCanceled", status=403)


@check("rfc8739-3.1.2-only-valid-orders-are-canceled", needs=("http",))
def cancellation(world):
    """Cancelling an order that is pending, or canceled already, is 400 autoRenewalCancellationInvalid."""
    client = world.account()
    pending = answered(ask(world, client, wanted(world)), 201).header("Location")
    refused(client.ask(pending, {"status": "canceled"}), "autoRenewalCancellationInvalid", status=400)
    require(client.expect(200, pending).json()["status"] == "pending", "the order is not pending any more")
    star = Star(world, wanted(world))
    answered(star.cancel(), 200)
    refused(star.cancel(), "autoRenewalCancellationInvalid", status=400)


@check("rfc8739-3.1.2-revocation-is-403-autorenewalrevocationnotsupported", needs=("http",))
def revocation(world):
    """revokeCert refuses a certificate that renews itself, to its account and to its key."""
    star = Star(world, wanted(world))
    der = leaf_of(star.fetch()).public_bytes(serialization.Encoding.DER)
    response = star.client.ask(world.directory["revokeCert"], {"certificate": b64url(der)})
    refused(response, "autoRenewalRevocationNotSupported", status=403)
    star.cancel()


@check("rfc8739-3.4-agreed-orders-are-read-without-a-signature", needs=("http",))
def unauthenticated(world):
    """Where the order has allow-certificate-get, GET and HEAD answer as POST-as-GET does, and caches may not keep it
    beyond its end."""
    if not offer(world).get("allow-certificate-get"):
        raise Skip("the directory does not offer allow-certificate-get")
    star = Star(world, wanted(world, allow_certificate_get=True))
    require(star.order["auto-renewal"].get("allow-certificate-get") is True, f"the order is {star.order}")
    response = world.transport.request("GET", star.url)
    left = (end(leaf_of(response)) - now()).total_seconds()
    fresh = re.search(r"max-age=(\d+)", response.header("Cache-Control", ""))
    require(fresh is None or int(fresh[1]) <= left + 2, f"Cache-Control is {response.header('Cache-Control')}, {left} s are left")
    answered(world.transport.request("HEAD", star.url), 200)
    leaf_of(star.fetch())
    answered(star.cancel(), 200)
    refused(world.transport.request("GET", star.url), "autoRenewalCanceled", status=403)


@check("rfc8739-3.4-other-orders-are-not-read-without-a-signature", needs=("http",))
def closed(world):
    """Without allow-certificate-get a GET is refused, and so is a POST-as-GET of another account."""
    star = Star(world, wanted(world))
    refused(world.transport.request("GET", star.url))
    refused(world.account().ask(star.url))
    leaf_of(star.fetch())
    star.cancel()
