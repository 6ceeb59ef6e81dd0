"""Sites: where in a material a component sits, as far as its formula says so."""

from __future__ import annotations

from collections.abc import Mapping

from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.knowledge.formula_text import Formula, read_formula

_MAJOR = 0.05
_SITE_SLACK = 0.06


def sites_of(fractions: Mapping[str, float], formula: str = "") -> dict[str, str]:
    """The site of every component of a material.

    Of a formula such as `(Fe0.8Co0.2)85B15`: `Fe site` or `Fe-site dopant` inside a bracket; of a perovskite `ABO3`:
    `A site` and `B site` in the order of writing; else by amount: `host` (the largest), `major` (from 5 at%), `minor`.
    """
    written = read_formula(formula) if formula else None
    found: dict[str, str] = {}
    if written is not None and not written.variables:
        found = _perovskite(written) or _mixed(written)
    host = max(fractions, key=lambda name: (fractions[name], name))
    for name, share in fractions.items():
        found.setdefault(name, "host" if name == host else "major" if share >= _MAJOR else "minor")
    return {name: found[name] for name in fractions}


def _perovskite(formula: Formula) -> dict[str, str]:
    """A and B sites of a formula that ends in about three oxygens or halogens and holds two cations' worth."""
    try:
        amounts = parse_formula(formula.with_values({}))
    except BadInput:
        return {}
    *cations, anion = formula.elements
    total = sum(amounts[name] for name in cations)
    if anion not in ("O", "Br", "Cl", "I", "F") or not 2.4 <= amounts[anion] <= 3.2 or abs(total - 2) > 2 * _SITE_SLACK:
        return {}
    sites, filled = {anion: "anion"}, 0.0
    for name in cations:
        sites[name] = "A site" if filled < 1 - _SITE_SLACK else "B site"
        filled += amounts[name]
    return sites


def _mixed(formula: Formula) -> dict[str, str]:
    """Host and dopants of each bracket that several elements share."""
    sites: dict[str, str] = {}
    group: list[tuple[str, float]] | None = None
    for token in formula.tokens:
        if token == "(":
            group = []
        elif token == ")":
            if group is not None and len(group) >= 2:
                host = max(group, key=lambda pair: pair[1])[0]
                sites |= {name: f"{host} site" if name == host else f"{host}-site dopant" for name, _ in group}
            group = None
        elif group is not None and isinstance(token, str):
            if token[0].isalpha():
                group.append((token, 1.0))
            elif group:
                group[-1] = (group[-1][0], float(token))
    return sites
