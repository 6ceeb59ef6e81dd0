"""Calculated values made into earlier data: corrected where both kinds are known, and marked as calculated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.knowledge.calculated import Entry
from eutectic.tools.bias_correction import BiasCorrection, learn_bias


class Corrected(NamedTuple):
    """A correction, and the entries it was learned on."""

    correction: BiasCorrection
    pairs: list[tuple[Entry, float]]
    """Entry and measured value."""


def learn_from(entries: Iterable[Entry], measured: Mapping[str, float], value: str) -> Corrected:
    """The correction of one of the entries' values, learned on the materials that were measured.

    Of several entries of one composition the one of lowest energy above hull or formation energy counts where that is
    given, else the first; functionals are never mixed.

    Args:
        entries: calculated entries.
        measured: measured value by formula, in the unit of the calculated one.
        value: name of the entries' value.

    Raises:
        BadInput: no entry has the value, the functionals differ, or there are fewer than five pairs.
    """
    holding = [entry for entry in entries if value in entry.values and entry.is_calculated]
    if not holding:
        raise BadInput(f"no calculated entry holds {value!r}", mend="see the names with eutectic fetch --json")
    functionals = sorted({entry.functional or "not said" for entry in holding})
    if len(functionals) > 1:
        found = ", ".join(functionals)
        raise BadInput(f"the functionals differ: {found}", mend="name one with --functional")
    best: dict[tuple[tuple[str, float], ...], Entry] = {}
    for entry in sorted(holding, key=_energy):
        if (key := _key(entry.formula)) is not None:
            best.setdefault(key, entry)
    pairs = [
        (best[key], number)
        for formula, number in measured.items()
        if (key := _key(formula)) is not None and key in best
    ]
    return Corrected(learn_bias([entry.values[value] for entry, _ in pairs], [number for _, number in pairs]), pairs)


def prior_csv(entries: Iterable[Entry], value: str, column: str, correction: BiasCorrection | None) -> str:
    """A table that a spec's `prior_data` reads; each row says `calculated` in its `origin` column."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["formula", column, f"{column.partition(' ')[0]} sd", "origin", "instrument", "note"])
    for entry in entries:
        if value not in entry.values or not entry.is_calculated or _key(entry.formula) is None:
            continue
        raw = entry.values[value]
        number, sd = correction.correct(raw) if correction else (raw, None)
        said = f"{value} {raw:g}" + (f", corrected on {correction.n_pairs} pairs" if correction else "")
        note = f"{entry.database} {entry.id}, fetched {entry.fetched}: {said}"
        instrument = f"calculated {entry.functional}".strip()
        writer.writerow(
            [entry.formula, f"{number:.6g}", "" if sd is None else f"{sd:.3g}", "calculated", instrument, note]
        )
    return text.getvalue()


def _energy(entry: Entry) -> float:
    for name in sorted(entry.values):
        if any(word in name.lower() for word in ("above_hull", "hull_distance", "stability", "formation_energy")):
            return entry.values[name]
    return float("inf")


def _key(formula: str) -> tuple[tuple[str, float], ...] | None:
    try:
        composition = Composition.from_formula(formula)
    except BadInput:
        return None
    return tuple(sorted((name, round(share, 4)) for name, share in composition.fractions.items()))
