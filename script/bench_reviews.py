"""Whole issuances of domain validated certificates beside tens of thousands of orders that wait for a review, and beside
clients that ask for them.

Two servers in one run: one with an empty store, one with held orders in its store. They are loaded in turns, so that
whatever else the machine does meets both; in every third turn the one with held orders is polled while it is loaded.
"""
import contextlib
import json
import os
import statistics
import subprocess
import time

from bench_laboratory import (BUILD, CpuTime, Failed, Laboratory, busy_share, chancery_server, cpu_seconds, judge, say,
                              server, show)

HELD = 50_000
HASTY = 200  # clients that ask every 1.33 s, which is in the middle of what certbot, lego and dehydrated do
CLIENTS = 64  # as many as keep every CPU busy: what polls take is then missing for issuances
ROUNDS = 20  # one round differs from the next by a tenth on a busy machine
MOST_A_SECOND = 1000  # issuances that keys are made for
SETTLING = 2  # seconds until every client in haste has its connection
MOST = 1.05  # times slower


class Pollers:
    """bench_review_load: fills a store, then polls whenever it is told to."""

    def __init__(self, folder):
        self.log = open(folder / "pollers.log", "w", encoding="utf-8")
        self.child = None

    def fill(self, store, base_url, ca_file):
        begun = time.monotonic()
        command = [BUILD / "tests/bench/bench_review_load", "--store", store, "--base-url", base_url, "--ca-file",
                   ca_file, "--orders", HELD, "--hasty", HASTY]
        self.child = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=self.log, text=True)
        if self.child.stdout.readline() != "stored\n":
            raise Failed("bench_review_load could not fill the store; see pollers.log")
        say(f"  {HELD} held orders were stored in {time.monotonic() - begun:.0f} s")

    def begin(self):
        self.child.stdin.write("\n")
        self.child.stdin.flush()

    def end(self):
        """Ends the polling, and tells what came of it."""
        self.begin()
        figures = json.loads(self.child.stdout.readline())
        if figures["errors"]:
            raise Failed(f"polls failed: {figures['faults']}")
        return figures

    def close(self):
        self.log.close()
        if self.child is not None:
            self.child.kill()
            self.child.wait()


def wait_until_idle(pid):
    """A server that starts on a full store has work that fell due meanwhile."""
    begun = time.monotonic()
    while time.monotonic() - begun < 300:
        before = cpu_seconds(pid)
        time.sleep(2)
        if cpu_seconds(pid) - before < 0.05:
            say(f"  the server over them has nothing left to do after {time.monotonic() - begun:.0f} s")
            return
    raise Failed("the server with held orders does not come to rest")


class Polled(CpuTime):
    """What a process spends in the block, in which it is polled; and what those spend who poll."""

    def __init__(self, pid, pollers):
        super().__init__(pid)
        self.pollers, self.polls = pollers, None

    def __enter__(self):
        self.pollers.begin()
        time.sleep(SETTLING)
        self.pollers_before = cpu_seconds(self.pollers.child.pid)
        return super().__enter__()

    def __exit__(self, *fault):
        super().__exit__(*fault)
        self.spent_by_pollers = cpu_seconds(self.pollers.child.pid) - self.pollers_before
        self.polls = self.pollers.end()
        self.polls_a_second = (self.polls["hasty"] + self.polls["polite"]) / self.polls["wall_seconds"]


def polls_alone(pollers, pid, seconds):
    """Tells what polls cost while nothing else is asked: the CPU falls asleep between them, so it is the most."""
    with Polled(pid, pollers) as cpu:
        time.sleep(seconds)
    polls = cpu.polls
    say(f"  {cpu.polls_a_second:.0f} polls a second, {polls['hasty'] / polls['wall_seconds']:.0f} of them by {HASTY}"
        f" clients in haste: {1e6 * cpu.spent / seconds / cpu.polls_a_second:.0f} us of the server's CPU time each"
        " while nothing else is asked")


def bench_reviews(folder, seconds):
    busy = busy_share()
    laboratory = Laboratory(folder, seconds)
    pollers = Pollers(folder)
    say("\nWhole issuances with an empty store, and beside held orders and clients that ask for them")
    with contextlib.ExitStack() as stack:
        stack.callback(pollers.close)
        stack.enter_context(server("dns", laboratory.dns_command, folder, laboratory.dns_management))
        empty, *empty_target = stack.enter_context(chancery_server(laboratory, "empty"))
        held, *held_target = stack.enter_context(chancery_server(laboratory, "held", fill=pollers.fill))
        wait_until_idle(held.pid)
        for target in (empty_target, held_target):
            laboratory.load(*target, CLIENTS, 5, issuances=200)  # warm
        polls_alone(pollers, held.pid, seconds)
        without, quiet, beside = [], [], []
        turns = [(without, "empty store", empty_target, lambda: CpuTime(empty.pid)),
                 (quiet, "held orders", held_target, lambda: CpuTime(held.pid)),
                 (beside, "held orders, polled", held_target, lambda: Polled(held.pid, pollers))]
        for _ in range(ROUNDS):
            for results, what, target, cpu in turns:
                results.append(measure(laboratory, target, cpu(), what))
            turns.reverse()  # a machine that grows slower meets none of them more than the others
    report(without, quiet, beside)
    if max(busy, busy_share()) > 0.2:
        say("\nOther programs kept this machine busy: the figures in CPU time are inflated and uneven.")


def measure(laboratory, target, cpu, what):
    figures = laboratory.measure(cpu, *target, CLIENTS, issuances=laboratory.seconds * MOST_A_SECOND)
    show(what, figures)
    if figures["errors"]:
        raise Failed(f"chancery failed some issuances: {figures['faults']}")
    figures["rate"] = figures["issuances"] / figures["wall_seconds"]
    if isinstance(cpu, Polled):
        figures["polls"] = cpu.polls_a_second
        figures["pollers_share"] = cpu.spent_by_pollers / figures["wall_seconds"] / os.cpu_count()
    return figures


def report(without, quiet, beside):
    """Each round is compared with the one with an empty store next to it, because the machine may be faster or slower a
    minute later. Those who poll work on this machine as well, which theirs would not: the time they take is taken off
    the time there was."""
    held = statistics.median(alone["rate"] / each["rate"] for alone, each in zip(without, quiet))
    polled = statistics.median(alone["rate"] / each["rate"] * (1 - each["pollers_share"])
                               for alone, each in zip(without, beside))
    cpu = [statistics.median(each["cpu_us"] for each in turn) for turn in (without, quiet, beside)]
    polls, share = (statistics.median(each[what] for each in beside) for what in ("polls", "pollers_share"))
    say(f"\n  {polls:.0f} polls a second; the clients that send them take {100 * share:.1f} % of"
        f" {os.cpu_count()} CPUs")
    say("  the server's CPU time per issuance, polls included: {:.0f} us, {:.0f} us, {:.0f} us".format(*cpu))
    judge([(f"issuances a second with an empty store / beside {HELD} held orders", held, MOST, False),
           ("the same, polled, in the time that the polling clients leave", polled, MOST, False)])
