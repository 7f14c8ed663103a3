"""Figures of the protocol beside whole issuances, for script/bench: what CAA and DNSSEC cost, what hanging validations do
to the API, what nonces keep in memory."""
import concurrent.futures
import contextlib
import json
import pathlib
import resource
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ZONE = "chancery-bench.test"
HANGING = 1000
ACCOUNTS = 50  # an account may have only so many validations under way
ROUNDS = 3


def bench(tools, folder):
    """`tools` is script/bench_laboratory. Prints the figures and judges them."""
    targets = [*caa_cost(tools, folder), hanging_cost(tools, folder), *nonce_memory(tools)]
    tools.judge(targets)


@contextlib.contextmanager
def chancery(tools, folder, name, settings):
    """(process, directory URL, trust anchors) of a fresh server."""
    program, home = tools.BUILD / "chancery", folder / name
    tools.run([program, "init", "--dir", home, "--name", "Chancery Bench"], 60, stderr=subprocess.STDOUT)
    port, public_port = tools.free_ports(2)
    chosen = {"listen.acme": f"127.0.0.1:{port}", "listen.base_url": f"https://127.0.0.1:{port}",
              "listen.public": f"127.0.0.1:{public_port}", "storage.path": home / "store",
              "validation.allow_private_addresses": "true", **settings}
    command = [program, "serve", "--config", home / "chancery.toml"]
    for key, value in chosen.items():
        command += ["--set", f"{key}={value}"]
    with tools.server(name, command, folder, port) as child:
        yield child, f"https://127.0.0.1:{port}/acme/directory", home / "tls-ca.pem"


@contextlib.contextmanager
def name_server(tools, folder, below):
    """(port, file of trust anchors) of a name server whose zone is signed or not."""
    anchor = folder / f"anchor-{below}"
    child = subprocess.Popen([tools.BUILD / "tests/bench/bench_name_server", "--anchor", anchor, "--below", below,
                              "--zone", ZONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield int(child.stdout.readline()), anchor
    finally:
        child.stdin.close()
        child.wait(10)


def caa_cost(tools, folder):
    """Server CPU of an issuance for a name, with CAA and DNSSEC, against one for an address, which asks the DNS nothing. CAA
    cannot be switched off; the ratio is an upper bound of what it costs, because looking the address up is in it too."""
    say, seconds, clients = tools.say, 6, 8
    say("\nCAA and DNSSEC: server CPU of one issuance, microseconds (median of rounds that take turns)")
    costs = {}
    with contextlib.ExitStack() as stack:
        servers = {}
        http_port, = tools.free_ports(1)
        for below in ("unsigned", "signed"):
            port, anchor = stack.enter_context(name_server(tools, folder, below))
            settings = {"dns.resolvers": f"127.0.0.1:{port}", "dns.dnssec": "on", "dns.trust_anchor_file": anchor,
                        "validation.http_port": http_port}
            servers[below] = stack.enter_context(chancery(tools, folder, f"caa-{below}", settings))
        settings = {"dns.dnssec": "off", "validation.http_port": http_port}
        servers["without"] = stack.enter_context(chancery(tools, folder, "caa-without", settings))
        for number in range(ROUNDS + 1):
            for name, (child, directory, anchors) in servers.items():
                command = [tools.BUILD / "tests/bench/bench_acme_load", "--directory", directory, "--ca-file", anchors,
                           "--http-port", http_port, "--clients", clients, "--seconds", seconds if number else 2,
                           "--issuances", 5000, "--name-suffix", f"r{number}.{ZONE}"]
                command += ["--address", "127.0.0.1"] if name == "without" else []
                before = tools.cpu_seconds(child.pid)
                out = tools.run(command, 120, good=(0, 1), stdin=subprocess.DEVNULL)
                figures = json.loads(out.partition("ready\n")[2])
                if figures["errors"] or not figures["issuances"]:
                    raise tools.Failed(f"issuances failed ({name}): {figures['faults']}")
                if number:  # the first round warms up
                    spent = (tools.cpu_seconds(child.pid) - before) / figures["issuances"] * 1e6
                    costs.setdefault(name, []).append(spent)
    middle = {name: sorted(values)[len(values) // 2] for name, values in costs.items()}
    for name, value in middle.items():
        say(f"  {name:10} {value:7.0f}  ({', '.join(f'{each:.0f}' for each in costs[name])})")
    say(f"  a signed zone / without: {middle['signed'] / middle['without']:.2f}, for the signatures that prove what is not there")
    return [("CPU per issuance, CAA and DNSSEC on (zone not signed) / no DNS at all",
             middle["unsigned"] / middle["without"], 1.15, False)]


class BlackHole:
    """Takes every connection and never answers."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2 * HANGING)
        self.port = self.listener.getsockname()[1]
        self.held = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                self.held.append(self.listener.accept()[0])

    def close(self):
        self.listener.close()
        for each in self.held:
            each.close()


def p99_ms(transport, url, count):
    """Milliseconds of the slowest hundredth of so many newNonce requests, one after the other."""
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        transport.request("HEAD", url)
        took.append((time.perf_counter() - begun) * 1000)
    return sorted(took)[int(count * 0.99)]


def hang(clients, number):
    """Responds to HANGING challenges, all at once."""
    def one(index):
        client = clients[index]
        share = HANGING // len(clients)
        order = client.order(*(f"h{number}-{index}-{each}.{ZONE}" for each in range(share))).json()
        for url in order["authorizations"]:
            found = client.expect(200, url).json()
            challenge = next(each for each in found["challenges"] if each["type"] == "http-01")
            client.expect(200, challenge["url"], {})
    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(one, range(len(clients))))


def hanging_cost(tools, folder):
    """p99 of newNonce while a thousand validations hang, against rounds without."""
    sys.path.insert(0, str(ROOT / "conformance"))
    from acme_client import Client, Key, Transport
    # Both ends of what hangs are on this machine; the server takes its limit from here.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536) if most > 0 else 65536, most))
    say = tools.say
    say(f"\nnewNonce while {HANGING} validations hang, p99 in milliseconds, rounds that take turns")
    hole, count, rounds = BlackHole(), 2000, []
    with name_server(tools, folder, "unsigned") as (port, anchor):
        settings = {"dns.resolvers": f"127.0.0.1:{port}", "dns.dnssec": "on", "dns.trust_anchor_file": anchor,
                    "validation.http_port": hole.port, "validation.fetch_timeout": "60s"}
        with chancery(tools, folder, "hanging", settings) as (child, directory_url, anchors):
            transport = Transport(str(anchors))
            directory = transport.request("GET", directory_url).json()
            clients = [Client(Transport(str(anchors)), directory, Key.generate()) for _ in range(ACCOUNTS)]
            for client in clients:
                client.register()
            for number in range(ROUNDS):
                quiet = p99_ms(transport, directory["newNonce"], count)
                held = len(hole.held)
                hang(clients, number)
                deadline = time.monotonic() + 20
                while len(hole.held) - held < HANGING * 0.98 and time.monotonic() < deadline:
                    time.sleep(0.1)
                hanging = len(hole.held) - held
                loaded = p99_ms(transport, directory["newNonce"], count)
                rounds.append((quiet, loaded, hanging))
                say(f"  quiet {quiet:.2f}, with {hanging} hanging {loaded:.2f}")
                for each in hole.held[held:]:  # these attempts end now
                    each.close()
                time.sleep(2)
            if child.poll() is not None:
                raise tools.Failed("the server ended")
    hole.close()
    if min(each[2] for each in rounds) < HANGING * 0.9:
        raise tools.Failed("fewer validations hung than were asked for")
    ratios = sorted(loaded / quiet for quiet, loaded, _ in rounds)
    return ("p99 of newNonce with 1,000 hanging validations / without (median)", ratios[len(ratios) // 2], 2, False)


def nonce_memory(tools):
    figures = json.loads(tools.run([tools.BUILD / "tests/bench/bench_nonces"], 1200))
    grown = (figures["kib_after"] - figures["kib_before"]) / 1024
    tools.say(f"\n{figures['nonces']} nonces issued, {figures['redeemed']} redeemed: {figures['kib_before'] / 1024:.1f} MiB before,"
              f" {figures['kib_after'] / 1024:.1f} MiB after, {figures['microseconds_each']:.1f} us of CPU each")
    refused = figures["shown_again_and_refused"]
    return [("MiB that ten million nonces leave behind", max(grown, 0), 1, False),
            ("nonces shown again and refused", refused, 1, True)]
