"""Gates of ingest and records for the literature evaluation: cells, records, compositions, magnitudes, traps, kills."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from eutectic.core.settings import Settings
from eutectic.evals.drawn_tables import drawn_cells
from eutectic.evals.ingest_kills import run_kills
from eutectic.evals.score_records import Counts, score_library, score_made_papers
from eutectic.evals.task import Gate
from eutectic.knowledge.library import Library, open_library
from eutectic.knowledge.reader import Flag, RefusalCode

Ending = tuple[Literal["ingested", "duplicate", "refused"], RefusalCode | None, tuple[Flag, ...]]
TRAPS: dict[str, Ending] = {
    "encrypted_owner_only": ("ingested", None, ()),
    "encrypted_user_password": ("refused", "encrypted", ()),
    "huge_page": ("ingested", None, ()),
    "injection_invisible_mode3": ("ingested", None, ("hidden_text",)),
    "injection_metadata_annotation": ("ingested", None, ()),
    "injection_off_page": ("ingested", None, ()),
    "injection_tiny": ("ingested", None, ("hidden_text",)),
    "injection_transparent": ("ingested", None, ("hidden_text",)),
    "injection_visible": ("ingested", None, ("suspicious_text",)),
    "injection_white": ("ingested", None, ("hidden_text",)),
    "long_600_pages": ("ingested", None, ()),
    "not_a_pdf": ("refused", "not_a_pdf", ()),
    "plain": ("ingested", None, ()),
    "plain_resaved_duplicate": ("duplicate", None, ()),
    "scanned_image_only": ("refused", "needs_ocr", ()),
    "truncated": ("refused", "damaged", ()),
    "zero_bytes": ("refused", "empty", ()),
}
"""How each trap among the papers must end; the duplicate repeats `plain`."""


def ingest_gates(library: Library, folder: Path, *, smoke: bool) -> tuple[Gate, ...]:
    """The gates of ingest and records but for killed ingests, measured.

    Args:
        library: holds the papers of the folder.
        folder: papers, with `records.jsonl` of checked records and a folder `traps` where they are to count.
        smoke: a quarter of the drawn tables.
    """
    cells = drawn_cells(smoke)
    counts = score_made_papers()
    checked = folder / "records.jsonl"
    real = score_library(library.records(), checked) if checked.is_file() else []
    tables = [c for c in counts if c.name.endswith(": table records")] + [c for c in real if "(tables)" in c.name]
    compositions = [c for c in counts if c.name.endswith(": compositions")]
    shifted = sum(c.magnitude_errors for c in (*tables, *real))
    exact = sum(c.exact for c in cells) / sum(c.cells for c in cells)
    precision, recall = _total(tables)
    found, known = _total(compositions)
    f1 = 2 * found * known / (found + known) if found + known else 0.0
    gates = [
        _gate("table cells exact", "cells of tables drawn in five styles", exact, 1.0, sum(c.cells for c in cells)),
        _gate("table record precision", "verified ones that are right", precision, 0.95, sum(c.found for c in tables)),
        _gate("table record recall", "known ones that were found", recall, 0.95, sum(c.gold for c in tables)),
        _gate("composition F1", "of the made papers", f1, 0.80, sum(c.gold for c in compositions)),
        Gate(name="errors of magnitude", about="records wrong by a power of ten", value=float(shifted),
             bound="at most", limit=0.0, n=sum(c.gold for c in tables)),
    ]  # fmt: skip
    if (folder / "traps").is_dir():
        right = trap_endings(folder / "traps")
        share = sum(right.values()) / len(right)
        gates.append(_gate("traps end as named", "hostile and broken files", share, 1.0, len(right)))
    return tuple(gates)


def trap_endings(folder: Path) -> dict[str, bool]:
    """Whether each trap of a folder ends in its named status, each in a library of its own."""
    right = {}
    for name, wanted in TRAPS.items():
        with tempfile.TemporaryDirectory() as place, open_library(Path(place), Settings()) as library:
            before = [folder / "plain.pdf"] if wanted[0] == "duplicate" else []
            file = library.ingest([*before, folder / f"{name}.pdf"]).files[-1]
            right[name] = (file.status, file.reason, file.flags) == wanted
    return right


def kill_gate(folder: Path, kills: int, tell: Callable[[str], None] = lambda _: None) -> Gate:
    """The gate of ingests killed at random moments; `tell` hears how many are done."""
    found = run_kills(sorted(folder.glob("*.pdf")), kills, tell=tell)
    return Gate(
        name="kills that lose or double", about="; ".join(found.problems[:3]) or "kill -9 at random moments of ingest",
        value=float(len(found.problems)) if found.kills == kills else None, bound="at most", limit=0.0, n=found.kills,
    )  # fmt: skip


def _total(counts: Sequence[Counts]) -> tuple[float, float]:
    """Precision and recall over all."""
    found, gold = sum(c.found for c in counts), sum(c.gold for c in counts)
    right, recalled = sum(c.right for c in counts), sum(c.recalled for c in counts)
    return (right / found if found else 1.0), (recalled / gold if gold else 1.0)


def _gate(name: str, about: str, value: float, limit: float, n: int) -> Gate:
    return Gate(name=name, about=about, value=value, bound="at least", limit=limit, n=n)
