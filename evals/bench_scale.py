"""Query time, build time, memory and disk of libraries of 1,000 to 100,000 made-up passages, in fresh processes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from eutectic.core.errors import EutecticError
from eutectic.core.record import Record
from eutectic.evals.made_passages import write_documents


class Timing(Record):
    """One kind of search over the queries, in milliseconds."""

    search: str
    median_ms: float
    p95_ms: float
    cpu_ms: float
    """Mean processor time: what a machine with nothing else to do would take."""


class Scale(Record):
    """A library of one size."""

    chunks: int
    embedder: str
    build_s: float
    build_cpu_s: float
    build_mb: float
    """Most memory of the process that built it."""
    again_s: float
    """Taking in one document more."""
    disk_mb: float
    open_s: float
    """First search of a fresh process: imports, indexes opened, model loaded."""
    search_mb: float
    """Most memory of the process that searched."""
    queries: int
    timings: tuple[Timing, ...]


def run_scale(sizes: Sequence[int], seed: int, embedder: str = "latent") -> Iterator[Scale]:
    """Build a library of each size from text files and search it, each in a process of its own."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            (folder / "papers").mkdir()
            queries = write_documents(folder / "papers", size, seed)
            (folder / "queries.json").write_text(json.dumps(queries), encoding="utf-8")
            built, searched = (_child(step, folder, embedder) for step in ("build", "search"))
            disk = sum(path.stat().st_size for path in (folder / "library").rglob("*") if path.is_file())
            yield Scale.model_validate(built | searched | {"disk_mb": round(disk / 1e6, 1), "queries": len(queries)})


def show_scale(sizes: Sequence[int], as_json: bool, seed: int = 0) -> None:
    """Print the figures of each size as soon as they are there, and all of them at the end."""
    import typer

    rows: list[Scale] = []
    for row in run_scale(sizes, seed):
        rows.append(row)
        typer.echo(f"{row.chunks} passages: built in {row.build_s:.0f} s", err=True)
    typer.echo(json.dumps([row.model_dump(mode="json") for row in rows], indent=2) if as_json else describe(rows, seed))


def describe(rows: Sequence[Scale], seed: int) -> str:
    """The figures as text."""
    lines = [
        f"made-up passages of about 900 characters, seed {seed}; wall time, with processor time beside it",
        "  chunks  build s (cpu)   MB built  one more s  disk MB  first search s  MB searching",
    ]
    for row in rows:
        lines.append(
            f"{row.chunks:>8}{row.build_s:>9.0f} ({row.build_cpu_s:.0f}){row.build_mb:>12.0f}{row.again_s:>12.1f}"
            f"{row.disk_mb:>9.0f}{row.open_s:>16.1f}{row.search_mb:>14.0f}"
        )
    lines.append("  chunks  search                     median ms   p95 ms   cpu ms")
    for row in rows:
        lines += [
            f"{row.chunks:>8}  {item.search:<26}{item.median_ms:>10.1f}{item.p95_ms:>9.1f}{item.cpu_ms:>9.1f}"
            for item in row.timings
        ]
    return "\n".join(lines)


def _child(step: str, folder: Path, embedder: str) -> dict[str, object]:
    command = [sys.executable, "-m", "eutectic.evals.scale_child", step, str(folder), embedder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EutecticError(f"the {step} process failed: {done.stderr.strip()[-300:]}", where=str(folder))
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found
