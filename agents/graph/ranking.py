"""Which observations are best: feasible ones by score, or the Pareto front where there are several objectives."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable

from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation

Scores = tuple[float, ...]
_KEPT = 10


def scores(spec: CampaignSpec, item: Observation) -> Scores | None:
    """Scores of the optimised objectives, more is better; None where a value is missing."""
    if item.status != "ok" or any(item.value(objective.property) is None for objective in spec.objectives):
        return None
    return tuple(objective.score(item.value(objective.property) or 0.0) for objective in spec.optimized)


def within_limits(spec: CampaignSpec, item: Observation) -> bool:
    """Whether every objective of role `constrain` keeps its limits."""
    limits = [objective for objective in spec.objectives if objective.role == "constrain"]
    values = [(objective, item.value(objective.property)) for objective in limits]
    return all(value is not None and objective.is_met(value) for objective, value in values)


class Leaderboard:
    """The best observations so far, kept up to date one observation at a time.

    Those that keep every limit come before those that do not. With one optimised objective the best ten are kept,
    with several the Pareto front.
    """

    def __init__(self, spec: CampaignSpec, observations: Iterable[Observation] = ()) -> None:
        self._spec = spec
        self._inside: list[tuple[Scores, str, Observation]] = []
        self._outside: list[tuple[Scores, str, Observation]] = []
        for item in observations:
            self.add(item)

    def add(self, item: Observation) -> bool:
        """Take an observation in; whether it joined the best that keep the limits, at the top or on the front."""
        mine = scores(self._spec, item)
        if mine is None:
            return False
        inside = within_limits(self._spec, item)
        board = self._inside if inside else self._outside
        joined = self._rank(board, mine, item) if len(mine) == 1 else self._front(board, mine, item)
        return joined and inside

    def best(self, limit: int = 5) -> list[Observation]:
        """The best, best first; a front is ordered by mean rank over the objectives."""
        board = self._inside or self._outside
        if board and len(board[0][0]) > 1:
            board = sorted(board, key=lambda row: (_mean_rank(board, row[0]), row[1]))
        return [item for _, _, item in board[:limit]]

    def _rank(self, board: list[tuple[Scores, str, Observation]], mine: Scores, item: Observation) -> bool:
        is_first = not board or mine > board[0][0]
        insort(board, (mine, item.trial, item), key=lambda row: (-row[0][0], row[1]))
        del board[_KEPT:]
        return is_first

    def _front(self, board: list[tuple[Scores, str, Observation]], mine: Scores, item: Observation) -> bool:
        if any(_dominates(row[0], mine) or row[0] == mine for row in board):
            return False
        board[:] = [row for row in board if not _dominates(mine, row[0])]
        board.append((mine, item.trial, item))
        return True


def _dominates(a: Scores, b: Scores) -> bool:
    return all(x >= y for x, y in zip(a, b, strict=True)) and a != b


def _mean_rank(board: list[tuple[Scores, str, Observation]], mine: Scores) -> float:
    return sum(sum(row[0][k] > mine[k] for row in board) for k in range(len(mine))) / len(mine)
