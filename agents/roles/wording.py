"""Wording: how the rules put numbers, recipes and results into a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from eutectic.agents.decisions.common import ObjectiveLine, Recipe, Result
from eutectic.core.quantity import headed
from eutectic.core.space import Value

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def clip(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut between words with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 2]
    return head[: head.rfind(" ") if " " in head[limit // 2 :] else None].rstrip(" ,;:") + " …"


def show(value: Value) -> str:
    """A value with at most four significant digits; whole numbers below a million in full."""
    if isinstance(value, str | bool):
        return str(value)
    return f"{value:.0f}" if abs(value) < 1e6 and value == round(value) else f"{value:.4g}"


def count(number: int, noun: str) -> str:
    """Such as `1 trial` or `3 trials`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(items: Iterable[str]) -> str:
    """Such as `a`, `a and b`, or `a, b and c`."""
    words = list(items)
    return words[0] if len(words) == 1 else " and ".join([", ".join(words[:-1]), words[-1]]) if words else "none"


def with_unit(value: Value, unit: str) -> str:
    """A value with its unit; the unit `1` is not written."""
    return show(value) if unit in ("1", "") else f"{show(value)} {unit}"


def objective_text(line: ObjectiveLine) -> str:
    """Such as `maximize saturation_induction (T)` or `minimize coercivity (A/m), at most 5`."""
    named = headed(line.property, line.unit)
    if _NUMBER.match(line.wish):
        return f"bring {named} to {line.wish}"
    verb, _, limit = line.wish.partition(", ")
    if verb in ("maximize", "minimize"):
        return f"{verb} {named}" + (f", {limit}" if limit else "")
    return f"{named}: {line.wish}"


def goal_text(line: ObjectiveLine) -> str:
    """The value that counts as met, such as `coercivity at most 5 A/m`."""
    goal = line.wish.removeprefix("maximize, ").removeprefix("minimize, ").replace("keep ", "")
    return f"{line.property} {goal}" + ("" if line.unit in ("1", "") else f" {line.unit}")


def recipe_text(recipe: Recipe) -> str:
    """The formula with its process values."""
    process = ", ".join(f"{item.name} {show(item.value)}" for item in recipe.process)
    return f"{recipe.formula} ({process})" if process else recipe.formula


def units(objectives: Sequence[ObjectiveLine]) -> dict[str, str]:
    """Unit by property."""
    return {line.property: line.unit for line in objectives}


def values_text(result: Result, unit_of: Mapping[str, str]) -> str:
    """The measured values of a trial with their units."""
    words = [f"{item.name} {with_unit(item.value, unit_of.get(item.name, ''))}" for item in result.values]
    return ", ".join(words) or "no value"


def result_text(result: Result, unit_of: Mapping[str, str]) -> str:
    """A trial with recipe and values in a line."""
    return f"{result.trial} {recipe_text(result.recipe)}: {values_text(result, unit_of)}"


def first_word(line: str) -> str:
    """The name a line of the search space begins with."""
    return line.strip().split(" ", 1)[0].rstrip(":,") or "unnamed"
