"""Problem documents and what is common to all replies (RFC 8555 §6.7, §7.1, RFC 9457)."""
from acme_client import b64url, flattened
from harness import REGISTERED_ERRORS, answered, check, refused, require

URN = "urn:ietf:params:acme:error:"


def refusals(world):
    """{what was wrong: reply}, one for each stage of handling a request."""
    client = world.client()
    order_url, order, authorization_url, _, challenge = world.pending(client)
    other = world.client()
    good = flattened(client.key, client.header(client.kid), b"")
    return {
        "body is not JSON": client.send(client.kid, b"{"),
        "content type": client.send(client.kid, good, content_type="text/plain"),
        "nonce": client.post(client.kid, nonce=b64url(b"never issued")),
        "algorithm": client.post(client.kid, alg="XX999"),
        "url": client.post(client.kid, url=client.kid + "x"),
        "method": world.transport.request("GET", client.kid),
        "foreign order": other.post(order_url),
        "foreign authorization": other.post(authorization_url),
        "foreign challenge": other.post(challenge["url"], {}),
        "identifiers": client.post(world.directory["newOrder"], {"identifiers": []}),
        "finalize too early": client.post(order["finalize"], {"csr": b64url(b"x")}),
        "unknown account": world.stranger().post(world.directory["newAccount"], {"onlyReturnExisting": True}),
        "garbage certificate": client.post(world.directory["revokeCert"], {"certificate": b64url(b"x")}),
    }


def each_problem(world):
    for what, response in refusals(world).items():
        require(400 <= response.status < 500, f"{what}: {response.summary()}")
        yield what, response, response.json()


@check("rfc8555-6.7-errors-are-problem-documents")
def media_type(world):
    """Every refusal is application/problem+json."""
    for what, response, _ in each_problem(world):
        require(response.media_type == "application/problem+json", f"{what}: {response.summary()}")


@check("rfc8555-6.7-error-types-are-registered")
def types(world):
    """The type of every refusal is an ACME error of the IANA registry."""
    for what, response, problem in each_problem(world):
        require(problem.get("type", "").startswith(URN), f"{what}: {response.summary()}")
        require(problem["type"][len(URN):] in REGISTERED_ERRORS, f"{what}: {problem['type']} is not registered")


@check("rfc8555-6.7-errors-have-a-detail")
def detail(world):
    """Every refusal says in words what was wrong."""
    for what, response, problem in each_problem(world):
        text = problem.get("detail")
        require(isinstance(text, str) and len(text) > 10, f"{what}: {response.summary()}")


@check("rfc9457-3.1.2-status-member-equals-the-status")
def status(world):
    """The status member, which some clients go by, is the HTTP status."""
    for what, response, problem in each_problem(world):
        require(problem.get("status") == response.status, f"{what}: {response.summary()}")


@check("rfc8555-6.7.1-identifier-is-not-at-the-top-level")
def top_identifier(world):
    """`identifier` belongs into subproblems only; `subproblems` is an array or absent, never null."""
    for what, response, problem in each_problem(world):
        require("identifier" not in problem, f"{what}: {response.summary()}")
        require(problem.get("subproblems", []) is not None, f"{what}: {response.summary()}")
        require(isinstance(problem.get("subproblems", []), list), f"{what}: {response.summary()}")


@check("error-details-give-nothing-internal-away")
def nothing_internal(world):
    """No paths, addresses of code or names of library calls in error texts."""
    for what, response, _ in each_problem(world):
        text = response.body.decode().lower()
        for sign in ("/home/", "/tmp/", "/usr/", ".cpp", ".go:", "exception", "openssl", "error:0", "lmdb"):
            require(sign not in text, f"{what}: {sign!r} in {response.summary()}")


@check("rfc8555-7.1-every-resource-links-the-index")
def index(world):
    """Replies of every resource but the directory name the directory in a Link."""
    client = world.client()
    order_url, _, authorization_url, _, challenge = world.pending(client)
    replies = [client.ask(client.kid), client.order(world.name()), client.ask(order_url),
               client.ask(authorization_url), client.ask(challenge["url"])]
    for response in replies:
        require(world.directory_url in response.links("index"), f"no index link: {response.summary()}")


@check("rfc8555-7.1-errors-link-the-index")
def index_on_errors(world):
    """So do error replies."""
    for what, response, _ in each_problem(world):
        require(world.directory_url in response.links("index"), f"{what}: no index link, {response.all('Link')}")


@check("rfc8555-6.3-get-on-post-only-resources-is-405-malformed")
def get(world):
    """A plain GET gives 405 with type malformed everywhere but at the directory and newNonce."""
    for what, url in world.post_only_resources(world.account()).items():
        response = world.transport.request("GET", url)
        require(response.status == 405, f"{what}: {response.summary()}")
        refused(response, "malformed")


@check("rfc8555-6.3-get-with-a-signed-body-is-no-way-in")
def get_with_body(world):
    """A GET that carries a good JWS as its body is refused as well."""
    client = world.account()
    body = flattened(client.key, client.header(client.kid), b"")
    response = world.transport.request("GET", client.kid, str(body).encode(), {"Content-Type": "application/jose+json"})
    require(response.status >= 400, response.summary())


@check("rfc9110-15.5.6-405-names-the-allowed-methods")
def allow(world):
    """405 carries an Allow field with POST in it."""
    response = answered(world.transport.request("GET", world.account().kid), 405)
    require("POST" in response.header("Allow", ""), f"Allow is {response.header('Allow')!r}")


@check("rfc8555-6.3-other-methods-are-refused")
def methods(world):
    """PUT, DELETE and PATCH are refused with a problem document."""
    for method in ("PUT", "DELETE", "PATCH"):
        for url in (world.directory["newOrder"], world.account().kid):
            response = world.transport.request(method, url, b"{}", {"Content-Type": "application/jose+json"})
            require(response.status in (405, 501), response.summary())
            require(response.media_type == "application/problem+json", response.summary())


@check("rfc8555-6.7-ids-of-nothing-are-404-problems")
def unknown_ids(world):
    """URLs that look like an order, an authorization, a challenge or a certificate but are none are refused as 404."""
    client = world.client()
    order_url, _, authorization_url, _, challenge = world.pending(client)
    for url in (order_url, authorization_url, challenge["url"]):
        stem, _, ending = url.rpartition("/")
        for wrong in ("A" * len(ending), "..", "%2e%2e", "*", "'", "A" * 3000):
            response = client.post(f"{stem}/{wrong}")
            require(response.status in (400, 403, 404, 405, 414, 431), response.summary())
            require(response.media_type == "application/problem+json", response.summary())


# WIR-03
@check("rfc9110-8.3-every-error-of-this-run-was-a-problem-document", last=True)
def whole_run(world):
    """Looking back at the run: no error reply was HTML, plain text or empty."""
    wrong = [seen for seen in world.observed if seen.status >= 400 and seen.method != "HEAD"
             and seen.media_type != "application/problem+json"]
    require(not wrong, f"{len(wrong)} replies, the first: {wrong[0].summary() if wrong else ''}")


@check("no-reply-of-this-run-was-a-server-error", last=True)
def no_faults(world):
    """Looking back at the run: nothing that was sent made the server answer 5xx."""
    wrong = [seen for seen in world.observed if seen.status >= 500]
    require(not wrong, f"{len(wrong)} replies, the first: {wrong[0].summary() if wrong else ''}")
