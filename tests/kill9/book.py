"""What the server has acknowledged, and what it has broken."""
import threading

RANK = {"pending": 0, "ready": 1, "processing": 2, "valid": 3, "invalid": 3}
FINAL = ("valid", "invalid")


class Order:
    """One order as its client knows it."""

    def __init__(self, url, client, name):
        self.url, self.client, self.name = url, client, name
        self.status = "pending"
        self.certificate_url = None
        self.chain = None
        self.why_invalid = None

    @property
    def is_final(self):
        return self.status in FINAL


class Book:
    """Safe from any thread. An order belongs to one client at a time."""

    def __init__(self):
        self._lock = threading.Lock()
        self._orders, self.violations, self.rereads = [], [], 0

    def wrong(self, text):
        with self._lock:
            self.violations.append(text)

    def acknowledged(self, url, client, name):
        order = Order(url, client, name)
        with self._lock:
            self._orders.append(order)
        return order

    def saw(self, order, found):
        """Takes note of an order object that the server has shown."""
        status, certificate = found.get("status"), found.get("certificate")
        if status not in RANK:
            self.wrong(f"{order.url} has the status {status!r}")
            return
        if RANK[status] < RANK[order.status] or (order.is_final and status != order.status):
            self.wrong(f"{order.url} went back from {order.status} to {status}")
        if order.certificate_url and certificate != order.certificate_url:
            self.wrong(f"{order.url} has another certificate: {order.certificate_url}, then {certificate}")
        if status == "valid" and not certificate:
            self.wrong(f"{order.url} is valid without a certificate")
        order.status, order.certificate_url = status, order.certificate_url or certificate
        if status == "invalid":
            order.why_invalid = found.get("error", {}).get("detail", "no reason given")

    def downloaded(self, order, chain):
        if order.chain is not None and order.chain != chain:
            self.wrong(f"{order.certificate_url} has changed")
        order.chain = order.chain or chain

    def orders(self):
        with self._lock:
            return list(self._orders)

    def certificates(self):
        return sum(order.chain is not None for order in self.orders())

    def one_certificate_each(self):
        """No certificate may belong to two orders, and none to two URLs."""
        urls = [order.certificate_url for order in self.orders() if order.certificate_url]
        if len(set(urls)) != len(urls):
            self.wrong("two orders share a certificate")

    def summary(self):
        orders = self.orders()
        invalid = [order for order in orders if order.status == "invalid"]
        text = (f"{len(orders)} orders and {self.certificates()} certificates acknowledged, {self.rereads} read again, "
                f"{len(invalid)} orders failed, {len(self.violations)} violations")
        reasons = sorted({order.why_invalid for order in invalid})
        return text + (f" (why orders failed: {' | '.join(reasons[:3])})" if reasons else "")
