"""Pre-authorization (RFC 8555 §7.4.1) and authorizations of subdomains (RFC 9444)."""
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
