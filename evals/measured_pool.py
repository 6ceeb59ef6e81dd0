"""A group's own table of measurements as a landscape to search, with what its campaign spec knows beforehand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from eutectic.agents.knowledge_freeze import freeze_tables, terms_of
from eutectic.agents.spec_file import load_spec
from eutectic.core.errors import BadInput
from eutectic.core.objective import Objective
from eutectic.core.space import Categorical, Integer, ProcessVariable, SearchSpace
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.evals.pools import Pool, whole_counts
from eutectic.knowledge.claim_file import load_claims
from eutectic.tools.knowledge_term import KnowledgeTerm
from eutectic.tools.lattice import IntArray, lattice_of
from eutectic.tools.prior_data import read_prior

_PARTS = 10_000
"""Parts that a composition is told apart by: 0.01 %."""
_LEAST = 20
"""Distinct recipes, below which a search is over before a surrogate is fitted."""


class MeasuredPool(NamedTuple):
    """The landscape, and what a reader should know of how it was read."""

    pool: Pool
    notes: tuple[str, ...]


def key_of(spec: Path, table: Path) -> str:
    """What results are filed under: the table's name and a hash of it, the spec and all files that the spec names.

    Raises:
        BadInput: a file cannot be read.
    """
    known = load_spec(spec).knowledge
    named = [Path(name) for name in ([known.claims] if known.claims else []) + list(known.sources.campaigns)]
    digest = hashlib.sha256()
    for path in (table, spec, *named):
        if not path.is_file():
            raise BadInput(f"there is no file {path}", mend="give the path of the table and of the spec")
        digest.update(path.read_bytes())
    return f"{table.stem[:40]}-{digest.hexdigest()[:8]}"


def measured_pool(spec: Path, table: Path) -> MeasuredPool:
    """The recipes of a table and no others, a measurement being one of its replicates drawn.

    The first objective to be optimised is searched; a target value becomes the distance to it. Rows that failed, or
    hold only a bound or no value of it, are left out, and so is what the spec's space allows but nobody measured.

    Args:
        spec: The campaign spec: components, process variables, objective, knowledge.
        table: Its measurements, as `prior_data` takes them.

    Raises:
        BadInput: the spec or the table cannot be read, or fewer than 20 recipes have a value.
    """
    campaign = load_spec(spec)
    objective = next((item for item in campaign.objectives if item.role == "optimize"), campaign.objectives[0])
    prior = read_prior(table, campaign)
    readings = _readings(prior.observations, objective)
    if len({item.composition for item, _ in readings}) < 2 or len(readings) < _LEAST:
        raise BadInput(
            f"{len(readings)} rows hold a value of {objective.property}; a search needs {_LEAST} recipes",
            where=table.name,
            mend="give a larger table",
        )
    names = campaign.space.component_names
    counts = whole_counts(np.array([item.composition.vector(names) for item, _ in readings]), _PARTS)
    lattice = lattice_of(_space(campaign, counts.max(axis=0), [item for item, _ in readings]))
    levels = [lattice.nearest(item.composition, item.process)[len(names) :] for item, _ in readings]
    rows, inverse = np.unique(np.hstack([counts, np.array(levels)]), axis=0, return_inverse=True)
    values = np.array([value for _, value in readings])
    groups = tuple(values[inverse.ravel() == i] for i in range(len(rows)))
    if len(rows) < _LEAST or np.ptp(values) == 0:
        what = f"{len(rows)} distinct recipes" if np.ptp(values) else "every value is the same"
        raise BadInput(what, where=table.name, mend=f"give a table of at least {_LEAST} recipes that differ in value")
    pool = Pool(
        key_of(spec, table),
        f"{len(rows)} recipes of {len(readings)} measurements, {table.name}",
        "minimize" if objective.direction != "maximize" else "maximize",
        objective.unit,
        lattice,
        rows,
        np.array([group.mean() for group in groups]),
        "table",
        groups,
    )
    terms, words = _known(campaign, lattice.space, objective)
    notes = [f"{pool.about}: {objective.property}, {objective.direction}", *prior.notes, *words]
    if prior.refused:
        notes.append(f"{len(prior.refused)} rows refused, the first in {prior.refused[0]}")
    if left := len(prior.observations) - len(readings):
        notes.append(f"{left} rows left out: failed, a bound, or no value of {objective.property}")
    return MeasuredPool(replace(pool, terms=tuple(terms)), tuple(notes))


def _readings(observations: Sequence[Observation], objective: Objective) -> list[tuple[Observation, float]]:
    found = []
    for item in observations:
        for measured in item.measurements if item.status == "ok" else ():
            if measured.property != objective.property or measured.censoring != "none" or measured.value is None:
                continue
            value = measured.value if objective.target is None else abs(measured.value - objective.target)
            found.append((item, value))
    return found


def _space(spec: CampaignSpec, most: IntArray, observations: Sequence[Observation]) -> SearchSpace:
    """The table's own ranges: what it holds may lie beyond the spec's bounds and between its steps."""
    top = np.maximum(np.ceil(most / (_PARTS / 100)), 1) / 100
    return SearchSpace.model_validate(
        {
            "basis": spec.space.basis,
            "components": [
                {"name": name, "step": f"{100 / _PARTS:g}%", "max": float(share)}
                for name, share in zip(spec.space.component_names, top, strict=True)
            ],
            "process": [_widened(variable, observations) for variable in spec.space.process],
        }
    )


def _widened(variable: ProcessVariable, observations: Sequence[Observation]) -> ProcessVariable:
    """A variable that reaches every value done; its steps do not bind what was."""
    if isinstance(variable, Categorical):
        return variable
    seen = [float(item.process[variable.name]) for item in observations]
    low, high = min(*seen, variable.low), max(*seen, variable.high)
    if isinstance(variable, Integer):
        return variable.model_copy(update={"low": round(low), "high": round(high)})
    return variable.model_copy(update={"low": low, "high": high, "step": None})


def _known(spec: CampaignSpec, space: SearchSpace, objective: Objective) -> tuple[list[KnowledgeTerm], list[str]]:
    """The terms of the spec's knowledge about one objective, under the name that the benchmark gives it."""
    if objective.direction == "target":
        return [], ["knowledge is not used: it says what raises a property, not what brings it to a value"]
    wide = spec.model_copy(update={"space": space, "objectives": (objective,)})
    claims = load_claims(Path(spec.knowledge.claims)) if spec.knowledge.claims else ()
    found, lines = terms_of(wide, claims, freeze_tables(wide).tables)
    terms: list[KnowledgeTerm] = [replace(term, property="y") for term in found]
    words = [f"known: {line.name} ({line.kind})" for line in lines.used]
    return terms, [*words, *(f"not used: {name}: {reason}" for name, reason in lines.unused)]
