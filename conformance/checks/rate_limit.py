"""Rate limits (RFC 8555 §6.6). These checks run alone at the end: the server restarts for them."""
from harness import answered, check, refused, require


def order(world, client, name):
    return client.ask(world.directory["newOrder"], {"identifiers": [{"type": "dns", "value": name}]})


@check("rfc8555-6.6-orders-above-the-limit-are-rate-limited", needs=["limit"], last=True)
def limited(world):
    """One order too many gets 429 rateLimited with Retry-After and a link to help; it survives a restart and is for that
    account only."""
    world.limit_orders("2 per 1h")
    try:
        client = world.client()
        first = world.name()
        url = answered(order(world, client, first), 201).header("Location")
        answered(order(world, client, world.name()), 201)
        for _ in range(2):
            response = order(world, client, world.name())
            problem = refused(response, "rateLimited", status=429)
            require(problem.get("detail"), "there is no detail")
            wait = response.header("Retry-After", "")
            require(wait.isdigit() and 1700 <= int(wait) <= 1800, f"Retry-After is {wait!r}, expected half an hour")
            require(len(response.links("help")) == 1, f"Link is {response.all('Link')}")
            world.limit_orders("2 per 1h")
        client.expect(200, url)
        answered(order(world, world.client(), world.name()), 201)
    finally:
        world.limit_orders("off")
    answered(order(world, client, world.name()), 201)
