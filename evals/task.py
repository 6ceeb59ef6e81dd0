"""Tasks in the vocabulary of inspect_ai: samples, a solver, scorers, and the gates their means must pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from eutectic.core.record import Record
from eutectic.knowledge.genome import wilson

S = TypeVar("S")
O = TypeVar("O")  # noqa: E741  the output of a solver


_TELL_EVERY = 20
"""Samples between two words on how far a task is."""


class Score(Record):
    """What a scorer gives one sample; None where it does not apply."""

    value: float | None
    explanation: str = ""


@dataclass(frozen=True)
class Scorer(Generic[S, O]):
    """Grades what the solver made of a sample."""

    name: str
    about: str
    score: Callable[[S, O], Score]


class Gate(Record):
    """A figure and the bound it must keep."""

    name: str
    about: str
    value: float | None
    """None where nothing applied, which passes no gate."""
    bound: Literal["at least", "at most"]
    limit: float
    n: int
    """Samples it is the mean of."""

    @property
    def is_passed(self) -> bool:
        """Whether the figure keeps its bound."""
        if self.value is None:
            return False
        return self.value >= self.limit if self.bound == "at least" else self.value <= self.limit


@dataclass(frozen=True)
class Task(Generic[S, O]):
    """What is asked, how it is solved, how it is graded, and what must hold."""

    name: str
    samples: Sequence[S]
    solver: Callable[[S], O]
    scorers: Sequence[Scorer[S, O]]
    gates: Sequence[tuple[str, Literal["at least", "at most"], float]]
    """Name of a scorer and the bound of its mean."""


class Outcome(Record):
    """What came of a task."""

    name: str
    figures: dict[str, float | None]
    """Mean of each scorer."""
    gates: tuple[Gate, ...]
    failed: tuple[str, ...]
    """Samples that a scorer found wanting, with its words."""
    intervals: dict[str, tuple[float, float]] = {}
    """Wilson's 95 % interval of each figure whose scores are all 0 or 1; a mean of shares has none."""

    @property
    def is_passed(self) -> bool:
        """Whether every gate is passed."""
        return all(gate.is_passed for gate in self.gates)


def run_task(task: Task[S, O], label: Callable[[S], str], tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Solve and grade every sample; `tell` hears how many are done."""
    given: dict[str, list[float]] = {scorer.name: [] for scorer in task.scorers}
    failed = []
    for number, sample in enumerate(task.samples, start=1):
        output = task.solver(sample)
        for scorer in task.scorers:
            score = scorer.score(sample, output)
            if score.value is None:
                continue
            given[scorer.name].append(score.value)
            if score.explanation:
                failed.append(f"{scorer.name}: {label(sample)}: {score.explanation}")
        if not number % _TELL_EVERY:
            tell(f"{task.name}: {number} of {len(task.samples)}")
    figures = {name: sum(values) / len(values) if values else None for name, values in given.items()}
    about = {scorer.name: scorer.about for scorer in task.scorers}
    gates = tuple(
        Gate(name=name, about=about[name], value=figures[name], bound=bound, limit=limit, n=len(given[name]))
        for name, bound, limit in task.gates
    )
    intervals = {
        name: wilson(round(sum(values)), len(values))
        for name, values in given.items()
        if values and {*values} <= {0, 1}
    }
    return Outcome(name=task.name, figures=figures, gates=gates, failed=tuple(failed), intervals=intervals)
