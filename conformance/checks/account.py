"""Accounts (RFC 8555 §7.1.2, §7.3)."""
import concurrent.futures

from acme_client import Client
from harness import Skip, answered, check, refused, require


def new_account(world, client, **members):
    return client.ask(world.directory["newAccount"], members)


@check("rfc8555-7.3-new-account-is-201-with-location")
def created(world):
    """A new account gives 201, its URL in Location, and status valid."""
    response = answered(world.stranger().register(), 201)
    require(response.header("Location", "").startswith("https://"), "no Location")
    require(response.json().get("status") == "valid", response.summary())


@check("rfc8555-7.1.2-account-has-an-orders-url")
def orders_member(world):
    """The account object names its list of orders."""
    response = world.stranger().register()
    require(response.json().get("orders", "").startswith("https://"), response.summary())


@check("rfc8555-7.3-contact-is-kept")
def contact(world):
    """Contacts given at registration are in the account."""
    client = world.stranger()
    contacts = ["mailto:one@conformance-contact.com", "mailto:two@conformance-contact.com"]
    found = client.register(contact=contacts).json()
    require(sorted(found.get("contact", [])) == contacts, f"contact is {found.get('contact')}")
    again = client.expect(200, client.kid).json()
    require(sorted(again.get("contact", [])) == contacts, f"contact read back is {again.get('contact')}")


@check("rfc8555-7.3.1-existing-account-is-200-with-the-same-location")
def existing(world):
    """Registering a key again gives 200 and the same URL."""
    client = world.stranger()
    client.register()
    url, client.kid = client.kid, None
    response = answered(new_account(world, client, termsOfServiceAgreed=True), 200)
    require(response.header("Location") == url, f"Location is {response.header('Location')}, not {url}")


@check("rfc8555-7.3.1-registering-again-changes-nothing")
def existing_unchanged(world):
    """The members of a second newAccount are ignored."""
    client = world.stranger()
    contacts = ["mailto:one@conformance-contact.com"]
    client.register(contact=contacts)
    url, client.kid = client.kid, None
    new_account(world, client, termsOfServiceAgreed=True, contact=["mailto:other@conformance-contact.com"])
    client.kid = url
    require(client.expect(200, url).json().get("contact") == contacts, "the contacts have changed")


@check("rfc8555-7.3.1-only-return-existing-finds-the-account")
def lookup(world):
    """onlyReturnExisting gives 200 and Location for a key that is known."""
    client = world.stranger()
    client.register()
    url, client.kid = client.kid, None
    response = answered(new_account(world, client, onlyReturnExisting=True), 200)
    require(response.header("Location") == url, f"Location is {response.header('Location')}")


# WIR-14
@check("interop-only-return-existing-allows-contact")
def lookup_with_contact(world):
    """certbot sends its whole registration along with onlyReturnExisting."""
    client = world.stranger()
    client.register()
    url, client.kid = client.kid, None
    response = new_account(world, client, onlyReturnExisting=True, termsOfServiceAgreed=True,
                           contact=["mailto:one@conformance-contact.com"])
    answered(response, 200)
    require(response.header("Location") == url, f"Location is {response.header('Location')}")


@check("rfc8555-7.3.1-only-return-existing-creates-nothing")
def lookup_unknown(world):
    """For an unknown key it gives 400 accountDoesNotExist, and the key stays unknown."""
    client = world.stranger()
    for _ in range(2):
        refused(new_account(world, client, onlyReturnExisting=True, termsOfServiceAgreed=True),
                "accountDoesNotExist", status=400)
    answered(client.register(), 201)


@check("rfc8555-7.3-terms-of-service-must-be-agreed-to")
def terms(world):
    """With termsOfService in meta, an account without agreement is refused."""
    if "termsOfService" not in world.meta:
        raise Skip("the server has no terms of service")
    for members in ({}, {"termsOfServiceAgreed": False}):
        refused(new_account(world, world.stranger(), **members), "userActionRequired", "malformed", "unauthorized")


# WIR-29
@check("rfc8555-7.3.3-refusal-for-want-of-agreement-shows-the-terms")
def terms_link(world):
    """A userActionRequired is 403 with `instance` and Link rel=terms-of-service, the URL of the directory."""
    if "termsOfService" not in world.meta:
        raise Skip("the server has no terms of service")
    response = new_account(world, world.stranger())
    problem = refused(response, "userActionRequired", status=403)
    terms = world.meta["termsOfService"]
    require(response.links("terms-of-service") == [terms], f"Link is {response.all('Link')}")
    require(problem.get("instance", "").startswith("http"), f"instance is {problem.get('instance')}")


@check("rfc8555-7.3.3-agreement-by-the-account-url-is-taken")
def agreement(world):
    """termsOfServiceAgreed true in an update is taken, and the account can order."""
    client = world.client()
    client.expect(200, client.kid, {"termsOfServiceAgreed": True})
    client.order(world.name())


@check("rfc8555-7.3-server-owned-members-are-ignored")
def owned_members(world):
    """`orders`, `status` and members that nobody defined are ignored in newAccount."""
    client = world.stranger()
    found = client.register(orders="https://elsewhere.example/", status="deactivated", unknown={"a": [1]}).json()
    require(found["status"] == "valid", f"status is {found['status']}")
    require("elsewhere" not in found.get("orders", ""), f"orders is {found.get('orders')}")
    require("unknown" not in found, "an unknown member is reflected")


@check("rfc8555-7.3-members-of-wrong-type-are-malformed")
def wrong_types(world):
    """contact must be an array of text, the two flags booleans."""
    for members in ({"contact": "mailto:a@conformance-contact.com"}, {"contact": [7]}, {"contact": {"a": 1}},
                    {"termsOfServiceAgreed": "yes"}, {"onlyReturnExisting": 1}):
        refused(new_account(world, world.stranger(), **{"termsOfServiceAgreed": True, **members}), "malformed",
                "invalidContact", "unsupportedContact", status=400)


@check("rfc8555-7.3-invalid-mailto-contact-is-refused")
def invalid_contact(world):
    """mailto with header fields or several addresses, or without a real address, gives invalidContact."""
    for url in ("mailto:a@conformance-contact.com?subject=x",
                "mailto:a@conformance-contact.com,b@conformance-contact.com",
                "mailto:", "mailto:nobody", "mailto:@conformance-contact.com", "mailto:a@",
                "mailto:a b@conformance-contact.com", "mailto:a@conformance contact.com"):
        refused(new_account(world, world.stranger(), termsOfServiceAgreed=True, contact=[url]), "invalidContact",
                status=400)


@check("rfc8555-7.3-unsupported-contact-scheme-is-refused")
def unsupported_contact(world):
    """Contacts that are not mailto give unsupportedContact."""
    for url in ("tel:+12025551212", "https://conformance-contact.com/", "ftp://a"):
        refused(new_account(world, world.stranger(), termsOfServiceAgreed=True, contact=[url]), "unsupportedContact",
                status=400)


@check("rfc8555-7.3-contact-that-is-no-url-is-refused")
def no_url(world):
    """A contact that is no URL at all is refused."""
    for url in ("", "a@conformance-contact.com", "?"):
        refused(new_account(world, world.stranger(), termsOfServiceAgreed=True, contact=[url]), "unsupportedContact",
                "invalidContact", "malformed", status=400)


@check("rfc8555-7.3-refused-contact-creates-no-account")
def nothing_created(world):
    """After a refusal the key is still unknown."""
    client = world.stranger()
    refused(new_account(world, client, termsOfServiceAgreed=True, contact=["tel:1"]))
    refused(new_account(world, client, onlyReturnExisting=True), "accountDoesNotExist")


@check("rfc8555-7.3-one-key-racing-makes-one-account")
def race(world):
    """Eight registrations of one key at once give one account: one 201, seven 200, one URL."""
    key = world.stranger().key

    def register(_):
        client = Client(world.new_transport(), world.directory, key)
        response = client.register()
        client.transport.close()
        return response.status, response.header("Location")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(register, range(8)))
    require(len({url for _, url in replies}) == 1, f"several accounts: {replies}")
    require(sorted(status for status, _ in replies) == [200] * 7 + [201], f"statuses: {replies}")


@check("rfc8555-7.3-two-keys-are-two-accounts")
def distinct(world):
    """Different keys have different accounts."""
    require(world.client().kid != world.client().kid, "two keys share an account")


@check("rfc8555-6.3-account-answers-post-as-get")
def read(world):
    """POST-as-GET to the account's URL gives the account."""
    client = world.account()
    response = client.expect(200, client.kid)
    require(response.json().get("status") == "valid", response.summary())
    require(response.media_type == "application/json", f"Content-Type is {response.media_type}")


@check("rfc8555-7.3.2-contact-can-be-changed")
def update(world):
    """Contacts can be replaced and removed."""
    client = world.client()
    for contacts in (["mailto:new@conformance-contact.com"], []):
        found = client.expect(200, client.kid, {"contact": contacts}).json()
        require(found.get("contact", []) == contacts, f"the reply says {found.get('contact')}")
        found = client.expect(200, client.kid).json()
        require(found.get("contact", []) == contacts, f"read back: {found.get('contact')}")


@check("rfc8555-7.3.2-empty-update-changes-nothing")
def empty_update(world):
    """An update without members is answered with the account as it is."""
    client = world.stranger()
    contacts = ["mailto:one@conformance-contact.com"]
    client.register(contact=contacts)
    found = client.expect(200, client.kid, {}).json()
    require(found.get("contact") == contacts and found["status"] == "valid", f"the account is {found}")


@check("rfc8555-7.3.2-update-ignores-what-clients-may-not-set")
def update_ignored(world):
    """`orders`, `termsOfServiceAgreed` and unknown members in an update are ignored."""
    client = world.client()
    found = client.expect(200, client.kid, {"orders": "https://elsewhere.example/", "unknown": 1,
                                            "termsOfServiceAgreed": False}).json()
    require(found["status"] == "valid" and "elsewhere" not in str(found), f"the account is {found}")


@check("rfc8555-7.3.2-update-judges-contacts-too")
def update_refused(world):
    """Bad contacts are refused in an update, and the old ones stay."""
    client = world.stranger()
    contacts = ["mailto:one@conformance-contact.com"]
    client.register(contact=contacts)
    refused(client.ask(client.kid, {"contact": ["tel:1"]}), "unsupportedContact")
    refused(client.ask(client.kid, {"contact": ["mailto:a@conformance-contact.com?subject=x"]}), "invalidContact")
    require(client.expect(200, client.kid).json().get("contact") == contacts, "the contacts have changed")


@check("rfc8555-7.3.2-status-can-only-become-deactivated")
def update_status(world):
    """Other values of status are refused or ignored, and the account stays valid."""
    client = world.client()
    for status in ("revoked", "invalid", "unknown", 7):
        response = client.ask(client.kid, {"status": status})
        require(response.status in (200, 400, 403), response.summary())
        require(client.expect(200, client.kid).json()["status"] == "valid", f"status {status!r} was taken")


@check("rfc8555-7.3-foreign-account-is-closed")
def foreign(world):
    """Nobody reads or changes the account of somebody else."""
    one, two = world.account(), world.client()
    refused(two.ask(one.kid), "unauthorized", status=403)
    refused(two.ask(one.kid, {"status": "deactivated"}), "unauthorized", status=403)
    require(one.expect(200, one.kid).json()["status"] == "valid", "a stranger changed the account")


def orders_of(client):
    url = client.expect(200, client.kid).json()["orders"]
    return url, client.ask(url)


@check("rfc8555-7.1.2.1-orders-list-is-an-object-of-urls")
def orders(world):
    """The list of orders is an object whose `orders` holds the account's pending orders."""
    client = world.client()
    made = client.order(world.name()).header("Location")
    _, response = orders_of(client)
    answered(response, 200)
    require(response.json().get("orders") == [made], f"orders is {response.json().get('orders')}, expected [{made!r}]")


@check("rfc8555-7.1.2.1-orders-list-is-complete-over-its-pages")
def orders_pages(world):
    """Following Link rel=next yields every pending order once."""
    client = world.client()
    made = {client.order(world.name()).header("Location") for _ in range(7)}
    _, response = orders_of(client)
    found = []
    for _ in range(20):
        answered(response, 200)
        found += response.json()["orders"]
        following = response.links("next")
        if not following:
            break
        response = client.ask(following[0])
    require(sorted(found) == sorted(made), f"{len(found)} orders listed, {len(made)} made")


@check("rfc8555-7.1.2.1-empty-orders-list-is-an-array")
def no_orders(world):
    """An account without orders has an empty array, not null."""
    _, response = orders_of(world.client())
    require(answered(response, 200).json().get("orders") == [], response.summary())


@check("rfc8555-7.1.2.1-invalid-orders-are-not-listed")
def invalid_orders(world):
    """An order that has become invalid leaves the list."""
    client = world.client()
    kept = client.order(world.name()).header("Location")
    order = client.order(world.name()).json()
    client.expect(200, order["authorizations"][0], {"status": "deactivated"})
    _, response = orders_of(client)
    require(answered(response, 200).json()["orders"] == [kept], f"orders is {response.json()['orders']}")


# WIR-10
@check("rfc8555-7.1.2.1-orders-list-has-next-links-and-an-end")
def orders_links(world):
    """Fifty orders come in pages of one list: every page but the last has one Link rel=next, and it repeats nothing."""
    client = world.client()
    made = [client.order(world.name()).header("Location") for _ in range(50)]
    _, response = orders_of(client)
    found, pages = [], 0
    while True:
        pages += 1
        require(pages <= 60, "the list does not end")
        found += answered(response, 200).json()["orders"]
        following = response.links("next")
        require(len(following) <= 1, f"several next links: {following}")
        if not following:
            break
        require(response.json()["orders"], "an empty page in the middle of valid orders")
        response = client.ask(following[0])
    require(len(found) == len(set(found)), "an order is listed twice")
    require(sorted(found) == sorted(made), f"{len(found)} orders listed, {len(made)} made")


@check("rfc8555-7.1.2.1-foreign-next-link-is-closed")
def foreign_page(world):
    """A page of somebody else's list is as closed as its beginning."""
    client = world.client()
    for _ in range(25):
        client.order(world.name())
    _, response = orders_of(client)
    following = response.links("next")
    if not following:
        raise Skip("25 orders fit on one page")
    refused(world.client().ask(following[0]), "unauthorized", "malformed")


@check("rfc8555-7.1.2.1-foreign-orders-list-is-closed")
def foreign_orders(world):
    """Nobody lists the orders of somebody else."""
    url, _ = orders_of(world.account())
    response = world.client().ask(url)
    refused(response, "unauthorized", "malformed")
    require(response.status in (403, 404), response.summary())


@check("rfc8555-7.3-new-account-by-post-as-get-is-refused")
def empty_payload(world):
    """An empty payload makes no account."""
    refused(world.stranger().post(world.directory["newAccount"]), "malformed", status=400)
