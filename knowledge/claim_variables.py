"""A campaign's process variables under the names that claims of processing give them, with their values in SI units."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eutectic.core.space import Categorical, ProcessVariable
from eutectic.core.trial import Observation
from eutectic.knowledge.units import read_unit

_QUANTITY = {"temperature": r"temp|(?:^|_)t(?:_|$)|_[ck]$", "time": r"time|dur|(?:^|_)t(?:_|$)|_(?:h|min|s)$"}
"""How the names of variables shorten what is set; others begin with their first four letters."""
_STAGE = {"age": r"(?:^|_)age?(?:ing|d)?(?:_|$)", "press": r"press(?!ure)|compact", "film": r"film|layer|coat|thick"}


def variable_of(variable: str, process: Sequence[ProcessVariable]) -> ProcessVariable | None:
    """The one process variable with numbers that a claim's `anneal_temperature` means; None where it is not one."""
    stage, _, quantity = variable.rpartition("_")
    found = [
        item
        for item in process
        if not isinstance(item, Categorical)
        and re.search(_STAGE.get(stage, stage[:4]), _plain(item.name))
        and re.search(_QUANTITY.get(quantity, quantity[:4]), _plain(item.name))
    ]
    return found[0] if len(found) == 1 else None


def si_values(item: ProcessVariable, observations: Sequence[Observation]) -> NDArray[np.float64]:
    """`N` values of a process variable as they were done, in SI units where its unit is known; NaN where missing."""
    unit = read_unit(item.unit) if item.unit else None
    given = [each.process.get(item.name) for each in observations]
    numbers = [float(value) if isinstance(value, int | float) else float("nan") for value in given]
    return np.array([value if unit is None else unit.to_si(value) for value in numbers], dtype=np.float64)


def _plain(name: str) -> str:
    return re.sub(r"[\s\-()/.]+", "_", name.lower()).strip("_")
