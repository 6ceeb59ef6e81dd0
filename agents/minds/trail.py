"""The trail of one decision: what it has used, which tools ran and what went wrong on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from eutectic.core.decision import Answer, Decision, MindName, ToolCall, Usage
from eutectic.core.errors import BudgetExhausted, MindFailed
from eutectic.core.record import Record

T = TypeVar("T", bound=Record)
_MAX_LINE = 300


@dataclass
class Trail:
    """Filled while a mind works on a decision."""

    usage: Usage = field(default_factory=Usage)
    tools: list[ToolCall] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)

    def charge(self, *, tokens_in: int, tokens_out: int, money: float) -> None:
        """Add one call to the endpoint."""
        self.usage = Usage(
            calls=self.usage.calls + 1,
            tokens_in=self.usage.tokens_in + tokens_in,
            tokens_out=self.usage.tokens_out + tokens_out,
            money=self.usage.money + money,
        )

    def note(self, problem: str) -> None:
        """Add a line on what went wrong."""
        self.attempts.append(one_line(problem))


@dataclass(frozen=True)
class Failure:
    """A decision that could not be answered, with what the attempt cost."""

    error: MindFailed | BudgetExhausted
    model: str
    usage: Usage = field(default_factory=Usage)
    tools: tuple[ToolCall, ...] = ()
    attempts: tuple[str, ...] = ()


def one_line(text: str, limit: int = _MAX_LINE) -> str:
    """Printable text in one line of bounded length, whatever an endpoint sent."""
    flat = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * limit]).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


class Trying(Protocol):
    """A mind that hands back a failure with what it cost, in place of raising it."""

    name: MindName

    def attempt(self, question: Decision[T]) -> Answer[T] | Failure:
        """The answer, or why there is none."""
        ...
