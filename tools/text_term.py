"""Text embeddings of recipes as terms: KABO as CRESt released it, kept as a baseline that can be switched on.

CRESt (Zhang et al. 2025, DOI 10.1038/s41586-025-09640-5) weights embeddings of one sentence per element by the
shares and searches in their first coordinates. Here the mean learned element vector stands in for the sentence, in its
leading principal directions over the space, and each direction has a slope without a sign. No gain over random vectors
was measured (`docs/knowledge-assisted.md`), so it is off by default.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eutectic.core.objective import Objective
from eutectic.core.space import SearchSpace
from eutectic.tools.claim_term import Unused
from eutectic.tools.descriptors import component_amounts, element_matrix
from eutectic.tools.source_term import SourceTerm, standard_term

FloatArray = NDArray[np.float64]
_DIRECTIONS = 3
_SLOPE = (0.0, 0.3)


def text_terms(
    space: SearchSpace, objectives: Sequence[Objective], shares: FloatArray
) -> tuple[list[SourceTerm], list[Unused]]:
    """A term for each leading direction of the mean vectors and each objective, or the reason why there is none."""
    vectors = []
    for name, amounts in component_amounts(space.component_names).items():
        vector = element_matrix(amounts) if amounts else None
        if vector is None:
            return [], [Unused("embeddings", f"no vector is known for {name}")]
        vectors.append(vector)
    table = np.array(vectors)
    embedded = shares @ table
    _, _, directions = np.linalg.svd(embedded - embedded.mean(axis=0), full_matrices=False)
    terms = []
    for objective in objectives:
        for i, direction in enumerate(directions[: min(_DIRECTIONS, len(table) - 1)]):
            loadings = table @ direction
            term = standard_term(
                SourceTerm(
                    name=f"embeddings: direction {i + 1} on {objective.property}",
                    kind="embeddings",
                    property=objective.property,
                    slope=_SLOPE,
                    raw=_Linear(loadings),
                    centre=0.0,
                    scale=1.0,
                    about="mean element vector along a principal direction; no sign known",
                ),
                shares,
                np.zeros((len(shares), 0)),
            )
            terms += [term] if term is not None else []
    return terms, []


class _Linear:
    def __init__(self, loadings: FloatArray) -> None:
        self._loadings = loadings

    def __call__(self, shares: FloatArray, process: FloatArray) -> FloatArray:
        return np.asarray(shares @ self._loadings, dtype=np.float64)
