"""The processes of the torture run: a resolver, and the server that is killed."""
import json
import pathlib
import signal
import subprocess
import time


class StartFailed(Exception):
    """The server cannot be brought up, so there is nothing left to torture."""


class Resolver:
    """pebble-challtestsrv, which answers every name with 127.0.0.1."""

    def __init__(self, port, management_port, log):
        self.command = ["pebble-challtestsrv", "-dns01", f"127.0.0.1:{port}", "-management",
                        f"127.0.0.1:{management_port}", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "",
                        "-http01", "", "-https01", "", "-tlsalpn01", ""]
        self.log = log

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Server:
    """One store, one pair of ports, and a process that comes and goes."""

    def __init__(self, program, scratch, ports, dns_port, http_port):
        self.program, self.folder, self.log_file = program, scratch / "ca", scratch / "server.log"
        self.directory_url = f"https://127.0.0.1:{ports[0]}/acme/directory"
        self.tls_ca = str(self.folder / "tls-ca.pem")
        self.store_settings = ["--config", str(self.folder / "chancery.toml"),
                               "--set", f"storage.path={self.folder / 'store'}",
                               "--set", f"ca.signer_ledger={self.folder / 'signer-ledger'}"]
        self.signer_ledger = self.folder / "signer-ledger"
        self.settings = self.store_settings + [
            "--set", f"listen.acme=127.0.0.1:{ports[0]}", "--set", f"listen.base_url=https://127.0.0.1:{ports[0]}",
            "--set", f"listen.public=127.0.0.1:{ports[1]}", "--set", f"dns.resolvers=127.0.0.1:{dns_port}",
            "--set", f"validation.http_port={http_port}", "--set", "validation.allow_private_addresses=true",
            "--set", "log.level=warning"]
        self.process = None
        subprocess.run([program, "init", "--dir", str(self.folder)], check=True, stdout=subprocess.DEVNULL)

    def start(self):
        """Starts the process without waiting for it; returns the moment."""
        began = time.monotonic()
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([self.program, "serve", *self.settings], stdout=log, stderr=log)
        return began

    def has_ended(self):
        return self.process is None or self.process.poll() is not None

    def kill(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self):
        """Ends the process as an operator would; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            return "none within 30 s"
        self.process = None
        return status

    def verify(self, *options):
        """What `chancery verify` has to say against the store, or nothing."""
        command = [self.program, "verify", *self.store_settings, *options]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        return "" if run.returncode == 0 else (run.stdout + run.stderr).strip()[:2000]

    def faults(self):
        """The log's lines about faults of the server's own."""
        lines = pathlib.Path(self.log_file).read_text(errors="replace").splitlines()
        return [line for line in lines if line.startswith("{") and json.loads(line).get("level") == "error"]

    def log_tail(self):
        return "\n".join(pathlib.Path(self.log_file).read_text(errors="replace").splitlines()[-20:])
