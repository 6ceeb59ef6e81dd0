"""What has been read of a goal sentence so far; the grammar's files fill it in."""

from __future__ import annotations

from dataclasses import dataclass, field

from eutectic.agents.goal.asking import Language, ask
from eutectic.agents.goal.draft import Bounds, Doubt, Wish
from eutectic.agents.goal.sentence import Sentence
from eutectic.core.composition import Basis
from eutectic.core.space import Continuous, LinearRule


@dataclass
class Reading:
    """The parts of a goal under construction; each part is set once."""

    sentence: Sentence
    language: Language
    wishes: dict[str, Wish] = field(default_factory=dict)
    places: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """Where each property stands in the sentence."""
    bounds: dict[str, Bounds] = field(default_factory=dict)
    rules: list[LinearRule] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    based: list[str] = field(default_factory=list)
    max_components: int | None = None
    basis: Basis | None = None
    process: dict[str, Continuous] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    """`experiments` and `batch`."""
    money: float | None = None
    currency: str | None = None
    hours: float | None = None
    lab: str | None = None
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, question: str, *parts: object, about: tuple[str, ...] = ()) -> None:
        """Note a question once; it is about the first part unless said otherwise."""
        made = Doubt(about=about or (str(parts[0]),), text=ask(self.language, question, *parts))
        if made not in self.doubts:
            self.doubts.append(made)

    def bound(self, name: str, low: float | None, high: float | None) -> bool:
        """Set bounds of a component; False where a different one stands already."""
        old = self.bounds.get(name, Bounds(name=name))
        if (low is not None and old.min not in (None, low)) or (high is not None and old.max not in (None, high)):
            self.doubt("twice", name)
            return False
        self.bounds[name] = Bounds(
            name=name, min=old.min if low is None else low, max=old.max if high is None else high
        )
        return True

    def counted(self, key: str, value: int) -> bool:
        """Set a count; False where another value stands already."""
        if self.counts.get(key, value) != value:
            self.doubt("twice", key)
            return False
        self.counts[key] = value
        return True
