"""Decisions: typed questions put to a role, their typed answers, and the mind protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import Field, JsonValue

from eutectic.core.record import Record, canonical_json, sha256
from eutectic.core.spec import Role

T = TypeVar("T", bound=Record)
MindName = Literal["rules", "model", "replay", "person"]


@dataclass(frozen=True)
class Decision(Generic[T]):
    """A question: which role, which prompt, the typed context and the type of the answer."""

    role: Role
    name: str
    """Name of the prompt section and of the rule, such as `choose`."""
    slot: str
    """Where in the campaign it stands, such as `r02/designer/choose`: asked once, ever."""
    context: Record
    answer: type[T]

    @property
    def digest(self) -> str:
        """Hash of all that may change the answer."""
        return sha256(
            {"role": self.role, "name": self.name, "slot": self.slot, "context": canonical_json(self.context)}
        )


class Usage(Record):
    """What an answer cost."""

    calls: int = Field(default=0, ge=0)
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    money: float = Field(default=0.0, ge=0)
    """In the budget's currency, from the price settings; 0 where no price is set."""


class ToolCall(Record):
    """A tool that a mind called before it answered."""

    tool: str
    arguments: dict[str, JsonValue]
    result: str
    """JSON text, or the error in words."""
    is_error: bool = False


@dataclass(frozen=True)
class Answer(Generic[T]):
    """An answer with where it came from."""

    value: T
    mind: MindName
    model: str = ""
    """Name of the language model, where one answered."""
    usage: Usage = field(default_factory=Usage)
    tools: tuple[ToolCall, ...] = ()
    attempts: tuple[str, ...] = ()
    """What went wrong before it succeeded, a line each."""
    fallback: str = ""
    """Why the rules answered in place of the model, where they did."""


class Mind(Protocol):
    """What answers decisions: rules, a language model, a recording or a person."""

    name: MindName

    def decide(self, question: Decision[T]) -> Answer[T]:
        """The typed answer to a question.

        Raises:
            MindFailed: no valid answer could be had.
            BudgetExhausted: a cap on calls, tokens or money stands in the way.
            ReplayDrift: the recording holds another question in this slot.
        """
        ...
