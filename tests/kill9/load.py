"""The clients: each drives one order after the other to its certificate, across every crash."""
import http.client
import itertools
import queue
import threading
import time

from cryptography.hazmat.primitives.asymmetric import ec

from acme_client import AcmeError, Client, Transport, b64url, request_der

GONE = (OSError, http.client.HTTPException)  # the server was killed in the middle


class Load:
    def __init__(self, server, book, responder, clients):
        self.server, self.book, self.responder, self.count = server, book, responder, clients
        self._names = itertools.count(1)
        self._going = threading.Event()
        self._ending = threading.Event()
        self._threads, self._idle = [], threading.Semaphore(0)
        self.directory = None

    def begin(self, directory):
        self.directory = directory
        self._going.set()
        for _ in range(self.count):
            thread = threading.Thread(target=self._client, daemon=True)
            thread.start()
            self._threads.append(thread)

    def pause(self):
        """Returns when no client has a request under way."""
        self._going.clear()
        for _ in range(self.count):
            self._idle.acquire()

    def go_on(self):
        self._going.set()

    def end(self):
        self._ending.set()
        self._going.set()
        for thread in self._threads:
            thread.join(30)

    def _may_go_on(self):
        """Waits while paused; False when it is over."""
        if not self._going.is_set():
            self._idle.release()
            self._going.wait()
        return not self._ending.is_set()

    def _client(self):
        client = Client(Transport(self.server.tls_ca, timeout=20), self.directory)
        order = None
        while self._may_go_on():
            try:
                if client.kid is None:
                    client.register()
                if order is None:
                    order = self._new_order(client)
                self._step(order)
                if order.status == "invalid" or order.chain is not None:
                    order = None
            except GONE:
                client.transport.close()
                time.sleep(0.02)
            except AcmeError as refusal:
                # 503 while stopping and 400 badNonce after five restarts in a row are the only refusals to live with.
                if refusal.response.status != 503 and refusal.response.problem_type != "badNonce":
                    self.book.wrong(str(refusal))
                    order = None

    def _new_order(self, client):
        name = f"n{next(self._names)}.kill9.test"
        response = client.order(name)
        return self.book.acknowledged(response.header("Location"), client, name)

    def _step(self, order):
        """Reads the order and does what its status asks for."""
        client = order.client
        found = client.expect(200, order.url).json()
        self.book.saw(order, found)
        if order.status == "pending":
            self._prove(client, found["authorizations"][0])
        elif order.status == "ready":
            csr = request_der(ec.generate_private_key(ec.SECP256R1()), [order.name])
            response = client.ask(found["finalize"], {"csr": b64url(csr)})
            if response.status == 200:
                self.book.saw(order, response.json())
            elif response.problem_type != "orderNotReady":  # a crash may have swallowed the reply to an earlier one
                raise AcmeError("finalize", response)
        elif order.status == "processing":
            time.sleep(0.02)
        elif order.status == "valid":
            self.book.downloaded(order, client.expect(200, order.certificate_url).body)

    def _prove(self, client, url):
        authorization = client.expect(200, url).json()
        challenge = next(entry for entry in authorization["challenges"] if entry["type"] == "http-01")
        if authorization["status"] == "pending" and challenge["status"] == "pending":
            self.responder.provision(challenge["token"], client.key.key_authorization(challenge["token"]))
            client.expect(200, challenge["url"], {})
        time.sleep(0.01)

    def reread(self, stuck_limit):
        """Reads every order and every certificate that was ever acknowledged. Only while paused."""
        waiting = queue.SimpleQueue()
        by_client = {}
        for order in self.book.orders():
            by_client.setdefault(order.client, []).append(order)
        for orders in by_client.values():
            waiting.put(orders)
        threads = [threading.Thread(target=self._reread_some, args=(waiting, stuck_limit)) for _ in range(self.count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.book.one_certificate_each()

    def _reread_some(self, waiting, stuck_limit):
        while True:
            try:
                orders = waiting.get_nowait()
            except queue.Empty:
                return
            orders[0].client.transport.close()  # its connection was to the server that has been stopped
            for order in orders:
                try:
                    self._reread_one(order, stuck_limit)
                except (AcmeError, *GONE) as failure:
                    self.book.wrong(f"{order.url} ({order.status}) is lost: {failure}")

    def _reread_one(self, order, stuck_limit):
        deadline = time.monotonic() + stuck_limit
        self.book.saw(order, order.client.expect(200, order.url).json())
        while order.status == "processing" and time.monotonic() < deadline:
            time.sleep(0.1)
            self.book.saw(order, order.client.expect(200, order.url).json())
        if order.status == "processing":
            self.book.wrong(f"{order.url} has been in processing for {stuck_limit} s")
        if order.chain is not None:
            self.book.downloaded(order, order.client.expect(200, order.certificate_url).body)
        self.book.rereads += 1
