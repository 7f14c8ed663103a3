#!/usr/bin/python3
"""Kills `chancery serve` again and again under load, and proves that nothing acknowledged is ever lost.

Sixteen clients order, prove, finalize and download without pause. The server gets SIGKILL after 50 to 1500 ms, is started
again, and must answer a newOrder within two seconds. Everything that it ever acknowledged is kept in memory; after every
20 kills, and at the end, the server is stopped, `chancery verify` must find nothing, not even beside the ledger that the
signer keeps itself, and every order and certificate is read again: no status may have gone back, no certificate may differ by an octet, no order may have two of them or hang in
processing. Exits 0 if all of that holds.
"""
import argparse
import os
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "conformance"), str(ROOT / "tests" / "kill9"), str(ROOT / "tests" / "support")]
sys.dont_write_bytecode = True

from acme_client import Client, Key, Transport  # noqa: E402  (the paths above come first)
from book import Book  # noqa: E402
from load import Load  # noqa: E402
from responder import Responder  # noqa: E402
from free_ports import free_ports  # noqa: E402
from server import Resolver, Server, StartFailed  # noqa: E402

RESTART_LIMIT = 2.0  # seconds from the start of the process to the first good answer
STUCK_LIMIT = 30  # seconds that an order may stay in processing while the server runs


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="how often the server is killed (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=16, help="clients at a time (default: %(default)s)")
    parser.add_argument("--every", type=int, default=20, metavar="KILLS",
                        help="prove everything after so many kills (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=8555, help="of the moments to kill at (default: %(default)s)")
    parser.add_argument("--chancery", default=os.environ.get("CHANCERY", str(ROOT / "build/release/chancery")),
                        metavar="FILE", help="the program (default: %(default)s)")
    return parser.parse_args()


class Probe:
    """Measures how long a restarted server takes to its first good answer."""

    def __init__(self, server):
        self.server, self.key = server, Key.generate()
        self.kid, self.times = None, []

    def first_answer(self, began):
        """The seconds from `began` until a newOrder is answered with 201."""
        deadline = time.monotonic() + 20
        while True:
            transport = Transport(self.server.tls_ca, timeout=5)
            try:
                directory = transport.request("GET", self.server.directory_url).json()
                client = Client(transport, directory, self.key)
                if self.kid is None:
                    self.kid = client.register().header("Location")
                client.kid = self.kid
                client.order(f"probe-{len(self.times)}.kill9.test")
                self.times.append(time.monotonic() - began)
                return directory
            except OSError:
                if time.monotonic() > deadline or self.server.has_ended():
                    raise StartFailed("no good answer after a restart") from None
                time.sleep(0.005)
            finally:
                transport.close()


def prove(server, book, load, probe):
    """Stops the server in good order, verifies its store, starts it again and reads everything again."""
    load.pause()
    status = server.stop()
    if status != 0:
        book.wrong(f"a stop in good order ended with status {status}")
    findings = server.verify()
    if findings:
        book.wrong(f"chancery verify: {findings}")
    probe.first_answer(server.start())
    load.reread(STUCK_LIMIT)
    load.go_on()


def plant_in_signer_ledger(server, book):
    """Takes one certificate out of a copy of the signer's ledger, and puts one in: each must be found."""
    lines = server.signer_ledger.read_text().splitlines()
    numbers = [number for number, line in enumerate(lines) if " certificate " in line]
    if not numbers:
        return book.wrong("the signer's ledger has no certificate")
    last = lines[numbers[-1]]
    serial = last.split()[3]
    plants = ((lines[:numbers[-1]] + lines[numbers[-1] + 1:], "has nothing of its certificate"),
              (lines + [last.replace(serial, "4" + "7" * (len(serial) - 1))], "which nobody intended"))
    copy = server.folder / "planted-ledger"
    for planted, finding in plants:
        copy.write_text("\n".join(planted) + "\n")
        if finding not in server.verify("--signer-ledger", str(copy)):
            book.wrong(f"chancery verify does not find what the signer's ledger tells: {finding}")
    return None


def torture(options, server, book, load, probe):
    chance = random.Random(options.seed)
    load.begin(probe.first_answer(server.start()))
    for number in range(1, options.kills + 1):
        time.sleep(chance.uniform(0.05, 1.5))
        server.kill()
        probe.first_answer(server.start())
        if probe.times[-1] > RESTART_LIMIT:
            book.wrong(f"kill {number}: the first good answer took {probe.times[-1]:.2f} s")
        if number % options.every == 0 and number != options.kills:
            prove(server, book, load, probe)
            print(f"{number} kills: {book.summary()}", flush=True)
    prove(server, book, load, probe)
    load.end()
    if server.stop() != 0:
        book.wrong("the last stop did not end with status 0")
    plant_in_signer_ledger(server, book)
    for line in server.faults():
        book.wrong(f"the server logged a fault of its own: {line}")


def report(options, book, probe):
    times = sorted(probe.times)
    print(f"{options.kills} kills with {options.clients} clients: {book.summary()}")
    print(f"restart to first good answer: median {times[len(times) // 2] * 1000:.0f} ms, "
          f"longest {times[-1] * 1000:.0f} ms (limit {RESTART_LIMIT * 1000:.0f} ms)")
    for violation in book.violations[:50]:
        print(f"WRONG: {violation}")
    if not book.certificates():
        print("WRONG: not one certificate was acknowledged, so nothing was proved")
        return False
    print("0 acknowledged certificates or orders lost" if not book.violations else f"{len(book.violations)} violations")
    return not book.violations


def main():
    options = arguments()
    if not os.access(options.chancery, os.X_OK):
        sys.exit(f"there is no program at {options.chancery}; build it, or name it with --chancery")
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="kill9-"))
    good = False
    ports = free_ports(4)
    try:
        with Responder() as responder, Resolver(ports[0], ports[1], scratch / "dns.log"):
            server = Server(options.chancery, scratch, ports[2:], ports[0], responder.port)
            book = Book()
            load = Load(server, book, responder, options.clients)
            probe = Probe(server)
            try:
                torture(options, server, book, load, probe)
                good = report(options, book, probe)
            except StartFailed as failure:
                print(f"WRONG: {failure}\n{server.log_tail()}")
            finally:
                load.end()
                server.kill()
    finally:
        if good:
            shutil.rmtree(scratch, ignore_errors=True)
        else:
            print(f"the store and the logs are in {scratch}")
    return 0 if good else 1


if __name__ == "__main__":
    threading.stack_size(512 * 1024)
    sys.exit(main())
