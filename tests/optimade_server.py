"""A real HTTP server on loopback that answers as an OPTIMADE database does, with its faults."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


def entry(number: int, formula: str = "Fe2B", **more: Any) -> dict[str, Any]:
    values = {
        "chemical_formula_reduced": formula,
        "nelements": 2,
        "_fix_band_gap": 0.1 * number,
        "_fix_functional": "PBE",
    }
    return {"id": f"fix-{number}", "type": "structures", "attributes": values | {"elements": ["B", "Fe"]} | more}


class Database:
    """What the server answers, and what it was asked."""

    def __init__(self) -> None:
        self.entries: list[Any] = [entry(i) for i in range(25)]
        self.faults: list[int | str] = []
        """Taken off one a request: a status code, or `html`, `hang`, `elsewhere`, `loop`, `no data`, `drop`, `cut`,
        `slow`, `gone`, `relative`, `bare link`, `errors`, `empty page`, `same again`, `list`, `latin`, `deep`."""
        self.asked: list[dict[str, list[str]]] = []
        self.url = ""
        self.release = threading.Event()


@contextmanager
def optimade_server() -> Iterator[Database]:
    database = Database()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            database.asked.append(query)
            fault = database.faults.pop(0) if database.faults else None
            if fault == "hang":
                database.release.wait(20)
            if fault == "drop":
                self.connection.close()
                return
            start, size = int(query.get("page_offset", ["0"])[0]), int(query.get("page_limit", ["10"])[0])
            answer: Any = {"data": database.entries[start : start + size], "meta": meta(), "links": {"next": None}}
            if start + size < len(database.entries):
                answer["links"]["next"] = {
                    "href": f"{database.url}/v1/structures?page_offset={start + size}&page_limit={size}"
                }
            if fault == "elsewhere":
                answer["links"]["next"] = "http://169.254.169.254/latest/meta-data"
            if fault == "loop":
                answer["links"]["next"] = f"{database.url}{self.path}"
            if fault == "no data":
                answer = {"meta": meta()}
            if fault == "errors":
                answer = {"errors": [{"detail": "the filter is wrong"}], "meta": meta()}
            if fault == "empty page":
                answer["data"] = []
            if fault == "same again":
                answer["data"] = database.entries[:size]
            if fault == "list":
                answer = [1, 2]
            if fault == "gone":
                answer["links"] = None
            link = (
                answer["links"]["next"]["href"]
                if isinstance(answer, dict) and fault in ("relative", "bare link")
                else ""
            )
            if fault == "relative":
                answer["links"]["next"] = {"href": link.removeprefix(database.url)}
            if fault == "bare link":
                answer["links"]["next"] = link
            if isinstance(fault, int):
                answer = {"errors": [{"detail": "the filter is wrong"}]}
            body = b"<html>log in</html>" if fault == "html" else json.dumps(answer).encode()
            body = b'{"data": "\xff\xfe"}' if fault == "latin" else b"[" * 100_000 if fault == "deep" else body
            self.send_response(fault if isinstance(fault, int) else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body[: len(body) // 2] if fault == "cut" else body[:1] if fault == "slow" else body)
                if fault == "slow":
                    self.wfile.flush()
                    database.release.wait(20)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    database.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield database
    finally:
        database.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


def meta() -> dict[str, Any]:
    return {"api_version": "1.1.0", "provider": {"name": "Fixture", "prefix": "fix"}}
