"""What the server does when it validates http-01 (RFC 8555 §8.3, RFC 9110 §15.4, Baseline Requirements 3.2.2.4.19)."""
from harness import check, refused, require
from responder import PREFIX, Answer

FAR_PORT = 59999  # no port on which BR 3.2.2.4.19 allows a validation


def key_authorization(client, challenge):
    return client.key.key_authorization(challenge["token"])


def fails_with(world, answer, *types, seconds=60):
    """The error of the failed challenge, of one of these types."""
    _, _, challenge = world.failed_authorization(answer, seconds)
    error = challenge.get("error", {})
    found = error.get("type", "").rpartition(":")[2]
    require(found in types, f"the error is {error}, expected {' or '.join(types)}")
    return error


def outcome(world, answer, client=None):
    """The final status of an authorization whose responder gives `answer(client, challenge)`."""
    client = client or world.account()
    _, _, authorization_url, _, challenge = world.pending(client)
    world.responder.serve(PREFIX + challenge["token"], answer(client, challenge))
    client.expect(200, challenge["url"], {})
    found = client.poll(authorization_url, lambda now: now["status"] != "pending").json()
    return found["status"], found, challenge


def redirecting(world, status, target):
    """An Answer that redirects to target(token), behind which the right body is."""

    def answer(client, challenge):
        path = "/moved/" + challenge["token"]
        world.responder.serve(path, Answer(key_authorization(client, challenge)))
        return Answer(status=status, headers=[("Location", target(challenge["token"]))])

    return answer


@check("rfc8555-8.3-request-is-a-get-for-the-name", needs=["http"])
def request(world):
    """The validator sends GET with the name in Host, to the well-known path."""
    client = world.account()
    _, order = world.ready(client)
    authorization = client.expect(200, order["authorizations"][0]).json()
    token = next(entry["token"] for entry in authorization["challenges"] if entry["type"] == "http-01")
    visits = world.responder.visits(PREFIX + token)
    require(visits, "nobody came")
    name = authorization["identifier"]["value"]
    for visit in visits:
        require(visit.method == "GET", f"the method is {visit.method}")
        require(visit.host in (name, f"{name}:{world.responder.port}"), f"Host is {visit.host!r}")


@check("rfc8555-6.1-validator-names-itself", needs=["http"])
def user_agent(world):
    """The validator sends a User-Agent, so that administrators know who came."""
    client = world.account()
    _, order = world.ready(client)
    authorization = client.expect(200, order["authorizations"][0]).json()
    token = next(entry["token"] for entry in authorization["challenges"] if entry["type"] == "http-01")
    require(world.responder.visits(PREFIX + token)[0].headers.get("User-Agent"), "no User-Agent")


@check("rfc8555-8.3-white-space-at-the-end-is-ignored", needs=["http"])
def white_space(world):
    """A body with line breaks and spaces behind the key authorization is right."""
    status, found, _ = outcome(world, lambda client, challenge: Answer(key_authorization(client, challenge) + "\r\n \n"))
    require(status == "valid", f"the authorization is {found}")


@check("rfc8555-8.3-body-with-more-behind-it-is-wrong", needs=["http"])
def longer(world):
    """Anything but white space behind the key authorization is wrong, as is anything before it."""
    fails_with(world, lambda client, challenge: Answer(key_authorization(client, challenge) + "x"), "unauthorized",
               "incorrectResponse")
    fails_with(world, lambda client, challenge: Answer(" " + key_authorization(client, challenge)), "unauthorized",
               "incorrectResponse")


@check("rfc8555-8.3-wrong-body-fails", needs=["http"])
def wrong(world):
    """Another text fails with unauthorized or incorrectResponse."""
    fails_with(world, Answer("something else"), "unauthorized", "incorrectResponse")


@check("rfc8555-8.3-empty-body-fails", needs=["http"])
def empty(world):
    """An empty body fails."""
    fails_with(world, Answer(""), "unauthorized", "incorrectResponse")


@check("rfc8555-8.3-token-alone-fails", needs=["http"])
def token_alone(world):
    """The token without the thumbprint of the account key fails."""
    fails_with(world, lambda client, challenge: Answer(challenge["token"]), "unauthorized", "incorrectResponse")
    fails_with(world, lambda client, challenge: Answer(challenge["token"] + "."), "unauthorized", "incorrectResponse")


@check("rfc8555-8.1-thumbprint-of-another-account-fails", needs=["http"])
def other_account(world):
    """The key authorization of another account key fails."""
    other = world.stranger()
    fails_with(world, lambda client, challenge: Answer(key_authorization(other, challenge)), "unauthorized",
               "incorrectResponse")


@check("rfc8555-8.3-status-404-fails", needs=["http"])
def missing(world):
    """404 fails with unauthorized or incorrectResponse, even if the body is right."""
    fails_with(world, lambda client, challenge: Answer(key_authorization(client, challenge), status=404),
               "unauthorized", "incorrectResponse")


@check("rfc8555-8.3-status-500-fails", needs=["http"])
def broken(world):
    """500 fails, even if the body is right."""
    fails_with(world, lambda client, challenge: Answer(key_authorization(client, challenge), status=500),
               "unauthorized", "incorrectResponse", "connection")


@check("rfc8555-8.3-huge-body-fails", needs=["http"])
def huge(world):
    """A body of 64 MiB is not read to its end."""
    fails_with(world, lambda client, challenge: Answer(key_authorization(client, challenge).encode() + b" " * 65536,
                                                       repeat=1024), "unauthorized", "incorrectResponse", "connection")


@check("rfc8555-8.3-silent-server-fails-in-time", needs=["http"], slow=True)
def hanging(world):
    """A web server that accepts and says nothing fails with connection within a minute."""
    fails_with(world, Answer("late", hang=50), "connection", "unauthorized", seconds=58)


@check("rfc8555-8.3-refused-connection-fails-with-connection", needs=["http", "dns"])
def connection_refused(world):
    """A name that leads to an address where nobody listens fails with connection."""
    client = world.account()
    name = world.name()
    world.dns("add-a", host=name, addresses=["127.0.0.2"])
    response = client.order(name)
    authorization = world.prove(client, response.json()["authorizations"][0])
    require(authorization["status"] == "invalid", f"the authorization is {authorization}")
    error = next(entry["error"] for entry in authorization["challenges"] if "error" in entry)
    require(error["type"].endswith(":connection"), f"the error is {error}")


@check("rfc8555-6.7-failing-dns-fails-with-dns", needs=["http", "dns"])
def dns_failure(world):
    """A name whose DNS answers SERVFAIL fails with dns."""
    client = world.account()
    name = world.name()
    world.dns("set-servfail", host=name)
    response = client.order(name)
    authorization = world.prove(client, response.json()["authorizations"][0])
    require(authorization["status"] == "invalid", f"the authorization is {authorization}")
    error = next(entry["error"] for entry in authorization["challenges"] if "error" in entry)
    require(error["type"].endswith(":dns"), f"the error is {error}")


def redirect_followed(status):
    def function(world):
        found, authorization, _ = outcome(world, redirecting(
            world, status, lambda token: f"http://other.{world.domain}:{world.responder.port}/moved/{token}"))
        require(found == "valid", f"the authorization is {authorization}")

    function.__doc__ = f"A {status} redirect to another host on the same port is followed."
    check(f"rfc8555-8.3-redirect-{status}-is-followed", needs=["http"])(function)


for _status in (301, 302, 307, 308):
    redirect_followed(_status)


@check("rfc8555-8.3-relative-redirect-is-followed", needs=["http"])
def relative(world):
    """A redirect to a path on the same host is followed."""
    found, authorization, _ = outcome(world, redirecting(world, 302, lambda token: f"/moved/{token}"))
    require(found == "valid", f"the authorization is {authorization}")


@check("br-3.2.2.4.19-redirect-to-another-port-is-refused", needs=["http"])
def port(world):
    """A redirect to a port that is no authorized port fails."""
    fails_with(world, redirecting(world, 302, lambda token: f"http://other.{world.domain}:{FAR_PORT}/moved/{token}"),
               "connection", "unauthorized", "incorrectResponse", "dns")


@check("br-3.2.2.4.19-redirect-to-another-scheme-is-refused", needs=["http"])
def scheme(world):
    """A redirect to ftp, file or nothing sensible fails."""
    for target in (f"ftp://other.{world.domain}/x", "file:///etc/hostname", "http://", "\x01", "gopher://x/"):
        fails_with(world, Answer(status=302, headers=[("Location", target)]), "connection", "unauthorized",
                   "incorrectResponse", "dns", "malformed")


@check("br-3.2.2.4.19-redirect-to-an-address-is-refused", needs=["http"])
def address(world):
    """A redirect to a bare IP address fails (BR 3.2.2.4.19 knows names only; RFC 8555 §10.4 warns of internal hosts)."""
    fails_with(world, redirecting(world, 302, lambda token: f"http://127.0.0.1:{world.responder.port}/moved/{token}"),
               "connection", "unauthorized", "incorrectResponse", "dns", "malformed")


@check("rfc9110-15.4-redirect-loop-ends", needs=["http"])
def loop(world):
    """A redirect to itself fails soon, after at most 20 visits."""
    _, _, challenge = world.failed_authorization(lambda client, challenge: Answer(
        status=302, headers=[("Location", f"{PREFIX}{challenge['token']}")]))
    visits = len(world.responder.visits(PREFIX + challenge["token"]))
    require(visits <= 60, f"it came {visits} times")


@check("br-3.2.2.4.19-other-redirect-statuses-are-refused", needs=["http"])
def other_statuses(world):
    """300, 303 and 304 are no redirects that a validation may follow."""
    for status in (300, 303, 304):
        fails_with(world, redirecting(world, status, lambda token: f"/moved/{token}"), "unauthorized",
                   "incorrectResponse", "connection")


@check("rfc8555-8.3-redirect-without-location-fails", needs=["http"])
def no_location(world):
    """302 without Location fails."""
    fails_with(world, Answer(status=302), "unauthorized", "incorrectResponse", "connection")


@check("rfc8555-8-failure-of-one-name-leaves-the-other-alone", needs=["http"])
def independent(world):
    """When one authorization of an order fails, the other keeps its own state."""
    client = world.account()
    response = client.order(world.name(), world.name())
    one, two = response.json()["authorizations"]
    require(world.prove(client, one)["status"] == "valid", "the first one is not valid")
    challenge = next(entry for entry in client.expect(200, two).json()["challenges"] if entry["type"] == "http-01")
    world.responder.serve(PREFIX + challenge["token"], Answer("wrong"))
    client.expect(200, challenge["url"], {})
    require(client.poll(two, lambda now: now["status"] != "pending").json()["status"] == "invalid", "the second one")
    require(client.expect(200, one).json()["status"] == "valid", "the first one has changed")
    order = client.expect(200, response.header("Location")).json()
    require(order["status"] == "invalid", f"the order is {order['status']}")
    refused(client.ask(order["finalize"], {"csr": "AAAA"}), "orderNotReady", status=403)
