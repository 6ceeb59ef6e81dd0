"""Which law of the simulated lab can measure a goal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from eutectic.core.composition import Basis
from eutectic.core.errors import BadInput


def law_for(components: Iterable[str], units: Mapping[str, str], process: Mapping[str, str], basis: Basis) -> str:
    """The first law, by name, that knows every component, property and process variable in the same units.

    Args:
        components: Names of the components.
        units: Unit by property.
        process: Unit by process variable.
        basis: Basis of the search space.

    Raises:
        BadInput: there is none; the message says what each law lacks.
    """
    from eutectic.lab_interface.registry import law_names, open_law

    lacking = []
    for name in law_names():
        law = open_law(name)
        given = {item.name: item.unit for item in law.properties}
        settings = {item.name: item.unit for item in law.process}
        lacks = [item for item in components if item not in law.components]
        lacks += [f"{item} ({unit})" for item, unit in units.items() if given.get(item) != unit]
        lacks += [f"{item} ({unit})" for item, unit in process.items() if settings.get(item) != unit]
        if not lacks and basis == law.basis:
            return name
        lacking.append(f"{name} has no {', '.join(lacks) or law.basis}")
    raise BadInput(
        f"no simulated law measures this: {'; '.join(lacking)}",
        where="goal",
        mend="say 'by hand' for a worksheet lab, or give a spec file with a table",
    )
