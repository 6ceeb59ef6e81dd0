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
from dataclasses import asdict
from pathlib import Path

from eutectic.knowledge.reader import Limits, Reader, Refusal

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
        request = json.loads(line)
        path, limits = Path(request["path"]), Limits.model_validate(request["limits"])
        answers.write((_in_fork(path, limits) if "fork" in dir(os) else _answer(path, limits)) + "\n")
        answers.flush()


def _load_parser() -> str:
    # PyMuPDF loads its layout models' runtime (threads, 1 s) where it can be imported; plain text needs none of it.
    sys.modules["onnxruntime"] = None  # type: ignore[assignment]
    try:
        import pymupdf  # noqa: F401
    except ImportError:
        return "pypdfium2"
    return "pymupdf"


def _in_fork(path: Path, limits: Limits) -> str:
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        _limit(limits, limits.cpu_s)
        with os.fdopen(send, "w", encoding="utf-8") as stream:
            stream.write(_answer(path, limits))
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

    most = limits.cpu_s + int(limits.pages * limits.cpu_s_per_page) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (min(cpu_s, most), most))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(path: Path, limits: Limits) -> str:
    try:
        return json.dumps({"read": asdict(_reader(path, limits).read(path, limits))})
    except Refusal as refusal:
        return _refused(refusal.code, refusal.what)
    except MemoryError:
        return _refused("out_of_memory", "it needs more memory than a document may")
    except Exception as error:  # a parser may raise anything on a hostile file; the answer says what
        what = (str(error).splitlines() or [""])[0][:200]
        if "malloc" in what or "memory" in what.lower():
            return _refused("out_of_memory", "it needs more memory than a document may")
        return _refused("unreadable", f"{type(error).__name__}: {what}")


def _reader(path: Path, limits: Limits) -> Reader:
    """The reader for a file, after the checks that need no parser."""
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
    if "pymupdf" in sys.modules:
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
