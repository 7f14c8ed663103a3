"""Which names may be ordered (RFC 8555 §7.1.3, §7.4; RFC 1034 and 5890; Baseline Requirements 4.2.2)."""
from harness import Skip, answered, check, refused, require

REFUSALS = ("malformed", "rejectedIdentifier", "unsupportedIdentifier", "compound", "dns")


def ask(world, *names, kind="dns"):
    identifiers = [{"type": kind, "value": name} for name in names]
    return world.account().ask(world.directory["newOrder"], {"identifiers": identifiers})


def refused_name(clause, what, why, *names):
    """Registers a check that each of `names`, where {} is a good name, is refused."""

    def function(world):
        for name in names:
            refused(ask(world, name.format(world.name())), *REFUSALS)

    function.__doc__ = f"{what} is refused: {why}."
    check(clause)(function)


for _row in (
        ("rfc8555-7.1.3-trailing-dot-is-refused", "A trailing dot", "certificates name hosts without it", "{}."),
        ("rfc5890-2.3.1-underscore-is-refused", "An underscore", "host names are letters, digits and hyphens",
         "a_b.{}", "_dmarc.{}"),
        ("rfc1034-3.5-empty-label-is-refused", "An empty label", "labels have 1 to 63 octets", "a..{}", ".{}", "", "."),
        ("rfc1034-3.1-label-of-64-octets-is-refused", "A label of 64 octets", "labels have 1 to 63", "a" * 64 + ".{}"),
        ("rfc1034-3.1-name-of-254-octets-is-refused", "A name longer than 253 octets", "that is the limit of the DNS",
         ("a" * 60 + ".") * 4 + "{}"),
        ("rfc1034-3.5-hyphen-at-the-end-of-a-label-is-refused", "A label that begins or ends with a hyphen",
         "it is no host name", "-a.{}", "a-.{}"),
        ("rfc8555-7.1.3-control-characters-are-refused", "A name with NUL, newline, tab or space",
         "a string library would stop there", "a\0b.{}", "a\nb.{}", "a\tb.{}", "a b.{}", " {}", "{} ", "{}\0"),
        ("rfc8555-7.1.3-8-bit-names-are-refused", "A U-label", "names travel as A-labels",
         "b\u00fccher.{}", "\u4f8b.{}", "\uff41.{}"),
        ("br-4.2.2-single-label-is-refused", "A single label", "it is an internal name", "localhost", "www", "com"),
        ("rfc8555-7.1.3-ip-address-as-dns-is-refused", "An IP address of type dns", "it has a type of its own",
         "127.0.0.1", "192.0.2.1", "::1", "[::1]"),
        ("rfc8555-7.1.3-url-and-mail-address-are-refused", "A URL, a host with port, or a mail address",
         "it is no name", "https://{}", "{}:443", "user@{}", "{}/path"),
        ("rfc8555-7.1.3-misplaced-wildcard-is-refused", "A wildcard that is not the whole first label",
         "only *.name is defined", "a.*.{}", "*.*.{}", "a*.{}", "*a.{}", "**.{}", "*", "*."),
        ("br-4.2.2-reverse-zone-is-refused", "A name under in-addr.arpa or ip6.arpa", "reverse names are not certified",
         "1.2.0.192.in-addr.arpa", "1.0.ip6.arpa"),
        ("br-3.2.2.4-wildcard-of-a-public-suffix-is-refused", "A wildcard directly under a top-level domain",
         "nobody owns that", "*.com", "*.test"),
        ("rfc5890-2.3.2.1-broken-a-label-is-refused", "An xn-- label that decodes to nothing", "it is no A-label",
         "xn--.{}", "xn--a.{}", "xn--0.{}", "xn--" + "z" * 50 + ".{}")):
    refused_name(*_row)


@check("rfc5890-2.3.2.1-a-label-is-accepted")
def a_label(world):
    """A proper A-label is taken and echoed."""
    name = "xn--bcher-kva." + world.name()
    order = answered(ask(world, name), 201).json()
    require(order["identifiers"][0]["value"] == name, f"identifiers are {order['identifiers']}")


@check("rfc4343-2-upper-case-is-lower-case-or-refused")
def upper_case(world):
    """A name in capitals is folded or refused, never taken as another name."""
    name = world.name()
    response = ask(world, name.upper())
    if response.status == 201:
        require(response.json()["identifiers"] == [{"type": "dns", "value": name}], response.summary())
    else:
        refused(response, *REFUSALS)


@check("rfc8555-7.4-repeated-name-is-ordered-once")
def duplicates(world):
    """A name given twice makes one authorization (or is refused)."""
    name = world.name()
    response = ask(world, name, name)
    if response.status == 201:
        require(len(response.json()["authorizations"]) == 1, response.summary())
        require(len(response.json()["identifiers"]) == 1, response.summary())
    else:
        refused(response, *REFUSALS)


@check("rfc8555-7.1.3-unsupported-identifier-type-is-refused")
def unsupported_type(world):
    """A type that the server does not know gives unsupportedIdentifier."""
    for kind in ("no-such-type", "", "DNS"):
        refused(ask(world, world.name(), kind=kind), "unsupportedIdentifier", "malformed", status=400)
    refused(ask(world, world.name(), kind="no-such-type"), "unsupportedIdentifier", status=400)


@check("rfc8738-3-ip-identifier-is-served-or-refused")
def ip(world):
    """type ip is either served in canonical form or refused as unsupportedIdentifier or rejectedIdentifier."""
    response = ask(world, "192.0.2.7", kind="ip")
    if response.status == 201:
        require(response.json()["identifiers"] == [{"type": "ip", "value": "192.0.2.7"}], response.summary())
    else:
        refused(response, "unsupportedIdentifier", "rejectedIdentifier", status=400)


@check("rfc8738-3-malformed-ip-identifier-is-refused")
def bad_ip(world):
    """type ip with anything but an address is refused."""
    for text in ("192.0.2", "192.0.2.256", "192.0.2.1/24", "::g", "192.000.002.001", ""):
        refused(ask(world, text, kind="ip"), *REFUSALS)


@check("rfc8555-7.1.4-wildcard-order-is-served-well-or-refused")
def wildcard(world):
    """A wildcard's authorization says wildcard: true, names the domain without *. and offers no http-01; a server that
    has no method for wildcards refuses the order as rejectedIdentifier."""
    name = world.name()
    response = ask(world, "*." + name)
    if response.status != 201:
        refused(response, "rejectedIdentifier")
        return
    require(response.json()["identifiers"] == [{"type": "dns", "value": "*." + name}], response.summary())
    authorization = world.account().expect(200, response.json()["authorizations"][0]).json()
    require(authorization.get("wildcard") is True, f"wildcard is {authorization.get('wildcard')!r}")
    require(authorization["identifier"]["value"] == name, f"the identifier is {authorization['identifier']}")
    require(authorization["challenges"], "no challenge is offered")
    require("http-01" not in [challenge["type"] for challenge in authorization["challenges"]], "http-01 is offered")


def subproblems_of(world, *names):
    """The subproblems of a refused order, each proven to be one."""
    found = refused(ask(world, *names), *REFUSALS).get("subproblems") or []
    for entry in found:
        require(entry.get("type", "").startswith("urn:ietf:params:acme:error:") and entry.get("detail"), f"{entry}")
    return found


@check("rfc8555-6.7.1-one-subproblem-per-bad-name")
def subproblems(world):
    """Two names that are never certified, beside a good one, have a subproblem each, whose `identifier` is the name."""
    bad = ["1.2.0.192.in-addr.arpa", "2.2.0.192.in-addr.arpa"]
    found = subproblems_of(world, world.name(), *bad)
    named = sorted(entry.get("identifier", {}).get("value", "?") for entry in found)
    require(named == bad, f"subproblems are for {named}, expected {bad}")


@check("rfc8555-6.7.1-one-subproblem-per-malformed-name")
def malformed_subproblems(world):
    """Two names that are no names have a subproblem each, which says which of them it is about."""
    good = world.name()
    bad = ["a_b." + good, "a..b." + good]
    found = subproblems_of(world, good, *bad)
    require(len(found) == 2, f"{len(found)} subproblems: {found}")
    for name, entry in zip(bad, found):
        require(name in (entry.get("identifier", {}).get("value"), *entry["detail"].split('"')), f"{entry}")


@check("rfc8555-6.7.1-faults-of-different-kinds-are-told-together")
def mixed_subproblems(world):
    """A name that is none and a name that is never certified are both told in one reply."""
    good = world.name()
    bad = ["a_b." + good, "1.2.0.192.in-addr.arpa"]
    found = str(subproblems_of(world, good, *bad))
    for name in bad:
        require(name in found, f"{name} is not among {found}")


@check("rfc8555-6.7.1-bad-name-is-quoted")
def quoted(world):
    """The problem of a single bad name quotes it."""
    name = "a_b." + world.name()
    response = ask(world, name)
    refused(response, *REFUSALS)
    require(name in response.body.decode(), f"the name is not in {response.summary()}")


@check("rfc8555-7.4-refused-order-leaves-nothing-behind")
def nothing_left(world):
    """An order refused for one bad name makes no order for the good ones."""
    client = world.client()
    identifiers = [{"type": "dns", "value": name} for name in (world.name(), "a_b." + world.name())]
    refused(client.ask(world.directory["newOrder"], {"identifiers": identifiers}))
    url = client.expect(200, client.kid).json().get("orders")
    if not url:
        raise Skip("the account has no list of orders")
    require(client.expect(200, url).json()["orders"] == [], "an order was made")


@check("rfc8555-7.4-absurd-number-of-names-is-refused")
def too_many(world):
    """An order of 500 names is refused with a registered type, not with a fault."""
    base = world.name()
    response = ask(world, *(f"n{number}.{base}" for number in range(500)))
    if response.status == 201:
        require(len(response.json()["authorizations"]) == 500, "authorizations are missing")
    else:
        refused(response, "rejectedIdentifier", "malformed", "rateLimited")
