"""What a check is, and the world that it runs in."""
import contextlib
import json
import subprocess
import threading
import time
import urllib.request

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from acme_client import Client, Key, Transport, b64url, certificates_in, from_b64url, request_der

# RFC 8555 §9.7.4 and the later entries of the IANA registry "ACME Error Types".
REGISTERED_ERRORS = frozenset("""
accountDoesNotExist alreadyReplaced alreadyRevoked autoRenewalCanceled autoRenewalCancellationInvalid
autoRenewalExpired autoRenewalRevocationNotSupported badAttestationStatement badCSR badNonce badPublicKey
badRevocationReason badSignatureAlgorithm caa compound connection dns externalAccountRequired incorrectResponse
invalidContact invalidProfile malformed onionCAARequired orderNotReady rateLimited rejectedIdentifier serverInternal
tls unauthorized unknownDelegation unsupportedContact unsupportedIdentifier userActionRequired
""".split())

CHECKS = {}


class Skip(Exception):
    """The server or the surroundings do not offer what this check is about."""


class Failed(Exception):
    """The server does not do what the clause says."""


class Check:
    def __init__(self, name, function, needs, slow, last):
        self.name, self.function, self.needs, self.slow, self.last = name, function, needs, slow, last
        self.about = (function.__doc__ or "").strip()


def check(name, needs=(), slow=False, last=False):
    """Registers a check. `needs`: "http" and "tls" (responders), "dns" (challtestsrv's management), "root" (a trust
    anchor), "eab" (a key for external account binding), "terms" (a command that changes the terms of service),
    "binding" (a command that makes the server require external accounts), "limit" (a command that limits how often an
    account may order), "stop" (a command that stops issuance and lets it go on)."""

    def register(function):
        if name in CHECKS:
            raise ValueError(f"two checks are called {name}")
        if not function.__doc__:
            raise ValueError(f"{name} does not say what it is about")
        CHECKS[name] = Check(name, function, tuple(needs), slow, last)
        return function

    return register


def require(condition, message):
    if not condition:
        raise Failed(message)


def answered(response, *statuses):
    """The response, if its status is one of those given."""
    require(response.status in statuses, f"expected {' or '.join(map(str, statuses))}, got {response.summary()}")
    return response


def refused(response, *types, status=None):
    """The problem document, if the response is a refusal of one of these types (none: any registered one)."""
    require(400 <= response.status < 500, f"expected a refusal, got {response.summary()}")
    if status is not None:
        require(response.status == status, f"expected status {status}, got {response.summary()}")
    allowed = types or REGISTERED_ERRORS
    require(response.problem_type in allowed, f"expected {' or '.join(types) or 'a registered type'}, "
                                              f"got {response.summary()}")
    return response.json()


class Issued:
    """A certificate with all that led to it."""

    def __init__(self, client, key, names, order_url, response):
        self.client, self.key, self.names, self.order_url, self.response = client, key, names, order_url, response
        self.chain = response.body
        self.certificates = certificates_in(response.body)
        self.url = response.url

    @property
    def leaf(self):
        return self.certificates[0]

    @property
    def der(self):
        return self.leaf.public_bytes(serialization.Encoding.DER)


class World:
    """The server under test, a responder, and the steps that many checks share. Safe from any thread."""

    def __init__(self, directory_url, ca_file, root_file, responder, dns_management, domain, tls_responder=None,
                 eab=(None, None), terms_command=None, binding_command=None, limit_command=None, stop_command=None, ct_list=None):
        self.directory_url, self.ca_file, self.root_file = directory_url, ca_file, root_file
        self.responder, self.dns_management, self.domain = responder, dns_management, domain
        self.tls_responder = tls_responder
        self.eab_kid, self.eab_hmac = eab
        self.terms_command, self.binding_command = terms_command, binding_command
        self.limit_command, self.stop_command = limit_command, stop_command
        self.ct_list = ct_list
        self.observed = []
        self._local = threading.local()
        self._names = 0
        self._lock = threading.Lock()
        self.directory = self.transport.request("GET", directory_url).json()
        self.meta = self.directory.get("meta", {})

    @property
    def transport(self):
        if not hasattr(self._local, "transport"):
            self._local.transport = self.new_transport()
        return self._local.transport

    def new_transport(self):
        return Transport(self.ca_file, observer=self.observed.append)

    def stranger(self, alg="ES256"):
        """A client that has a key but no account."""
        return Client(self.transport, self.directory, Key.generate(alg))

    def client(self, alg="ES256"):
        """A client with a new account."""
        client = self.stranger(alg)
        client.register()
        return client

    def account(self):
        """This thread's own account, for checks that leave the account as it is."""
        if not hasattr(self._local, "account"):
            self._local.account = self.client()
        return self._local.account

    def issued(self):
        """This thread's own certificate, for checks that leave it as it is."""
        if not hasattr(self._local, "issued"):
            self._local.issued = self.issue(self.account())
        return self._local.issued

    def name(self):
        """A DNS name that nobody has used in this run."""
        with self._lock:
            self._names += 1
            return f"n{self._names}-{int(time.time()) % 100000}.{self.domain}"

    def pending(self, client=None):
        """(order URL, order, authorization URL, authorization, http-01 challenge) of a new order for one new name."""
        client = client or self.account()
        response = client.order(self.name())
        order = response.json()
        authorization_url = order["authorizations"][0]
        authorization = client.expect(200, authorization_url).json()
        return response.header("Location"), order, authorization_url, authorization, http_01(authorization)

    def provision(self, client, challenge):
        self.responder.provision(challenge["token"], client.key.key_authorization(challenge["token"]))

    def prove(self, client, authorization_url):
        """Solves http-01 and returns the final authorization, whatever became of it."""
        authorization = client.expect(200, authorization_url).json()
        if authorization["status"] != "pending":
            return authorization
        challenge = http_01(authorization)
        self.provision(client, challenge)
        answered(client.ask(challenge["url"], {}), 200)
        return client.poll(authorization_url, lambda found: found["status"] != "pending").json()

    def ready(self, client=None, *names):
        """(order URL, order) with every authorization valid."""
        client = client or self.account()
        response = client.order(*(names or (self.name(),)))
        for url in response.json()["authorizations"]:
            authorization = self.prove(client, url)
            require(authorization["status"] == "valid", f"http-01 did not succeed: {authorization}")
        order_url = response.header("Location")
        return order_url, client.expect(200, order_url).json()

    def finalize(self, client, order_url, order, csr):
        """Finalizes and waits; returns the order in its final state."""
        answered(client.ask(order["finalize"], {"csr": b64url(csr)}), 200)
        return client.poll(order_url, lambda found: found["status"] not in ("processing", "ready", "pending")).json()

    def issue(self, client=None, *names, key=None):
        client = client or self.client()
        names = names or (self.name(),)
        key = key or ec.generate_private_key(ec.SECP256R1())
        order_url, order = self.ready(client, *names)
        final = self.finalize(client, order_url, order, request_der(key, names))
        require(final["status"] == "valid", f"the order did not become valid: {final}")
        return Issued(client, key, names, order_url, client.expect(200, final["certificate"]))

    def failed_authorization(self, answer, seconds=60, client=None):
        """(order URL, failed authorization, its http-01 challenge) after the responder gave `answer`, which is an
        Answer or a function from (client, challenge) to one."""
        client = client or self.account()
        order_url, _, authorization_url, _, challenge = self.pending(client)
        made = answer(client, challenge) if callable(answer) else answer
        self.responder.serve("/.well-known/acme-challenge/" + challenge["token"], made)
        answered(client.ask(challenge["url"], {}), 200)
        found = client.poll(authorization_url, lambda now: now["status"] != "pending", seconds).json()
        require(found["status"] == "invalid", f"the authorization became {found['status']}")
        return order_url, found, http_01(found)

    def change_terms(self, url):
        """Makes the server demand other terms of service. It may restart for that: only checks marked `last` do it."""
        self._restart(self.terms_command, url)

    def require_binding(self, value):
        """As change_terms, for external accounts: "true" or "false"."""
        self._restart(self.binding_command, value)

    def limit_orders(self, rate):
        """As change_terms, for how often an account may order: "2 per 1h" or "off"."""
        self._restart(self.limit_command, rate)

    @contextlib.contextmanager
    def stopped(self, *what):
        """While this lasts, "all", or "account" and its id, or "method" and its name, ... is not issued. The server goes
        on."""
        run = lambda verb: subprocess.run([self.stop_command, verb, *what], check=True, stdout=subprocess.DEVNULL)  # noqa: E731
        run("stop")
        try:
            yield
        finally:
            run("resume")

    def _restart(self, command, argument):
        subprocess.run([command, argument], check=True, stdout=subprocess.DEVNULL)
        self.transport.close()
        self.directory = self.transport.request("GET", self.directory_url).json()
        self.meta = self.directory.get("meta", {})

    def dns(self, command, **members):
        """Tells challtestsrv how to answer."""
        request = urllib.request.Request(f"{self.dns_management}/{command}", json.dumps(members).encode())
        with urllib.request.urlopen(request, timeout=5) as reply:
            require(reply.status == 200, f"challtestsrv answered {reply.status} to {command}")

    def post_only_resources(self, client):
        """{what it is: URL} of resources that only an authenticated POST may reach (RFC 8555 §6.3)."""
        order_url, order, authorization_url, _, challenge = self.pending(client)
        found = {name: self.directory[name] for name in ("newAccount", "newOrder", "revokeCert")}
        return {**found, "account": client.kid, "order": order_url, "finalize": order["finalize"],
                "authorization": authorization_url, "challenge": challenge["url"]}


def http_01(authorization):
    for challenge in authorization["challenges"]:
        if challenge["type"] == "http-01":
            return challenge
    raise Failed(f"no http-01 challenge in {authorization}")


def tampered(text):
    """The same base64url text with its first octet changed."""
    octets = bytearray(from_b64url(text))
    octets[0] ^= 1
    return b64url(bytes(octets))
