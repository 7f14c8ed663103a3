"""Pre-authorization (RFC 8555 §7.4.1) and authorizations of subdomains (RFC 9444)."""
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from acme_client import request_der
from checks.dns_validation import attempted, digest, dns_01, publish
from harness import Skip, answered, check, refused, require


def new_authz(world, client, value, **members):
    if "newAuthz" not in world.directory:
        raise Skip("the directory has no newAuthz")
    return client.ask(world.directory["newAuthz"], {"identifier": {"type": "dns", "value": value, **members}})


@check("rfc8555-7.4.1-new-authz-is-201-with-location")
def created(world):
    """A new authorization is pending, for the identifier asked for, at its Location."""
    client, name = world.account(), world.name()
    response = answered(new_authz(world, client, name), 201)
    made = response.json()
    require(made["status"] == "pending", f"status is {made['status']}")
    require(made["identifier"] == {"type": "dns", "value": name}, f"identifier is {made['identifier']}")
    require(made["challenges"], "no challenges")
    found = client.expect(200, response.header("Location")).json()
    require(found["identifier"] == made["identifier"], f"Location leads to {found}")


@check("rfc8555-7.4.1-pre-authorization-counts-for-an-order", needs=("http",))
def counts(world):
    """An order for a name that was authorized ahead is ready."""
    client, name = world.client(), world.name()
    url = answered(new_authz(world, client, name), 201).header("Location")
    require(world.prove(client, url)["status"] == "valid", "http-01 did not succeed")
    order = client.order(name).json()
    require(order["status"] == "ready", f"the order is {order['status']}")
    require(order["authorizations"] == [url], f"its authorizations are {order['authorizations']}")


@check("rfc8555-7.4.1-existing-authorization-is-200", needs=("http",))
def existing(world):
    """Whoever asks for an authorization that is valid gets it again (200) or a new one (201)."""
    client, name = world.client(), world.name()
    url = answered(new_authz(world, client, name), 201).header("Location")
    world.prove(client, url)
    again = answered(new_authz(world, client, name), 200, 201)
    require((again.status == 200) == (again.header("Location") == url), f"got {again.summary()}")


@check("rfc8555-7.4.1-wildcards-are-not-authorized-ahead")
def wildcard(world):
    """A wildcard never stands in an authorization, so newAuthz refuses it."""
    refused(new_authz(world, world.account(), "*." + world.name()))


@check("rfc8555-7.4.1-new-authz-judges-the-name")
def judged(world):
    """What newOrder would refuse is refused here too."""
    client = world.account()
    for wrong in ("under_score." + world.domain, "", "a..b", "-a." + world.domain, "1.2.0.192.in-addr.arpa"):
        refused(new_authz(world, client, wrong))
    if "newAuthz" in world.directory:
        refused(client.ask(world.directory["newAuthz"], {"identifier": {"type": "x", "value": world.name()}}),
                "unsupportedIdentifier")
        refused(client.ask(world.directory["newAuthz"], {}), "malformed")


@check("rfc9444-4.1-subdomain-flag-is-true-or-absent")
def flag(world):
    """Whatever is asked for, subdomainAuthAllowed is only there where policy allows it, and then it is true."""
    client, name = world.account(), world.name()
    made = answered(new_authz(world, client, name, subdomainAuthAllowed=True), 201).json()
    offered = world.meta.get("subdomainAuthAllowed", False)
    require(made.get("subdomainAuthAllowed", False) in ((True, False) if offered else (False,)),
            f"the directory says {offered}, the authorization {made}")


@check("rfc9444-4.3-ancestor-must-hold-the-name")
def ancestor(world):
    """An ancestorDomain that does not hold the name is refused, or not looked at by a server without RFC 9444."""
    client, name = world.account(), world.name()
    if not world.meta.get("subdomainAuthAllowed"):
        raise Skip("the directory does not offer subdomainAuthAllowed")
    for wrong in (name, "x." + name, "other." + world.domain, name[1:]):
        refused(client.ask(world.directory["newOrder"],
                           {"identifiers": [{"type": "dns", "value": name, "ancestorDomain": wrong}]}))


def under_ancestor(world, client, ancestor, *names):
    """(order URL, authorization URL) of a new order for `names` under `ancestor`, which dns-01 has proven."""
    if not world.meta.get("subdomainAuthAllowed"):
        raise Skip("the directory does not offer subdomainAuthAllowed")
    wanted = [{"type": "dns", "value": name, "ancestorDomain": ancestor} for name in names]
    response = answered(client.ask(world.directory["newOrder"], {"identifiers": wanted}), 201)
    authorizations = response.json()["authorizations"]
    require(len(authorizations) == 1, f"{len(authorizations)} authorizations for one ancestor")
    found = client.expect(200, authorizations[0]).json()
    require(found["identifier"] == {"type": "dns", "value": ancestor}, f"identifier is {found['identifier']}")
    require(found.get("subdomainAuthAllowed") is True, f"the authorization is {found}")
    types = {challenge["type"] for challenge in found["challenges"]}
    require(not types & {"http-01", "tls-alpn-01"}, f"one host cannot speak for others: {types}")
    challenge = dns_01(found)
    publish(world, ancestor, digest(client, challenge))
    ended = attempted(world, client, authorizations[0], challenge)
    require(ended["status"] == "valid", f"the authorization is {ended}")
    return response.header("Location"), authorizations[0]


def finalized(world, client, order_url, *names):
    order = client.expect(200, order_url).json()
    require(order["status"] == "ready", f"the order is {order['status']}")
    return world.finalize(client, order_url, order, request_der(ec.generate_private_key(ec.SECP256R1()), names))


@check("rfc9444-4.3-ancestor-proven-by-dns-01-gives-certificates-for-its-subdomains", needs=("dns",))
def subdomains(world):
    """One dns-01 at the ancestorDomain is enough for all names under it, in this order and in later ones."""
    client, ancestor = world.client(), world.name()
    names = (f"a.b.{ancestor}", f"c.{ancestor}")
    order_url, authorization = under_ancestor(world, client, ancestor, *names)
    final = finalized(world, client, order_url, *names)
    require(final["status"] == "valid", f"the order is {final}")
    leaf = x509.load_pem_x509_certificate(client.expect(200, final["certificate"]).body)
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    require(sorted(found) == sorted(names), f"the certificate is for {found}")
    later = answered(client.order("d." + ancestor), 201).json()
    require(later["status"] == "pending" or later["authorizations"] == [authorization], f"the next order is {later}")
    stranger = answered(world.client().order("d." + ancestor), 201).json()
    require(stranger["status"] == "pending", "it counts for another account")


@check("rfc8659-3-caa-of-a-name-under-a-proven-ancestor-counts", needs=("dns",))
def caa_of_subdomain(world):
    """What CAA permits at the ancestor does not permit a name that has other records."""
    client, ancestor = world.client(), world.name()
    name = "a." + ancestor
    world.dns("add-caa", host=name, policies=[{"tag": "issue", "value": "other.example"}])
    order_url, _ = under_ancestor(world, client, ancestor, name)
    final = finalized(world, client, order_url, name)
    require(final["status"] == "invalid", f"the order is {final}")
    require(final["error"]["type"] == "urn:ietf:params:acme:error:caa", f"the error is {final['error']}")
