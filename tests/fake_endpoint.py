"""A loopback server that speaks chat completions and plays a script: statuses, delays, resets and broken bodies."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Step:
    """What one request is answered with."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    cut: str = ""
    """`before`: reset before the status line; `middle`: reset within the body; `drip`: a byte at a time."""


Script = Callable[[dict[str, Any], int], Step]
"""A step from the request and its number, counted from 0."""


def completion(
    content: Any, *, finish: str = "stop", usage: tuple[int, int] | None = (100, 20), **message: Any
) -> Step:
    """A well-formed completion; `content` is sent as JSON where it is not a text."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    whole: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "fake",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
    }
    if usage is not None:
        whole["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return Step(json.dumps(whole).encode())


def tool_call(name: str, arguments: str, *, n: int = 1) -> Step:
    """A completion that asks for a tool, `n` times."""
    calls = [
        {"id": f"call_{i}", "type": "function", "function": {"name": name, "arguments": arguments}} for i in range(n)
    ]
    return completion(None, finish="tool_calls", tool_calls=calls)


def error(status: int, text: str = "no", **headers: str) -> Step:
    """An HTTP error as OpenAI words it."""
    body = json.dumps({"error": {"message": text, "type": "error", "code": None}}).encode()
    return Step(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class Endpoint:
    """A running server, with what it was sent."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@contextmanager
def serving(*script: Step | Script) -> Iterator[Endpoint]:
    """Serve the steps in turn, the last one for ever; a function is asked anew each time."""
    lock, stop = threading.Lock(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            with lock:
                number = len(endpoint.requests)
                endpoint.requests.append(request)
                endpoint.keys.append(self.headers.get("Authorization", ""))
            step = script[min(number, len(script) - 1)]
            self._play(step if isinstance(step, Step) else step(request, number))

        def _play(self, step: Step) -> None:
            stop.wait(step.delay_s)
            if step.cut == "before":
                return self._reset()
            try:
                self.send_response(step.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(step.body)))
                for name, value in step.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if step.cut == "middle":
                    self.wfile.write(step.body[: len(step.body) // 2])
                    self.wfile.flush()
                    return self._reset()
                if step.cut == "drip":
                    for byte in step.body:
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        if stop.wait(0.02):
                            break
                    return None
                self.wfile.write(step.body)
            except OSError:
                self.close_connection = True
            return None

        def _reset(self) -> None:
            """Close with a TCP reset."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Clock:
    """Counts the seconds that a mind would have slept."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)
