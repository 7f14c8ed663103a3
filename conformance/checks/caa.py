"""Whether CAA records are obeyed (RFC 8659, RFC 8657, Baseline Requirements 4.2.2.1). A server may look when it validates
or when it is asked to issue, so each check goes as far as it takes."""
from cryptography.hazmat.primitives.asymmetric import ec

from acme_client import request_der
from checks.dns_validation import attempted, digest, dns_01, publish
from harness import Skip, answered, check, http_01, require


def identity(world):
    """A name by which CAA records mean this server."""
    names = world.meta.get("caaIdentities")
    if not names:
        raise Skip("the directory has no caaIdentities")
    return names[0]


def proven(world, client, name, method):
    """(order URL, authorization) after an attempt by `method`."""
    response = answered(client.order(name), 201)
    url = response.json()["authorizations"][0]
    offered = client.expect(200, url).json()
    if method == "http-01":
        world.provision(client, http_01(offered))
        return response.header("Location"), attempted(world, client, url, http_01(offered))
    publish(world, name.removeprefix("*."), digest(client, dns_01(offered)))
    return response.header("Location"), attempted(world, client, url, dns_01(offered))


def verdict(world, name, client=None, method="http-01"):
    """None if a certificate for `name` is issued, else the error of what failed."""
    client = client or world.account()
    order_url, authorization = proven(world, client, name, method)
    if authorization["status"] != "valid":
        return next(entry["error"] for entry in authorization["challenges"] if "error" in entry)
    order = client.expect(200, order_url).json()
    final = world.finalize(client, order_url, order, request_der(ec.generate_private_key(ec.SECP256R1()), (name,)))
    return None if final["status"] == "valid" else final["error"]


def set_caa(world, host, *records):
    world.dns("add-caa", host=host, policies=[{"tag": tag, "value": value} for tag, value in records])


def permits(world, name, **options):
    error = verdict(world, name, **options)
    require(error is None, f"it is refused: {error}")


def forbids(world, name, **options):
    error = verdict(world, name, **options)
    require(error is not None, "a certificate was issued")
    types = {error["type"]} | {entry["type"] for entry in error.get("subproblems", [])}
    require("urn:ietf:params:acme:error:caa" in types, f"the error is {error}")
    return error


@check("rfc8659-4.2-issue-for-this-ca-permits", needs=["http", "dns"])
def ours(world):
    """issue with an identity of the directory permits, in any case and beside others."""
    name = world.name()
    set_caa(world, name, ("issue", "other.example"), ("issue", f" {identity(world).upper()} ; policy=x"))
    permits(world, name)


@check("rfc8659-3-no-caa-permits", needs=["http", "dns"])
def nothing(world):
    """A name without CAA, and one with properties that restrict nothing, may be certified."""
    name = world.name()
    set_caa(world, name, ("iodef", "mailto:security@other.example"), ("tbs", "unknown"))
    permits(world, name)


@check("rfc8659-4.2-issue-for-another-ca-forbids", needs=["http", "dns"])
def theirs(world):
    """issue that names another CA forbids, with the error type caa."""
    name = world.name()
    set_caa(world, name, ("issue", "other.example"))
    forbids(world, name)


@check("rfc8659-4.2-empty-issue-forbids", needs=["http", "dns"])
def nobody(world):
    """issue with an empty issuer forbids everybody."""
    for value in (";", "", " ", "; a=b"):
        name = world.name()
        set_caa(world, name, ("issue", value))
        forbids(world, name)


@check("rfc8659-4.2-malformed-issue-forbids", needs=["http", "dns"])
def malformed(world):
    """A value that does not match the grammar is as good as an empty one, also if our name is in it."""
    ours = identity(world)
    for value in ("%%%%%", f"{ours}.", f"{ours} x", f"{ours}; a", f"{ours}; a=b c", f"{ours}; a=b;", f"{ours},x"):
        name = world.name()
        set_caa(world, name, ("issue", value))
        forbids(world, name)


@check("rfc8659-3-parents-are-asked", needs=["http", "dns"])
def climb(world):
    """Without records of its own a name is under those of the nearest parent that has some."""
    parent = world.name()
    set_caa(world, parent, ("issue", "other.example"))
    forbids(world, "a.b." + parent)


@check("rfc8659-3-the-nearest-record-set-counts", needs=["http", "dns"])
def nearest(world):
    """Records of the name itself hide those of its parent, also if they restrict nothing."""
    parent = world.name()
    set_caa(world, parent, ("issue", "other.example"))
    set_caa(world, "a." + parent, ("issue", identity(world)))
    set_caa(world, "b." + parent, ("iodef", "mailto:security@other.example"))
    permits(world, "a." + parent)
    permits(world, "b." + parent)


@check("br-4.2.2.1-failing-caa-look-up-forbids", needs=["http", "dns"])
def failing(world):
    """A CAA look-up at a parent that ends in SERVFAIL is no permission."""
    parent = world.name()
    world.dns("set-servfail", host=parent)
    error = verdict(world, "a." + parent)
    require(error is not None, "a certificate was issued")


@check("rfc8659-4.3-issuewild-is-for-wildcards", needs=["http", "dns"])
def wild(world):
    """issuewild decides for the wildcard and says nothing of the name."""
    name = world.name()
    set_caa(world, name, ("issue", identity(world)), ("issuewild", ";"))
    permits(world, name)
    forbids(world, "*." + name, method="dns-01")
    other = world.name()
    set_caa(world, other, ("issue", ";"), ("issuewild", identity(world)))
    permits(world, "*." + other, method="dns-01")
    forbids(world, other)


@check("rfc8659-4.3-issue-is-for-wildcards-without-issuewild", needs=["dns"])
def wild_by_issue(world):
    """Without issuewild a wildcard is under issue."""
    name = world.name()
    set_caa(world, name, ("issue", "other.example"))
    forbids(world, "*." + name, method="dns-01")


@check("rfc8657-3-accounturi-of-the-account-permits", needs=["http", "dns"])
def account(world):
    """accounturi that is the URL of the account permits it."""
    client = world.account()
    name = world.name()
    set_caa(world, name, ("issue", f"{identity(world)}; accounturi={client.kid}"))
    permits(world, name, client=client)


@check("rfc8657-3-other-accounturi-forbids", needs=["http", "dns"])
def other_account(world):
    """accounturi of another account, of nobody, or twice forbids."""
    client = world.account()
    stranger = world.client()
    for value in (f"accounturi={stranger.kid}", "accounturi=", "accounturi=x",
                  f"accounturi={client.kid}; accounturi={client.kid}"):
        name = world.name()
        set_caa(world, name, ("issue", f"{identity(world)}; {value}"))
        forbids(world, name, client=client)


@check("rfc8657-4-validationmethods-limits-the-method", needs=["http", "dns"])
def methods(world):
    """validationmethods permits the methods that it lists and no others."""
    for method, judge in (("dns-01", permits), ("http-01", forbids)):
        name = world.name()  # for another one, because what is proven may count again
        set_caa(world, name, ("issue", f"{identity(world)}; validationmethods=x-1,dns-01"))
        judge(world, name, method=method)


@check("rfc8657-4-malformed-validationmethods-forbids", needs=["http", "dns"])
def malformed_methods(world):
    """A list that does not match the grammar permits nothing."""
    for value in ("", ",", "http-01,", ",http-01", "http_01", "http-01,*"):
        name = world.name()
        set_caa(world, name, ("issue", f"{identity(world)}; validationmethods={value}"))
        forbids(world, name)
