"""The child process that reads hostile files: it loads the parser once and forks a limited process per file.

Run as `python -m eutectic.knowledge.reader_child`; one JSON request a line on standard input, one answer a line on
standard output. Where the system cannot fork, it reads by itself and its parent's time-out is the only limit.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

from eutectic.knowledge.reader import Limits, Reader, Refusal
from eutectic.knowledge.reader_wire import encode, encode_parts

_CHUNK = 1 << 16
_MAGIC = b"%PDF-"
_MAGIC_WINDOW = 1024


def main() -> None:
    """Serve requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    _load_parser()
    for line in sys.stdin:
        request = Request(json.loads(line))
        answers.write((_in_fork(request) if "fork" in dir(os) else _answer(request)) + "\n")
        answers.flush()


class Request:
    """One line of the parent's: what is wanted of which file, within which limits."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.what: str = given["what"]
        self.path = Path(given["path"])
        self.limits = Limits.model_validate(given["limits"])
        self.pdf: str = given["pdf"]
        self.pages: dict[int, bool] = {int(number): bool(has) for number, has in given.get("pages", ())}

    @property
    def cpu_s(self) -> int:
        """Processor seconds it may take before its pages are counted."""
        n_slow = sum(self.pages.values()) + 0.2 * len(self.pages)
        return self.limits.cpu_s + int(n_slow * self.limits.cpu_s_per_table_page)


def _load_parser() -> str:
    # PyMuPDF loads its layout models' runtime (threads, 1 s) where it can be imported; plain text needs none of it.
    sys.modules["onnxruntime"] = None  # type: ignore[assignment]
    try:
        import pymupdf  # noqa: F401
    except ImportError:
        return "pypdfium2"
    return "pymupdf"


def _in_fork(request: Request) -> str:
    limits = request.limits
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        _limit(limits, request.cpu_s)
        with os.fdopen(send, "w", encoding="utf-8") as stream:
            stream.write(_answer(request))
        os._exit(0)
    os.close(send)
    text, is_late = _collect(receive, time.monotonic() + limits.wall_s)
    if is_late:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if is_late or status == -signal.SIGXCPU:
        return _refused("too_slow", "it takes too long to read")
    if status != 0:
        return _refused("crashed", f"the reader died of it (exit {status})")
    return text


def _collect(descriptor: int, deadline: float) -> tuple[str, bool]:
    """All that is written to a pipe, and whether the deadline passed first."""
    pieces: list[bytes] = []
    try:
        while True:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                return "", True
            piece = os.read(descriptor, _CHUNK)
            if not piece:
                return b"".join(pieces).decode("utf-8", "replace"), False
            pieces.append(piece)
    finally:
        os.close(descriptor)


def _limit(limits: Limits, cpu_s: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    most = int(limits.pages * (limits.cpu_s_per_page + limits.cpu_s_per_table_page)) + limits.cpu_s + 1
    resource.setrlimit(resource.RLIMIT_CPU, (min(cpu_s, most), most))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(request: Request) -> str:
    try:
        if request.what == "layout":
            return json.dumps({"layout": _layout(request)})
        return json.dumps({"read": encode(_reader(request).read(request.path, request.limits))})
    except Refusal as refusal:
        return _refused(refusal.code, refusal.what)
    except MemoryError:
        return _refused("out_of_memory", "it needs more memory than a document may")
    except Exception as error:  # a parser may raise anything on a hostile file; the answer says what
        what = (str(error).splitlines() or [""])[0][:200]
        if "malloc" in what or "memory" in what.lower():
            return _refused("out_of_memory", "it needs more memory than a document may")
        return _refused("unreadable", f"{type(error).__name__}: {what}")


def _layout(request: Request) -> dict[str, Any]:
    """Tables and figures; the layout model's runtime, shut out while plain text is read, may be loaded now."""
    if sys.modules.get("onnxruntime", ...) is None:
        del sys.modules["onnxruntime"]
    from eutectic.knowledge.reader_layout import read_layout

    found = read_layout(request.path, request.pages, 0.8 * request.cpu_s)
    return encode_parts(found.tables, found.pictures) | {"is_cut": found.is_cut}


def _reader(request: Request) -> Reader:
    """The reader for a file, after the checks that need no parser."""
    path, limits = request.path, request.limits
    size = path.stat().st_size
    if size == 0:
        raise Refusal("empty", "it has no bytes")
    if size > limits.bytes:
        raise Refusal("too_large", f"{size} bytes, at most {limits.bytes} are read")
    if path.suffix.lower() != ".pdf":
        from eutectic.knowledge.reader_text import TextReader

        return TextReader()
    with path.open("rb") as stream:
        if _MAGIC not in stream.read(_MAGIC_WINDOW):
            raise Refusal("not_a_pdf", "it does not begin like a PDF")
    if request.pdf == "pymupdf" and "pymupdf" in sys.modules:
        from eutectic.knowledge.reader_pymupdf import PyMuPdfReader, page_count

        pages = min(page_count(path), limits.pages)
        _limit(limits, limits.cpu_s + int(pages * limits.cpu_s_per_page))
        return PyMuPdfReader()
    from eutectic.knowledge.reader_pypdfium2 import PdfiumReader

    return PdfiumReader()


def _refused(code: str, what: str) -> str:
    return json.dumps({"refused": {"code": code, "what": what}})


if __name__ == "__main__":
    main()
