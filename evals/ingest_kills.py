"""kill -9 at random moments of an ingest of papers: nothing acknowledged is lost, nothing stands twice or in part."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from eutectic.core.errors import BadInput, EutecticError
from eutectic.core.record import Record

_INGEST = """
import sys
from pathlib import Path
from eutectic.core.settings import Settings
from eutectic.knowledge.library import open_library
def tell(progress):
    if progress.file.status == "ingested":
        print(progress.file.document, flush=True)
with open_library(Path(sys.argv[1]), Settings()) as library:
    print("", flush=True)
    library.ingest([Path(path) for path in sys.argv[2:]], tell)
"""
_PARTS = ("pages", "chunks", "tables", "figures", "sections", "cited")
_MOST_TRIES = 20
"""Ingests that may end before their kill, for each kill asked for."""


class Kills(Record):
    """What came of killing ingests."""

    seed: int
    documents: int
    seconds: float
    """Of an ingest that nobody kills, with its start."""
    kills: int
    in_the_middle: int
    """Kills with some documents written and others not."""
    finished: int
    """Libraries that were taken to their end by ingests killed on the way."""
    problems: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        """Whether nothing was lost, doubled or left in part."""
        return self.kills > 0 and not self.problems


def run_kills(papers: Sequence[Path], kills: int, seed: int = 0, tell: Callable[[str], None] = lambda _: None) -> Kills:
    """Kill ingests of papers at moments drawn evenly over their length, look at what is left, and let them go on.

    A library is ingested into again and again until it is whole, then the next one begins. After every kill each
    document in it must be whole, once, and every one whose line was printed must be there.

    Raises:
        BadInput: there are no papers.
    """
    if not papers:
        raise BadInput("there are no papers to take in", mend="give --docs DIR, or EUTECTIC_PDFS")
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        begun = time.monotonic()
        _ingest(Path(place) / "whole", papers)
        seconds = time.monotonic() - begun
        wanted = _contents(Path(place) / "whole")
        problems: list[str] = []
        done = middle = finished = tries = 0
        while done < kills and tries < _MOST_TRIES * kills:
            folder, told = Path(place) / f"library-{finished}", set[str]()
            is_whole = False
            while not is_whole and done < kills and tries < _MOST_TRIES * kills:
                tries += 1
                is_whole, said = _killed(folder, papers, dice.uniform(0.0, seconds))
                told |= said
                found = _contents(folder)
                problems += _wrong(found, wanted, told, f"kill {done + 1}")
                done += not is_whole
                middle += not is_whole and 0 < len(found) < len(wanted)
                if not is_whole:
                    tell(f"killed ingests: {done} of {kills}")
            if is_whole:
                finished += 1
                problems += _unlike(_contents(folder), wanted, folder)
    return Kills(
        seed=seed, documents=len(wanted), seconds=round(seconds, 1), kills=done, in_the_middle=middle,
        finished=finished, problems=tuple(problems),
    )  # fmt: skip


def _command(folder: Path, papers: Sequence[Path]) -> list[str]:
    return [sys.executable, "-c", _INGEST, str(folder), *map(str, papers)]


def _ingest(folder: Path, papers: Sequence[Path]) -> None:
    done = subprocess.run(_command(folder, papers), capture_output=True, text=True, check=False)
    if done.returncode:
        raise EutecticError(f"the ingest failed: {(done.stderr.splitlines() or [''])[-1][:200]}")


def _killed(folder: Path, papers: Sequence[Path], after: float) -> tuple[bool, set[str]]:
    """Whether an ingest ended before it was killed, and the documents it said are in."""
    process = subprocess.Popen(
        _command(folder, papers), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    said, _ = process.communicate()
    return process.returncode == 0, {line for line in said.splitlines() if line}


def _contents(folder: Path) -> dict[str, str]:
    """A hash of all that the library holds of each document, by name."""
    path = folder / "library.db"
    if not path.exists():
        return {}
    rows = sqlite3.connect(path)
    try:
        if not rows.execute("SELECT 1 FROM sqlite_master WHERE name = 'cited'").fetchone():
            return {}
        found = {}
        for key, name, title, pages in rows.execute("SELECT id, name, title, n_pages FROM documents").fetchall():
            mark = hashlib.sha256(f"{key}|{title}|{pages}".encode())
            for part in _PARTS:
                lines = rows.execute(f"SELECT * FROM {part} WHERE document = ?", (key,)).fetchall()
                mark.update("\n".join(sorted(map(repr, lines))).encode())
            found[name] = mark.hexdigest()
        return found
    finally:
        rows.close()


def _wrong(found: dict[str, str], wanted: dict[str, str], told: set[str], when: str) -> list[str]:
    lost = [f"{when}: {name} was acknowledged and is lost" for name in sorted(told - set(found))]
    odd = [
        f"{when}: {name} is not what one whole ingest makes of it" for name in found if found[name] != wanted.get(name)
    ]
    return lost + odd


def _unlike(found: dict[str, str], wanted: dict[str, str], folder: Path) -> list[str]:
    """What differs at the end: documents, and vectors, of which every chunk has one."""
    problems = [f"{folder.name}: {name} is missing" for name in sorted(set(wanted) - set(found))]
    rows = sqlite3.connect(folder / "library.db")
    try:
        chunks = rows.execute("SELECT COUNT(*) FROM chunks WHERE NOT suspicious AND NOT reference").fetchone()[0]
        vectors = rows.execute("SELECT COUNT(*), COUNT(DISTINCT chunk) FROM vectors").fetchone()
    finally:
        rows.close()
    if vectors != (chunks, chunks):
        problems.append(f"{folder.name}: {chunks} chunks have {vectors[0]} vectors, {vectors[1]} of them have one")
    return problems


def describe(found: Kills) -> str:
    """The outcome in lines."""
    return "\n".join(
        [
            f"{found.kills} kills (seed {found.seed}) of ingests of {found.documents} documents that take "
            f"{found.seconds} s; {found.in_the_middle} of them with some documents in and others not; "
            f"{found.finished} libraries were taken to their end",
            *(f"  {problem}" for problem in found.problems),
            "nothing lost, doubled or in part" if found.is_passed else "FAILED",
        ]
    )
