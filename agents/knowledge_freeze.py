"""What a campaign knows before its first experiment: gathered once, frozen in the notebook, turned into terms."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eutectic.core.claim import Claim
from eutectic.core.errors import BadInput
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec

if TYPE_CHECKING:
    from eutectic.core.objective import Objective
    from eutectic.knowledge.units import Unit
    from eutectic.tools.image_term import Seen
    from eutectic.tools.source_term import FloatArray, SourceTerm

_MOST_ROWS = 5_000
_STAND_IN = 2_000
"""Recipes drawn to stand for the search space."""


class SourceTable(Record):
    """A table of an earlier campaign or of public data, as read."""

    name: str
    property: str
    components: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]
    values: tuple[float, ...]
    overlap: int
    """Rows left out because this campaign could measure them itself."""


class FrozenTables(Record):
    """The tables of earlier campaigns as they stood before the first experiment."""

    tables: tuple[SourceTable, ...] = ()


class SourceLine(Record):
    """One source as a campaign uses it."""

    name: str
    kind: str
    property: str
    slope: tuple[float, float]
    """Prior mean and standard deviation, in standard deviations of the property."""
    about: str


class Terms(Record):
    """The sources in use and those that say nothing here."""

    used: tuple[SourceLine, ...]
    unused: tuple[tuple[str, str], ...]
    """Name and reason."""


def freeze_tables(spec: CampaignSpec) -> FrozenTables:
    """Read the tables that the spec names.

    Raises:
        BadInput: a file cannot be read or used; the message says where and how to mend it.
    """
    paths = spec.knowledge.sources.campaigns
    return FrozenTables(tables=tuple(table for path in paths for table in read_source(Path(path), spec)))


def read_source(path: Path, spec: CampaignSpec) -> list[SourceTable]:
    """A CSV as source tables, one for each objective that has a column.

    Recipes stand in a column per component, named like an element or a component of the space, or in one called
    `formula`, as `eutectic records --csv` writes them; objectives in columns of their name, with the unit behind it.

    Raises:
        BadInput: no objective or fewer than two components have a column, or a cell is no number.
    """
    from eutectic.core.elements import is_element

    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    head = list(lines[0]) if lines else []
    ours = spec.space.component_names
    components = [name for name in head if name in ours or is_element(name)]
    columns = [(o.property, *found) for o in spec.objectives if (found := _column(o, head)) is not None]
    has_recipes = len(components) >= 2 or _FORMULA in head
    if not columns or not has_recipes or len(lines) > _MOST_ROWS:
        raise BadInput(
            f"{len(lines)} rows with {len(components)} component and {len(columns)} objective columns",
            where=path.name,
            mend="give a column per component, or one called formula, and one named like the objective (Bs, Bs_T or "
            "Bs (T)); at most 5,000 rows",
        )
    if len(components) < 2:
        components, lines = _with_shares(path.name, lines, spec)
    return [_source(path.name, name, lines, components, column, units, ours) for name, column, units in columns]


_FORMULA = "formula"
Units = tuple["Unit", "Unit"] | None
"""Of a column and of its objective, where both are known and measure one thing."""


def _column(objective: Objective, head: Sequence[str]) -> tuple[str, Units] | None:
    """The column of an objective: `Bs`, `Bs_T`, `Bs (T)`, or another name of the property with a unit it has."""
    from eutectic.knowledge.properties import same_property
    from eutectic.knowledge.units import read_unit

    wanted = read_unit(objective.unit) if objective.unit else None
    for name in head:
        if name in (objective.property, f"{objective.property}_{objective.unit}"):
            return name, None
        bare, _, unit = name.rstrip(")").partition(" (")
        if not same_property(bare.replace("_", " "), objective.property):
            continue
        given = read_unit(unit) if unit else None
        if unit == objective.unit:
            return name, None
        if given is not None and wanted is not None and given.dimension == wanted.dimension:
            return name, (given, wanted)
    return None


def _with_shares(
    name: str, lines: Sequence[dict[str, Any]], spec: CampaignSpec
) -> tuple[list[str], list[dict[str, Any]]]:
    """The elements of the formulas, and the rows with a share of each."""
    from eutectic.core.composition import Composition

    made: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=2):
        try:
            shares = Composition.from_formula(str(line[_FORMULA] or "")).to(spec.space.basis).fractions
        except BadInput as error:
            raise BadInput(str(error), where=f"{name}:{number}", mend="mend the formula or leave the row out") from None
        made.append({**line, **shares})
    return sorted({key for line in made for key in line if key not in lines[0]}), made


def _number(cell: str, units: Units) -> float | None:
    """A value in the objective's unit; None for a bound, which says no value."""
    if cell.startswith(("<", ">")):
        return None
    value = float(cell)
    return value if units is None else (units[0].to_si(value) - units[1].offset) / units[1].factor


def _source(
    name: str,
    property: str,
    lines: Sequence[dict[str, Any]],
    components: Sequence[str],
    column: str,
    units: Units,
    ours: Sequence[str],
) -> SourceTable:
    shares, values, overlap = [], [], 0
    for number, line in enumerate(lines, start=2):
        cell = str(line[column] or "").strip()
        if not cell:
            continue
        try:
            row, value = [float(line.get(c) or 0) for c in components], _number(cell, units)
        except ValueError:
            raise BadInput(
                "a cell is no number", where=f"{name}:{number}", mend="mend the cell or leave it empty"
            ) from None
        if value is None:
            continue
        total = sum(row)
        if total <= 0 or min(row) < 0:
            raise BadInput("the shares do not add up", where=f"{name}:{number}", mend="give shares of 0 or more")
        if all(c in ours for c, share in zip(components, row, strict=True) if share > 0):
            overlap += 1
            continue
        shares.append(tuple(share / total for share in row))
        values.append(value)
    return SourceTable(
        name=name, property=property, components=tuple(components), shares=tuple(shares), values=tuple(values),
        overlap=overlap,
    )  # fmt: skip


def terms_of(
    spec: CampaignSpec,
    claims: Sequence[Claim],
    tables: Sequence[SourceTable],
    made: dict[str, SourceTerm | str] | None = None,
    seen: Seen | None = None,
) -> tuple[list[SourceTerm], Terms]:
    """The terms of what a campaign knows, and what of it says nothing here.

    Args:
        spec: The campaign.
        claims: With their trust.
        tables: Of earlier campaigns.
        made: Terms of tables from an earlier call, which are not learned again.
        seen: Microstructure images so far.
    """
    import numpy as np

    from eutectic.tools.campaign_term import campaign_term
    from eutectic.tools.claim_term import claim_terms
    from eutectic.tools.descriptor_term import descriptor_terms
    from eutectic.tools.estimate_term import estimate_terms
    from eutectic.tools.joint_slopes import joint_slopes
    from eutectic.tools.sampling import domain_of
    from eutectic.tools.text_term import text_terms

    wanted = spec.knowledge.sources
    kept = [c for c in claims if (wanted.literature if c.origin == "literature" else wanted.advice)]
    if not (kept or tables or wanted.descriptors or wanted.embeddings or wanted.images):
        return [], Terms(used=(), unused=())
    domain = domain_of(spec.space)
    rows = domain.random(_STAND_IN, np.random.default_rng(0))
    shares = domain.lattice.shares(rows)
    process = domain.encoder.rows(domain.lattice, rows)[:, len(spec.space.component_names) :]
    found, left = claim_terms(kept, spec.space, spec.objectives, shares)
    estimated, unread = estimate_terms(kept, spec.space, spec.objectives, shares, process)
    found += estimated
    unused = [(item.name, item.reason) for item in (*left, *unread)]
    makers = ((wanted.descriptors, descriptor_terms), (wanted.embeddings, text_terms))
    for more, left in (make(spec.space, spec.objectives, shares) for is_on, make in makers if is_on):
        found += more
        unused += [(item.name, item.reason) for item in left]
    for table in tables:
        source = (table.components, np.array(table.shares), np.array(table.values))
        key, names = f"{table.name}/{table.property}", spec.space.component_names
        made = {} if made is None else made
        if key not in made:
            made[key] = campaign_term(table.name, table.property, source, names, shares, process)
        term = made[key]
        if isinstance(term, str):
            unused.append((f"campaigns: {table.name}", term))
        else:
            found.append(term)
    if wanted.images:
        pictured, silent = _of_images(spec, seen, shares, process)
        found += pictured
        unused += silent
    found = joint_slopes(found, shares, process)
    used = tuple(SourceLine(name=t.name, kind=t.kind, property=t.property, slope=t.slope, about=t.about) for t in found)
    return found, Terms(used=used, unused=tuple(unused))


def _of_images(
    spec: CampaignSpec, seen: Seen | None, shares: FloatArray, process: FloatArray
) -> tuple[list[SourceTerm], list[tuple[str, str]]]:
    from eutectic.tools.image_term import LEAST_IMAGES, image_terms

    if seen is None:
        return [], [("images", f"they say something once {LEAST_IMAGES} of the campaign's own have been read")]
    found, left = image_terms([item.property for item in spec.objectives], seen, shares, process)
    return found, [(item.name, item.reason) for item in left]
