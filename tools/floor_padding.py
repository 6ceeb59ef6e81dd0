"""Failed trials given the worst value measured, so that knowledge which led to them pays for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eutectic.core.objective import Objective
from eutectic.tools.encoding import FloatArray
from eutectic.tools.history import Table


def floor_padded(table: Table, objectives: Sequence[Objective]) -> Table:
    """The table in which a trial that failed for a cause in its recipe stands at the worst value of each objective.

    The floor padding of Wakabayashi et al. 2022, DOI 10.1038/s41524-022-00859-8. A failed trial has no value, so a
    statement such as "more iron is better" could lead into a region where nothing can be made and never be refuted.
    """
    failed = np.flatnonzero(table.survived == 0)
    if not len(failed):
        return table
    values: FloatArray = table.values.copy()
    for j, objective in enumerate(objectives):
        seen = values[~np.isnan(values[:, j]) & ~table.screened, j]
        if len(seen):
            values[failed, j] = seen[int(np.argmin([objective.score(float(value)) for value in seen]))]
    return replace(table, values=values)
