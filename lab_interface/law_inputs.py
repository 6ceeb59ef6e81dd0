"""Checks of what a law is given: known components, the right basis, process values within reach."""

from __future__ import annotations

from collections.abc import Mapping

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.core.space import Value
from eutectic.lab_interface.law import Law, LawProcess


def fractions_of(law: Law, composition: Composition) -> dict[str, float]:
    """Fractions by component, after the basis and every component were found to be the law's.

    Raises:
        BadInput: another basis or an unknown component.
    """
    if composition.basis != law.basis:
        raise BadInput(f"the composition is in {composition.basis}, this law needs {law.basis}")
    unknown = sorted(set(composition.fractions) - set(law.components))
    if unknown:
        raise BadInput(f"this law knows nothing of {unknown}", mend="it knows " + ", ".join(law.components))
    return composition.fractions


def process_of(law: Law, process: Mapping[str, Value]) -> dict[str, Value]:
    """Every process value of the law, with its default where none is given.

    Raises:
        BadInput: a variable the law does not know, or a value of the wrong kind.
    """
    known = {item.name: item for item in law.process}
    unknown = sorted(set(process) - set(known))
    if unknown:
        raise BadInput(f"this law knows no process variable {unknown}", mend="it knows " + (", ".join(known) or "none"))
    return {name: _checked(item, process.get(name, item.default)) for name, item in known.items()}


def number_of(process: Mapping[str, Value], name: str) -> float:
    """A process value that must be a number.

    Raises:
        BadInput: it is text.
    """
    value = process[name]
    if isinstance(value, str):
        raise BadInput(f"process variable {name!r} is {value!r}, not a number")
    return float(value)


def _checked(item: LawProcess, value: Value) -> Value:
    if item.choices:
        if value not in item.choices:
            raise BadInput(f"{item.name} {value!r} is not one of {list(item.choices)}")
        return value
    if isinstance(value, str):
        raise BadInput(f"{item.name} {value!r} is not a number", mend=f"give it in {item.unit or 'plain numbers'}")
    return value
