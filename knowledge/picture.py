"""Pictures of pages with quotes marked on them, drawn by a limited child process."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from eutectic.knowledge.reader_process import bare_environment

_WALL_S = 60.0
_MEMORY = 2 << 30


class Wanted(NamedTuple):
    """A picture to draw."""

    path: Path
    page: int
    quotes: tuple[str, ...] = ()
    width: int = 900
    """Pixels of the whole page's width."""
    is_strip: bool = False
    """Only the part of the page around the quotes."""


class PagePicture(NamedTuple):
    """A JPEG of a page or a part of it."""

    data: bytes
    width: int
    height: int
    marks: int
    """Boxes drawn; 0 where no quote was found on the page."""

    @property
    def uri(self) -> str:
        """As a data URI."""
        return f"data:image/jpeg;base64,{base64.b64encode(self.data).decode()}"


def draw_pages(wanted: Sequence[Wanted]) -> list[PagePicture | None]:
    """The pictures, in order; None for one that cannot be drawn, such as of a file that is no PDF any more."""
    if not wanted:
        return []
    requests = [item._asdict() | {"path": str(item.path)} for item in wanted]
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-P", "-W", "ignore", "-c", _LIMITED],
            input=json.dumps(requests),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bare_environment() | {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ},
            timeout=_WALL_S,
            text=True,
            check=False,
        )
        lines = done.stdout.splitlines()
    except subprocess.TimeoutExpired as late:
        lines = late.stdout.decode().splitlines() if isinstance(late.stdout, bytes) else []
    found = [_read(line) for line in lines]
    return [*found, *([None] * (len(wanted) - len(found)))][: len(wanted)]


@lru_cache(maxsize=64)
def draw_page(wanted: Wanted) -> PagePicture | None:
    """One picture; the last 64 are kept."""
    return draw_pages([wanted])[0]


def is_unchanged(path: Path, sha256: str) -> bool:
    """Whether a file is still the one that was taken in, so that a picture of it is evidence."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except OSError:
        return False


_LIMITED = f"""
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY}, {_MEMORY}))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ImportError:
    pass
from eutectic.knowledge.picture_child import main
main()
"""


def _read(line: str) -> PagePicture | None:
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    if "data" not in answer:
        return None
    return PagePicture(base64.b64decode(answer["data"]), answer["width"], answer["height"], answer["marks"])
