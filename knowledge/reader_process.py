"""The parent's side of the limited reading process: ask it for a file, outlive whatever the file does to it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from eutectic.core.settings import PdfReader
from eutectic.knowledge.reader import Flag, Limits, ReadDocument, Refusal
from eutectic.knowledge.reader_pages import pages_to_look_at
from eutectic.knowledge.reader_wire import decode, decode_parts

_GRACE_S = 30.0
"""Seconds beyond the file's own limit after which the child itself is given up."""


class ReaderProcess:
    """Reads documents in a child process; a `Reader` whose callers cannot be hurt by a file."""

    def __init__(self, pdf: PdfReader = "pymupdf") -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._pdf = pdf

    def __enter__(self) -> ReaderProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: Path, limits: Limits) -> ReadDocument:
        """See `Reader.read`; what cannot be looked at a second time is kept without tables and flagged."""
        read = decode(self._ask("read", path, limits)["read"])
        pages = pages_to_look_at(read.pages) if read.reader.startswith("pymupdf") else {}
        if not pages:
            return read
        try:
            answer = self._ask("layout", path, limits, pages=list(pages.items()))["layout"]
        except Refusal:
            return replace(read, flags=(*read.flags, "tables_unread"))
        tables, pictures = decode_parts(answer)
        flags: tuple[Flag, ...] = (*read.flags, "tables_unread") if answer["is_cut"] else read.flags
        return replace(read, tables=tables, pictures=pictures, flags=flags)

    def _ask(self, what: str, path: Path, limits: Limits, **more: Any) -> dict[str, Any]:
        child = self._start()
        request = {"what": what, "path": str(path.resolve()), "limits": limits.model_dump(), "pdf": self._pdf} | more
        try:
            _stream(child.stdin).write((json.dumps(request) + "\n").encode())
            _stream(child.stdin).flush()
            line = _line(_stream(child.stdout).fileno(), time.monotonic() + limits.wall_s + _GRACE_S)
        except BrokenPipeError:
            line = b""
        if line is None or not line:
            self.close()
            code, reason = ("too_slow", "takes too long to read") if line is None else ("crashed", "kills the reader")
            raise Refusal(code, f"it {reason}")  # type: ignore[arg-type]
        answer: dict[str, Any] = json.loads(line)
        if "refused" in answer:
            raise Refusal(answer["refused"]["code"], answer["refused"]["what"])
        return answer

    def close(self) -> None:
        """End the child process."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            _stream(self._child.stdin).close()
            _stream(self._child.stdout).close()
            self._child = None

    def _start(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(
                [sys.executable, "-s", "-P", "-W", "ignore", "-m", "eutectic.knowledge.reader_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=bare_environment(),
                start_new_session=True,
            )
        return self._child


def bare_environment() -> dict[str, str]:
    """Only what an interpreter needs: no key or token reaches the process that opens hostile files."""
    keep = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in keep if name in os.environ} | {"OMP_NUM_THREADS": "1"}


def _stream(stream: Any) -> Any:
    if stream is None:
        raise RuntimeError("the reading process was started without pipes")
    return stream


def _line(descriptor: int, deadline: float) -> bytes | None:
    """One line from a pipe; empty where it was closed, None where the deadline passed."""
    pieces: list[bytes] = []
    while True:
        if sys.platform != "win32":  # select knows no pipes there; the child's own limits have to do
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                return None
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            return b""
        pieces.append(piece)
        if piece.endswith(b"\n"):
            return b"".join(pieces)
