"""The fallback mind: asks the model, and lets the rules answer, marked as such, where it fails."""

from __future__ import annotations

from typing import TypeVar

from eutectic.agents.minds.trail import Failure, Trying, one_line
from eutectic.core.decision import Answer, Decision, Mind, MindName
from eutectic.core.errors import EndpointFailed
from eutectic.core.record import Record

T = TypeVar("T", bound=Record)
GIVEN_UP = "not asked again"
"""How the reason begins once the model is not asked any more."""
_GIVE_UP_AFTER = 3


class FallbackMind:
    """Never silent: an answer of the rules says why the model gave none, and what the attempt cost."""

    name: MindName = "model"

    def __init__(self, model: Trying, rules: Mind) -> None:
        self._model, self._rules = model, rules
        self._down = 0
        """How often in a row the endpoint failed."""
        self._last = ""

    def decide(self, question: Decision[T]) -> Answer[T]:
        """The model's answer, or that of the rules."""
        if self._down >= _GIVE_UP_AFTER:
            return self._by_rules(
                question, Failure(EndpointFailed(f"{GIVEN_UP} after {self._down} failures: {self._last}"), "")
            )
        outcome = self._model.attempt(question)
        if isinstance(outcome, Answer):
            self._down = 0
            return outcome
        self._down = self._down + 1 if isinstance(outcome.error, EndpointFailed) else 0
        self._last = str(outcome.error)
        return self._by_rules(question, outcome)

    def _by_rules(self, question: Decision[T], failure: Failure) -> Answer[T]:
        answer = self._rules.decide(question)
        return Answer(
            value=answer.value,
            mind="rules",
            model=failure.model,
            usage=failure.usage,
            tools=failure.tools,
            attempts=failure.attempts,
            fallback=one_line(str(failure.error), 400),
        )
