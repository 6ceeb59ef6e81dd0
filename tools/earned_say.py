"""Which knowledge has earned a say: that which foretells the better half of the measured values when each is left out.

A source can be right about the landscape and wrong about its top: a score that rises with the property almost
everywhere has the evidence for it, yet the best recipes lie elsewhere and it leads away from them. So evidence over all
values does not let a source steer; what it adds where the search is going does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eutectic.core.objective import Objective
from eutectic.tools.gaussian_process import PropertyModel
from eutectic.tools.knowledge_term import KnowledgeTerm, Slopes, slopes_of
from eutectic.tools.left_out_gain import left_out_gain

_NEEDED = float(np.log(3.0))


def earned(
    objectives: Sequence[Objective], models: Mapping[str, PropertyModel], terms: Sequence[KnowledgeTerm]
) -> frozenset[str]:
    """Names of the terms that have earned a say.

    Args:
        objectives: Of the campaign.
        models: Of each property, fitted without any term, all terms standing behind the plain columns.
        terms: All of them, in column order.
    """
    signs = {"maximize": 1.0, "minimize": -1.0, "target": 0.0}
    found = set()
    for objective in objectives:
        model = models.get(objective.property)
        if model is None or model.note:
            continue
        slopes = slopes_of(terms, objective.property, model.process.slopes.n_plain)
        towards = signs[objective.direction] if objective.role == "optimize" else 0.0
        for i, column in enumerate(slopes.columns):
            one = Slopes(slopes.n_plain, (column,), (slopes.means[i],), (slopes.sds[i],))
            if left_out_gain(model.process, one, towards) > _NEEDED:
                found.add(terms[column - slopes.n_plain].name)
    return frozenset(found)
