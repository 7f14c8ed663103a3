"""What the measurements of script/bench share: servers with their own CPU time, loads, and figures against targets."""
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

from free_ports import free_ports

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A step that could not be measured; the message says which and why."""


def say(text=""):
    print(text, flush=True)


def run(command, deadline, good=(0,), **options):
    name = pathlib.Path(command[0]).name
    try:
        done = subprocess.run([str(word) for word in command], timeout=deadline, check=False, text=True,
                              stdout=subprocess.PIPE, **options)
    except subprocess.TimeoutExpired:
        raise Failed(f"{name} took longer than {deadline} s") from None
    if done.returncode not in good:
        raise Failed(f"{name} failed with status {done.returncode}\n{done.stdout}")
    return done.stdout


@contextlib.contextmanager
def server(name, command, folder, port, environment=None):
    """A child that listens on `port`; ended when the block is left."""
    with open(folder / f"{name}.log", "w", encoding="utf-8") as log:
        child = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log,
                                 env={**os.environ, **(environment or {})})
        try:
            for _ in range(100):
                if child.poll() is not None:
                    break
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    yield child
                    return
                time.sleep(0.1)
            raise Failed(f"{name} does not listen on port {port}:\n" + (folder / f"{name}.log").read_text()[-2000:])
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def cpu_seconds(pid):
    """User and system time of a process with all its threads (proc(5): fields 14 and 15)."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class CpuTime(contextlib.AbstractContextManager):
    """What a process spends in the block."""

    def __init__(self, pid):
        self.pid, self.spent = pid, 0.0

    def __enter__(self):
        self.before = cpu_seconds(self.pid)
        return self

    def __exit__(self, *_):
        self.spent = cpu_seconds(self.pid) - self.before


def busy_share():
    """How much of this machine others use, while this program sleeps."""
    def jiffies():
        fields = [int(word) for word in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]  # idle and waiting for disks
    total, idle = jiffies()
    time.sleep(1)
    total_after, idle_after = jiffies()
    return 1 - (idle_after - idle) / (total_after - total)


class Laboratory:
    """What both servers share: the folder, the DNS server, the port of http-01, the load client."""

    def __init__(self, folder, seconds):
        self.folder = folder
        self.seconds = seconds
        self.http_port, self.dns_port, dns_management = free_ports(3)
        self.dns_command = ["pebble-challtestsrv", "-dns01", f"127.0.0.1:{self.dns_port}", "-management",
                            f"127.0.0.1:{dns_management}", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "",
                            "-http01", "", "-https01", "", "-tlsalpn01", ""]
        self.dns_management = dns_management
        self.loads = 0

    def load(self, directory, ca_file, clients, seconds, issuances=20000, around=contextlib.nullcontext()):
        """Issues for some seconds. `around` is entered when all keys are made, and left when the load is over."""
        self.loads += 1
        command = [BUILD / "tests/bench/bench_acme_load", "--directory", directory, "--ca-file", ca_file,
                   "--http-port", self.http_port, "--clients", clients, "--seconds", seconds,
                   "--issuances", issuances, "--name-suffix", f"r{self.loads}.chancery-bench.test"]
        child = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 text=True)
        try:
            if child.stdout.readline() != "ready\n":
                raise Failed("bench_acme_load could not begin")
            with around:
                out, _ = child.communicate("go\n", timeout=seconds + 60)
        except subprocess.TimeoutExpired:
            raise Failed(f"bench_acme_load took longer than {seconds + 60} s") from None
        finally:
            child.kill()
            child.wait()
        return json.loads(out)

    def measure(self, cpu, directory, ca_file, clients, issuances=20000):
        """A load, and what the server spends on it by `cpu`, a CpuTime."""
        figures = self.load(directory, ca_file, clients, self.seconds, issuances, cpu)
        figures["clients"] = clients
        figures["cpu_seconds"] = cpu.spent
        if figures["issuances"] == 0:
            raise Failed(f"not one issuance with {clients} clients: {figures['faults']}")
        figures["per_cpu_second"] = figures["issuances"] / figures["cpu_seconds"]
        figures["cpu_us"] = 1e6 / figures["per_cpu_second"]
        return figures


@contextlib.contextmanager
def chancery_server(laboratory, name, issuer="ecdsa-p256", fill=lambda store, base_url, ca_file: None):
    """A fresh Chancery; gives its process, its directory and the trust anchor of its HTTPS. `fill` may put something
    into its store before it starts."""
    program = BUILD / "chancery"
    folder = laboratory.folder / name
    run([program, "init", "--dir", folder, "--algorithm", issuer, "--name", "Chancery Bench"], 60,
        stderr=subprocess.STDOUT)
    port, public_port = free_ports(2)
    base_url = f"https://127.0.0.1:{port}"
    fill(folder / "store", base_url, folder / "tls-ca.pem")
    settings = {"listen.acme": f"127.0.0.1:{port}", "listen.base_url": base_url,
                "listen.public": f"127.0.0.1:{public_port}", "storage.path": folder / "store",
                "dns.resolvers": f"127.0.0.1:{laboratory.dns_port}", "validation.http_port": laboratory.http_port,
                "validation.allow_private_addresses": "true"}
    command = [program, "serve", "--config", folder / "chancery.toml"]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    with server(name, command, laboratory.folder, port) as child:
        yield child, f"{base_url}/acme/directory", folder / "tls-ca.pem"


def show(what, figures):
    say(f"  {what:30} {figures['clients']:3} clients: {figures['per_cpu_second']:7.0f} issuances per CPU second,"
        f" {figures['cpu_us']:6.0f} us each; {figures['issuances'] / figures['wall_seconds']:6.0f}/s,"
        f" p50 {figures['latency_p50_ms']:.0f} ms, p99 {figures['latency_p99_ms']:.0f} ms,"
        f" {figures['requests_per_issuance']:.1f} requests, {figures['errors']} errors")


def build(*targets):
    say("Building the release ...")
    run([ROOT / "script/bootstrap"], 1800)
    run([ROOT / "script/build", "release", *targets], 3600)


def judge(targets):
    say("\nTargets")
    for what, value, wanted, at_least in targets:
        verdict = "reached" if (value >= wanted if at_least else value <= wanted) else "MISSED"
        say(f"  {what:70} {value:6.2f}   {'>=' if at_least else '<='} {wanted:<4} {verdict}")
