"""The parent's side of the limited reading process: ask it for a file, outlive whatever the file does to it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from eutectic.knowledge.reader import Block, Limits, PageText, ReadDocument, Refusal

_GRACE_S = 30.0
"""Seconds beyond the file's own limit after which the child itself is given up."""


class ReaderProcess:
    """Reads documents in a child process; a `Reader` whose callers cannot be hurt by a file."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ReaderProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: Path, limits: Limits) -> ReadDocument:
        """See `Reader.read`."""
        child = self._start()
        request = json.dumps({"path": str(path.resolve()), "limits": limits.model_dump()}) + "\n"
        try:
            _stream(child.stdin).write(request.encode())
            _stream(child.stdin).flush()
            line = _line(_stream(child.stdout).fileno(), time.monotonic() + limits.wall_s + _GRACE_S)
        except BrokenPipeError:
            line = b""
        if line is None or not line:
            self.close()
            code, what = ("too_slow", "takes too long to read") if line is None else ("crashed", "kills the reader")
            raise Refusal(code, f"it {what}")  # type: ignore[arg-type]
        answer = json.loads(line)
        if "refused" in answer:
            raise Refusal(answer["refused"]["code"], answer["refused"]["what"])
        return _document(answer["read"])

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
                [sys.executable, "-I", "-W", "ignore", "-m", "eutectic.knowledge.reader_child"],
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
    keep = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")
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


def _document(read: dict[str, Any]) -> ReadDocument:
    pages = tuple(
        PageText(page["number"], tuple(Block(**block) for block in page["blocks"]), tuple(page["hidden"]))
        for page in read["pages"]
    )
    return ReadDocument(read["reader"], read["title"], pages, tuple(read["flags"]))
