"""The microstructure section: what was read from the images of the samples, the best recipes' shown."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from eutectic.agents.graph.images import ImageRead, image_file
from eutectic.agents.report.blocks import Block, Gallery, Section, Table, Text, Thumbnail
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.results import RecipeResult, Results
from eutectic.agents.report.wording import number, percent, plural
from eutectic.core.objective import Objective
from eutectic.core.quantity import headed
from eutectic.tools.micrograph import open_grey

_MOST_SHOWN = 8
_ABOUT = (
    "The bright phase is what lies above Otsu's threshold; lengths are in pixels, so they compare only where all "
    "images have one magnification."
)
_SIDE = 200
"""Pixels of a thumbnail."""


def micrographs_section(ledger: Ledger, results: Results, folder: Path | None) -> Section | None:
    """The images with their measures; None for a campaign that read none.

    Args:
        ledger: The campaign.
        results: Its trials.
        folder: Of the campaign, where the raw files are; without one no image is shown.
    """
    if not ledger.images:
        return None
    read = [item for item in ledger.images if item.micrograph is not None]
    text = (
        f"{plural(len(read), 'image')} measured. The bright phase is what lies above Otsu's threshold; lengths are in "
    )
    text += "pixels, so they compare only where all images have one magnification."
    blocks: list[Block] = [Text(text)]
    shown = [] if folder is None else _thumbnails(read, results, folder, ledger.spec.objectives[0])
    if shown:
        blocks.append(Gallery(tuple(shown), "The best recipes first"))
    blocks.append(_table(ledger, results))
    return Section("microstructure", "Microstructure", tuple(blocks))


def _best_first(results: Results, objective: Objective) -> list[RecipeResult]:
    """The best recipe, the rest of the front, then the others by the first objective."""
    front = [item.key for item in results.front]
    best = "" if results.best is None else results.best.key

    def rank(item: RecipeResult) -> tuple[bool, bool, float]:
        mean = item.means.get(objective.property)
        return item.key != best, item.key not in front, float("inf") if mean is None else -objective.score(mean)

    return sorted(results.recipes, key=rank)


def _thumbnails(read: list[ImageRead], results: Results, folder: Path, first: Objective) -> list[Thumbnail]:
    place = {row.trial.id: i for i, recipe in enumerate(_best_first(results, first)) for row in recipe.rows}
    found = []
    for item in sorted(read, key=lambda one: place.get(one.trial, len(place))):
        path = image_file(folder, item.digest)
        uri = _uri(path) if path is not None else ""
        if uri and item.micrograph is not None:
            bright, chord = percent(item.micrograph.bright), number(item.micrograph.chord, 3)
            found.append(Thumbnail(item.trial, f"{item.trial}: {bright} bright, {chord} px", uri))
        if len(found) == _MOST_SHOWN:
            break
    return found


def _uri(path: Path) -> str:
    """A small JPEG as a data URI; empty where the file cannot be read any more."""
    from PIL import Image

    grey = open_grey(path)
    if isinstance(grey, str):
        return ""
    picture = Image.fromarray(grey)
    picture.thumbnail((_SIDE, _SIDE))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()


def _table(ledger: Ledger, results: Results) -> Table:
    objectives: tuple[Objective, ...] = ledger.spec.objectives
    rows = {row.trial.id: row for row in results.rows}
    lines = []
    for item in ledger.images:
        row, seen = rows.get(item.trial), item.micrograph
        values = [number(row.value(o.property)) if row is not None else "-" for o in objectives]
        measures = (percent(seen.bright), number(seen.chord, 3), number(seen.anisotropy, 2)) if seen else ("-",) * 3
        lines.append((item.trial, *measures, *values, item.why))
    given = [headed(o.property, o.unit) for o in objectives]
    head = ("trial", "bright phase", "mean intercept (px)", "anisotropy", *given, "why not measured")
    count = len(ledger.images)
    return Table(head, tuple(lines), numeric=frozenset(range(1, len(head) - 1)), fold=f"All {plural(count, 'image')}")
