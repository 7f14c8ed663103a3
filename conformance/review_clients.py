"""The clients that conformance/reviews runs, each unmodified, each with a folder and an external account of its own.

`Client.run` is one run of the command that somebody has in a timer; it says what came of it. Programs that end by
themselves are `Client`s; servers that go on trying are `Daemon`s, and are ended once it is clear what they do.
"""
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import review_plain

SHORT = 4  # seconds that a client waits for its order, where it can be told
ENDS = 60  # seconds more, after which a client is stopped that should have ended by itself
LASTS = 15  # seconds after its order is held, after which a client is stopped that would wait without an end


class Run:
    """What one run of a client came to."""

    def __init__(self, text, seconds, certificate, was_stopped):
        self.text, self.seconds, self.certificate, self.was_stopped = text, seconds, certificate, was_stopped

    def outcome(self, words):
        """In a few words: issued, or how it failed; `words` are what people should be able to read then."""
        if self.certificate is not None:
            return "issued"
        told = any(word in self.text for word in words)
        if self.was_stopped:
            return "is told why, and goes on" if told else "waits on"
        return "refused, and says why" if told else "failed"


class Client:
    """One client with a folder and an external account of its own."""

    endless = False  # it waits for its order as long as it takes
    goes_on = False  # it does not end when it has its certificate, or was refused
    package = ""  # of Debian
    program = ""

    def __init__(self, laboratory, folder, kid, mac, name):
        self.laboratory, self.folder, self.kid, self.mac, self.name = laboratory, folder, kid, mac, name
        self.wait = SHORT
        folder.mkdir(parents=True)
        folder.chmod(0o755)

    @classmethod
    def lacks(cls):
        """Why it cannot be run here, or None."""
        if shutil.which(cls.program, path="/usr/bin:/bin:/usr/sbin") is None:
            return f"the Debian package {cls.package} is not installed"
        return None

    def environment(self):
        return {}

    def files(self):
        """Where the certificates are, or will be."""
        raise NotImplementedError

    def command(self):
        raise NotImplementedError

    def run(self, wait=SHORT, until=(), is_held=None):
        """One run, in which the client waits about so long for its order. `until`: of no interest once it has said
        one of these words. `is_held`: tells whether its order waits for a review, and so may the client for ever."""
        self.wait = wait
        before, begun = self.newest(), time.monotonic()
        with open(self.folder / "log", "w", encoding="utf-8") as log, self.web():
            child = subprocess.Popen(list(map(str, self.command())), env=self.surroundings(), stdout=log,
                                     stderr=subprocess.STDOUT, start_new_session=True)
            try:
                was_stopped = self.watch(child, time.monotonic() + wait + ENDS, before, until, is_held)
                seconds = time.monotonic() - begun
            finally:
                self.end(child)
        after = self.newest()
        return Run(self.said(), seconds, after if after != before else None, was_stopped)

    def watch(self, child, deadline, before, until, is_held):
        """Returns when it has ended (False), or there is nothing more to see (True)."""
        look_again = 0
        while child.poll() is None and time.monotonic() < deadline:
            if self.endless and is_held is not None and time.monotonic() > look_again:
                if is_held():
                    deadline, is_held = min(deadline, time.monotonic() + LASTS), None
                look_again = time.monotonic() + 1
            if self.goes_on and (self.newest() != before or any(word in self.said() for word in until)):
                break
            time.sleep(0.1)
        return child.poll() is None

    def end(self, child):
        for ending in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, ending)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(20)
                return

    def said(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def surroundings(self):
        return {**os.environ, "PATH": "/usr/bin:/bin:/usr/sbin", **self.environment()}

    def web(self):
        """What has to be there for the challenges."""
        return contextlib.nullcontext()

    def newest(self):
        """The certificate file that is there, with when it was written."""
        files = sorted((file for file in self.files() if file.stat().st_size > 0), key=lambda file: file.stat().st_mtime_ns)
        return (files[-1], files[-1].stat().st_mtime_ns) if files else None


class Plain(Client):
    """Our own small client (review_plain.py): it shows what the server says, and forgets its key like most others."""

    package, program = "python3", "python3"

    def command(self):
        settings = {"directory": self.laboratory["directory"], "ca": self.laboratory["ca"], "kid": self.kid,
                    "mac": self.mac, "http_port": int(self.laboratory["http_port"]), "name": self.name,
                    "wait": self.wait}
        (self.folder / "settings.json").write_text(json.dumps(settings))
        return [sys.executable, review_plain.__file__, self.folder]

    def files(self):
        return self.folder.glob("certificate.pem")

    def look(self):
        """Asks for the first order once more: its status, Retry-After, and the detail of its error."""
        order = json.loads((self.folder / "orders.json").read_text())[0]
        return review_plain.look(self.folder, order)


class Certbot(Client):
    package = program = "certbot"

    def environment(self):
        return {"REQUESTS_CA_BUNDLE": self.laboratory["ca"]}

    def command(self):
        return ["certbot", "certonly", "--non-interactive", "--agree-tos", "--register-unsafely-without-email",
                "--server", self.laboratory["directory"], "--eab-kid", self.kid, "--eab-hmac-key", self.mac,
                "--issuance-timeout", self.wait, "--standalone", "--http-01-address", "127.0.0.1", "--http-01-port",
                self.laboratory["http_port"], "--domain", self.name, "--cert-name", "it", "--force-renewal",
                "--config-dir", self.folder / "c", "--work-dir", self.folder / "w", "--logs-dir", self.folder / "l"]

    def files(self):
        return (self.folder / "c" / "archive" / "it").glob("cert*.pem")


class Lego(Client):
    package = program = "lego"

    def environment(self):
        return {"LEGO_CA_CERTIFICATES": self.laboratory["ca"]}

    def command(self):
        return ["lego", "--server", self.laboratory["directory"], "--accept-tos", "--email",
                "lego@conformance-contact.com", "--path", self.folder, "--http", "--http.port",
                f"127.0.0.1:{self.laboratory['http_port']}", "--eab", "--kid", self.kid, "--hmac", self.mac,
                "--cert.timeout", self.wait, "--domains", self.name, "run"]

    def files(self):
        return (file for file in (self.folder / "certificates").glob("*.crt") if ".issuer." not in file.name)


class WritesChallenges(Client):
    """It writes files; somebody has to serve them."""

    endless = True

    @property
    def challenges(self):
        return self.folder / "well-known"

    @contextlib.contextmanager
    def web(self):
        self.challenges.mkdir(exist_ok=True)
        server = subprocess.Popen([sys.executable, "-c", SERVE, self.laboratory["http_port"], str(self.challenges)],
                                  stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            server.kill()
            server.wait()


class Dehydrated(WritesChallenges):
    package = program = "dehydrated"

    def command(self):
        settings = {"CA": self.laboratory["directory"], "CURL_OPTS": f"'--cacert {self.laboratory['ca']}'",
                    "BASEDIR": self.folder, "WELLKNOWN": self.challenges, "EAB_KID": self.kid, "EAB_HMAC_KEY": self.mac,
                    "CONTACT_EMAIL": "dehydrated@conformance-contact.com"}
        configuration = self.folder / "config"
        configuration.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        return ["sh", "-c", f"dehydrated --config {configuration} --register --accept-terms && "
                f"exec dehydrated --config {configuration} --cron --force --domain {self.name}"]

    def files(self):
        return (self.folder / "certs" / self.name).glob("cert-*.pem")


class Uacme(WritesChallenges):
    package = program = "uacme"

    @classmethod
    def lacks(cls):
        missing = super().lacks()
        if missing is None and subprocess.run([*OTHER_SYSTEM, "true"], check=False, capture_output=True).returncode:
            return "unshare cannot give it a system that trusts the server"
        return missing

    def command(self):
        hook = self.folder / "hook"
        hook.write_text("#!/bin/sh\n# Arguments: what happens, challenge, name, token, what to publish.\n"
                        f"[ \"$2\" = http-01 ] || exit 1\ncase $1 in begin) printf %s \"$5\" >{self.challenges}/$4 ;; esac\n")
        hook.chmod(0o755)
        words = (f"uacme --verbose --confdir {self.folder}/uacme --acme-url {self.laboratory['directory']} --yes "
                 f"--hook {hook} --force")
        # It knows no trust anchors but the system's.
        return [*OTHER_SYSTEM, "sh", "-c", f"mount --bind {self.laboratory['ca']} /etc/ssl/certs/ca-certificates.crt && "
                f"{{ [ -e {self.folder}/uacme/private/key.pem ] || {words} --eab {self.kid}:{self.mac} new; }} && "
                f"exec {words} issue {self.name}"]

    def files(self):
        return (self.folder / "uacme" / self.name).glob("cert.pem")


class Daemon(Client):
    """A server that obtains what it needs as long as it runs."""

    endless = goes_on = True

    def end(self, child):
        super().end(child)
        for _ in range(50):  # its children may end a moment after it
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(self.laboratory["http_port"]))) != 0:
                    return
            time.sleep(0.1)


class Caddy(Daemon):
    package = program = "caddy"

    def environment(self):
        return {name: str(self.folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}

    def command(self):
        issuer = {"module": "acme", "ca": self.laboratory["directory"], "email": "caddy@conformance-contact.com",
                  "external_account": {"key_id": self.kid, "mac_key": self.mac},
                  "trusted_roots_pem_files": [self.laboratory["ca"]],
                  "challenges": {"bind_host": "127.0.0.1", "tls-alpn": {"disabled": True},
                                 "http": {"alternate_port": int(self.laboratory["http_port"])}}}
        configuration = {"admin": {"disabled": True}, "storage": {"module": "file_system", "root": f"{self.folder}/state"},
                         "apps": {"tls": {"certificates": {"automate": [self.name]}, "automation": {"policies": [
                             {"subjects": [self.name], "key_type": "p256", "issuers": [issuer]}]}}}}
        (self.folder / "caddy.json").write_text(json.dumps(configuration))
        return ["caddy", "run", "--config", self.folder / "caddy.json"]

    def files(self):
        return self.folder.glob(f"state/**/{self.name}.crt")


class ApacheMd(Daemon):
    package, program = "apache2-bin", "apache2"

    def command(self):
        modules = "/usr/lib/apache2/modules"
        port, folder = self.laboratory["http_port"], self.folder
        trusted = shutil.copy(self.laboratory["ca"], folder / "ca.pem")
        os.chmod(trusted, 0o644)  # its children are another user
        (folder / "error.log").unlink(missing_ok=True)
        (folder / "apache.conf").write_text("\n".join([
            f"ServerRoot {folder}", "PidFile apache.pid", "ErrorLog error.log", "LogLevel warn md:debug",
            *(f"LoadModule {name}_module {modules}/mod_{name}.so"
              for name in ("mpm_event", "authz_core", "socache_shmcb", "ssl", "md")),
            f"Listen 127.0.0.1:{port}", "User www-data", "Group www-data", "ServerName localhost",
            f"DefaultRuntimeDir {folder}", f"MDStoreDir {folder}/md", f"MDPortMap 80:{port}",
            f"MDCertificateAuthority {self.laboratory['directory']}", f"MDCACertificateFile {trusted}",
            "MDCertificateAgreement accepted", "MDContactEmail apache@conformance-contact.com",
            "MDCAChallenges http-01", "MDRenewMode always", "MDStapling off", "MDPrivateKeys secp256r1",
            "MDRetryDelay 5s", f"MDExternalAccountBinding {self.kid} {self.mac}", f"MDomain {self.name}",
            f"<VirtualHost *:{port}>", f"ServerName {self.name}", "</VirtualHost>", ""]))
        return ["apache2", "-f", folder / "apache.conf", "-D", "FOREGROUND"]

    def said(self):
        log = self.folder / "error.log"
        return super().said() + (log.read_text(encoding="utf-8", errors="replace") if log.exists() else "")

    def files(self):
        return self.folder.glob(f"md/*/{self.name}/pubcert*.pem")


OTHER_SYSTEM = ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "--mount"]
SERVE = """
import http.server, pathlib, sys
folder = pathlib.Path(sys.argv[2])
class Files(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        file = folder / self.path.rsplit("/", 1)[-1]
        body = file.read_bytes() if file.is_file() else b""
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer.allow_reuse_address = True
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Files).serve_forever()
"""
CLIENTS = {"plain": Plain, "certbot": Certbot, "lego": Lego, "dehydrated": Dehydrated, "uacme": Uacme, "caddy": Caddy,
           "apache_md": ApacheMd}
