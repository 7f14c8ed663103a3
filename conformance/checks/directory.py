"""The directory (RFC 8555 §7.1.1)."""
import socket
import ssl
import urllib.parse

from harness import Skip, answered, check, refused, require


def is_url(text):
    return isinstance(text, str) and bool(urllib.parse.urlsplit(text).scheme)


@check("rfc8555-7.1.1-directory-is-served-to-a-plain-get")
def plain_get(world):
    """The directory is a JSON object, served to an unauthenticated GET."""
    response = answered(world.transport.request("GET", world.directory_url), 200)
    require(isinstance(response.json(), dict), "the directory is not a JSON object")


# WIR-13
@check("interop-directory-media-type-is-application-json")
def media_type(world):
    """Success bodies are application/json: acme.sh normalises JSON of exactly that type only."""
    found = world.transport.request("GET", world.directory_url).header("Content-Type", "")
    require(found == "application/json" or found.startswith("application/json;"), f"Content-Type is {found!r}")


@check("rfc8555-7.1.1-directory-has-the-required-resources")
def required_resources(world):
    """newNonce, newAccount, newOrder and revokeCert are there."""
    for name in ("newNonce", "newAccount", "newOrder", "revokeCert"):
        require(name in world.directory, f"{name} is missing")


@check("rfc8555-7.1.1-directory-offers-key-change")
def key_change(world):
    """keyChange is there, so that an account can get a new key (§7.3.5)."""
    require("keyChange" in world.directory, "keyChange is missing")


@check("rfc8555-7.1.1-directory-values-are-absolute-https-urls")
def absolute_urls(world):
    """Every resource is an absolute https URL on the host of the directory."""
    home = urllib.parse.urlsplit(world.directory_url)
    for name, value in world.directory.items():
        if name == "meta" or not isinstance(value, str):
            continue
        parts = urllib.parse.urlsplit(value)
        if name.startswith("new") or name in ("revokeCert", "keyChange"):
            require((parts.scheme, parts.netloc) == ("https", home.netloc), f"{name} is {value!r}")


@check("rfc8555-7.1.1-directory-resources-differ")
def distinct(world):
    """No two resources share a URL."""
    urls = [value for name, value in world.directory.items() if name != "meta"]
    require(len(set(map(str, urls))) == len(urls), f"duplicates in {urls}")


@check("rfc8555-7.1.1-directory-omits-new-authz-or-serves-it")
def new_authz(world):
    """newAuthz is listed only if pre-authorization works: a listed one does not answer 404."""
    if "newAuthz" not in world.directory:
        return
    client = world.account()
    response = client.ask(world.directory["newAuthz"], {"identifier": {"type": "dns", "value": world.name()}})
    require(response.status not in (404, 405, 500, 501), response.summary())


@check("rfc8555-7.1.1-meta-members-have-their-types")
def meta_types(world):
    """termsOfService and website are URLs, caaIdentities host names, externalAccountRequired a boolean."""
    require(isinstance(world.meta, dict), f"meta is {world.meta!r}")
    for name in ("termsOfService", "website"):
        require(name not in world.meta or is_url(world.meta[name]), f"{name} is {world.meta.get(name)!r}")
    identities = world.meta.get("caaIdentities", [])
    require(isinstance(identities, list), f"caaIdentities is {identities!r}")
    for identity in identities:
        require(isinstance(identity, str) and "/" not in identity and identity == identity.lower(),
                f"{identity!r} is not a host name")
    require(world.meta.get("externalAccountRequired", False) in (True, False), "externalAccountRequired")


# WIR-20
@check("rfc8555-7.3.4-external-account-required-is-truthful")
def truthful_eab(world):
    """Without externalAccountRequired in meta, an account needs no binding."""
    if world.meta.get("externalAccountRequired"):
        raise Skip("the server requires external accounts")
    answered(world.stranger().register(), 201)


@check("draft-profiles-meta-profiles-maps-names-to-text")
def profiles(world):
    """meta.profiles is an object of human-readable strings."""
    if "profiles" not in world.meta:
        raise Skip("the server offers no profiles")
    for name, text in world.meta["profiles"].items():
        require(isinstance(text, str) and text, f"profile {name!r} is described as {text!r}")


@check("interop-a-profile-has-a-directory-of-its-own")
def profile_directory(world):
    """For clients that cannot send "profile": that directory's newOrder chooses it, and refuses another."""
    head, slash, last = world.directory_url.rpartition("/")
    if "profiles" not in world.meta:
        raise Skip("the server offers no profiles")
    for profile in world.meta["profiles"]:
        response = world.transport.request("GET", f"{head}/p/{profile}{slash}{last}")
        if response.status == 404:
            raise Skip("the server has no directories of profiles")
        new_order = answered(response, 200).json()["newOrder"]
        require(new_order != world.directory["newOrder"], "its newOrder is the common one")
        wanted = {"identifiers": [{"type": "dns", "value": world.name()}]}
        order = answered(world.account().ask(new_order, wanted), 201, 403)
        require(order.status == 403 or order.json().get("profile") == profile, order.summary())
        refused(world.account().ask(new_order, {**wanted, "profile": "another"}), "invalidProfile", status=400)
        refused(world.account().post(new_order, wanted, url=world.directory["newOrder"]), "unauthorized")


@check("rfc8555-6.3-directory-answers-post-as-get")
def post_as_get(world):
    """The directory answers POST-as-GET in addition to GET."""
    client = world.account()
    response = answered(client.ask(world.directory_url), 200)
    require("newNonce" in response.json(), "the reply is not the directory")


@check("rfc8555-6.1-tls-1.2-is-spoken")
def tls_1_2(world):
    """A client that speaks nothing above TLS 1.2 is served."""
    require(negotiated(world, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2) == "TLSv1.2", "TLS 1.2 is refused")


@check("rfc8555-6.1-tls-1.3-is-spoken")
def tls_1_3(world):
    """TLS 1.3 is chosen when the client offers it."""
    require(negotiated(world, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3) == "TLSv1.3", "TLS 1.3 is not chosen")


@check("rfc9325-3.1.1-tls-1.0-and-1.1-are-refused")
def old_tls(world):
    """A client that offers at most TLS 1.1 is turned away."""
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        found = negotiated(world, version, version)
        require(found is None, f"{found} is spoken")


def negotiated(world, lowest, highest):
    """The version agreed on, or None."""
    parts = urllib.parse.urlsplit(world.directory_url)
    context = ssl.create_default_context(cafile=world.ca_file)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = lowest, highest
    try:
        with socket.create_connection((parts.hostname, parts.port or 443), timeout=10) as plain:
            with context.wrap_socket(plain, server_hostname=parts.hostname) as secured:
                return secured.version()
    except (ssl.SSLError, ConnectionResetError):
        return None


@check("path-variants-of-a-resource-are-not-the-resource")
def path_variants(world):
    """Other spellings of the newNonce path (trailing slash, dots, escapes, case) never answer as newNonce."""
    parts = urllib.parse.urlsplit(world.directory["newNonce"])
    path = parts.path
    escaped = path[:-1] + f"%{ord(path[-1]):02x}"
    for variant in (path + "/", "/." + path, "/x/.." + path, "/" + path, escaped, path + ";x", path + "%00",
                    path.upper(), path + "/x"):
        url = urllib.parse.urlunsplit(parts._replace(path="")) + variant
        response = world.transport.request("GET", url)
        require(response.status >= 300, f"{variant!r} was answered as newNonce: {response.summary()}")


@check("rfc9457-3-unknown-resource-is-a-404-problem")
def unknown_resource(world):
    """A path that is nothing gives 404 with a problem document."""
    base = urllib.parse.urlsplit(world.directory_url)
    response = world.transport.request("GET", f"{base.scheme}://{base.netloc}/no/such/resource")
    answered(response, 404)
    require(response.media_type == "application/problem+json", f"the body is {response.media_type}")


@check("rfc8555-6.3-directory-refuses-other-methods")
def other_methods(world):
    """DELETE and PUT on the directory are refused."""
    for method in ("DELETE", "PUT", "PATCH"):
        response = world.transport.request(method, world.directory_url)
        require(response.status in (404, 405, 501), f"{method}: {response.summary()}")
