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
    from eutectic.tools.source_term import SourceTerm

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

    Components are the columns named like an element or like a component of the space.

    Raises:
        BadInput: no objective or fewer than two components have a column, or a cell is no number.
    """
    from eutectic.core.elements import is_element

    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    head = list(lines[0]) if lines else []
    ours = spec.space.component_names
    components = [name for name in head if name in ours or is_element(name)]
    columns = {o.property: c for o in spec.objectives for c in head if c in (o.property, f"{o.property}_{o.unit}")}
    if not columns or len(components) < 2 or len(lines) > _MOST_ROWS:
        raise BadInput(
            f"{len(lines)} rows with {len(components)} component and {len(columns)} objective columns",
            where=path.name,
            mend="give a column per component and one named like the objective (Bs or Bs_T); at most 5,000 rows",
        )
    return [_source(path.name, name, lines, components, column, ours) for name, column in columns.items()]


def _source(
    name: str,
    property: str,
    lines: Sequence[dict[str, Any]],
    components: Sequence[str],
    column: str,
    ours: Sequence[str],
) -> SourceTable:
    shares, values, overlap = [], [], 0
    for number, line in enumerate(lines, start=2):
        if not str(line[column] or "").strip():
            continue
        try:
            row, value = [float(line[c] or 0) for c in components], float(line[column])
        except ValueError:
            raise BadInput(
                "a cell is no number", where=f"{name}:{number}", mend="mend the cell or leave it empty"
            ) from None
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
) -> tuple[list[SourceTerm], Terms]:
    """The terms of what a campaign knows, and what of it says nothing here.

    Args:
        spec: The campaign.
        claims: With their trust.
        tables: Of earlier campaigns.
        made: Terms of tables from an earlier call, which are not learned again.
    """
    import numpy as np

    from eutectic.tools.campaign_term import campaign_term
    from eutectic.tools.claim_term import claim_terms
    from eutectic.tools.descriptor_term import descriptor_terms
    from eutectic.tools.sampling import domain_of
    from eutectic.tools.text_term import text_terms

    wanted = spec.knowledge.sources
    kept = [c for c in claims if (wanted.literature if c.origin == "literature" else wanted.advice)]
    if not (kept or tables or wanted.descriptors or wanted.embeddings):
        return [], Terms(used=(), unused=())
    domain = domain_of(spec.space)
    rows = domain.random(_STAND_IN, np.random.default_rng(0))
    shares = domain.lattice.shares(rows)
    process = domain.encoder.rows(domain.lattice, rows)[:, len(spec.space.component_names) :]
    found, left = claim_terms(kept, spec.space, spec.objectives, shares)
    unused = [(item.name, item.reason) for item in left]
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
    used = tuple(SourceLine(name=t.name, kind=t.kind, property=t.property, slope=t.slope, about=t.about) for t in found)
    return found, Terms(used=used, unused=tuple(unused))
