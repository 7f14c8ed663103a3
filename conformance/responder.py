"""The web server that http-01 validations reach (RFC 8555 §8.3), on one loopback port; it can misbehave on purpose."""
import http.server
import socketserver
import threading
import time

PREFIX = "/.well-known/acme-challenge/"


class Answer:
    """How one path is answered."""

    def __init__(self, body=b"", status=200, headers=(), hang=0.0, repeat=1):
        self.body = body if isinstance(body, bytes) else body.encode()
        self.status, self.headers, self.hang, self.repeat = status, tuple(headers), hang, repeat


class Visit:
    """One request that arrived."""

    def __init__(self, method, path, host, headers, peer):
        self.method, self.path, self.host, self.headers, self.peer = method, path, host, headers, peer


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    timeout = 60

    def do_GET(self):
        responder = self.server.responder
        responder.note(Visit(self.command, self.path, self.headers.get("Host", ""), self.headers, self.client_address))
        answer = responder.answer_for(self.path)
        try:
            if answer.hang:
                responder.stopping.wait(answer.hang)
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.repeat == 1:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            for _ in range(answer.repeat):
                self.wfile.write(answer.body)
        except OSError:
            pass  # the validator has gone away, which is its right
        self.close_connection = True

    do_HEAD = do_POST = do_GET

    def log_message(self, *_):
        pass


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 256


class Responder:
    """Use as a context manager. Safe from any thread."""

    def __init__(self, port=0, address="127.0.0.1"):
        self.server = _Server((address, port), _Handler)
        self.server.responder = self
        self.port = self.server.server_address[1]
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._answers, self._visits = {}, []

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def serve(self, path, answer):
        with self._lock:
            self._answers[path] = answer

    def provision(self, token, key_authorization):
        """What an honest client does for a challenge."""
        self.serve(PREFIX + token, Answer(key_authorization, headers=[("Content-Type", "application/octet-stream")]))

    def forget(self, path):
        with self._lock:
            self._answers.pop(path, None)

    def answer_for(self, path):
        with self._lock:
            return self._answers.get(path, Answer(b"no such challenge\n", status=404))

    def note(self, visit):
        with self._lock:
            self._visits.append(visit)

    def visits(self, path):
        with self._lock:
            return [visit for visit in self._visits if visit.path == path]

    def wait_for_visit(self, path, seconds=10):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.visits(path)
            if found:
                return found
            time.sleep(0.02)
        return []
