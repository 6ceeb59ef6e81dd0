"""The `eval records` command: scores of record extraction beside the gates they must pass."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import typer

from eutectic.core.settings import Settings
from eutectic.evals.score_records import Counts, pdf_folder, score_library, score_made_papers, table_text

_TABLES, _TEXT, _COMPOSITIONS = 0.95, 0.60, 0.80


def run(smoke: bool, data: Path | None, as_json: bool) -> int:
    """Print the scores; 1 where a gate does not hold on the made papers."""
    counts = score_made_papers()
    folder = None if smoke else pdf_folder(data)
    if folder is not None:
        counts += _checked_papers(folder)
    failed = list(_failed(counts))
    if as_json:
        rows = [
            item.model_dump() | {"precision": item.precision, "recall": item.recall, "f1": item.f1} for item in counts
        ]
        typer.echo(json.dumps({"scores": rows, "failed": failed}, indent=2))
        return 1 if failed else 0
    typer.echo(
        "Rules only, no model. P counts verified records, R verified and flagged ones; 10x: wrong by a power of ten."
    )
    typer.echo(table_text(counts))
    if folder is None:
        typer.echo("checked papers: none (give --data, or set EUTECTIC_PDFS)")
    typer.echo("\n".join(failed) if failed else "every gate holds")
    return 1 if failed else 0


def run_drawn(n: int, seed: int, held_back: bool, as_json: bool) -> int:
    """Print the scores on drawn papers, which have no gate: most of their kinds were made to find what fails.

    Raises:
        EutecticError: PyMuPDF cannot draw them.
    """
    from eutectic.evals.score_drawn import score_drawn, score_lines

    scores = score_drawn(n, seed)
    if as_json:
        kept = [item for item in scores if held_back or not item.is_held_back or item.name == "held back"]
        typer.echo(json.dumps([item.model_dump() for item in kept], indent=2))
    else:
        typer.echo("\n".join(score_lines(scores, with_held_back=held_back)))
    return 0


def _checked_papers(folder: Path) -> list[Counts]:
    from eutectic.knowledge.library import open_library

    with tempfile.TemporaryDirectory() as place, open_library(Path(place), Settings()) as library:
        library.ingest(sorted(folder.glob("*.pdf")))
        return score_library(library.records(), folder / "records.jsonl")


def _failed(counts: list[Counts]) -> list[str]:
    """The gates that do not hold on the made papers, in words."""
    failed = []
    for item in counts:
        if item.name.endswith(": table records") and min(item.precision, item.recall) < _TABLES:
            failed.append(f"FAILED {item.name}: P {item.precision:.3f}, R {item.recall:.3f}, both >= {_TABLES}")
        if item.name.endswith(": text records") and item.f1 < _TEXT:
            failed.append(f"FAILED {item.name}: F1 {item.f1:.3f} >= {_TEXT}")
        if item.name.endswith(": compositions") and item.f1 < _COMPOSITIONS:
            failed.append(f"FAILED {item.name}: F1 {item.f1:.3f} >= {_COMPOSITIONS}")
    if errors := sum(item.magnitude_errors for item in counts if not item.name.startswith("  ")):
        failed.append(f"FAILED errors of magnitude: {errors}, none allowed")
    return failed
