"""The rules mind: answers every decision by the function of that name in the role's module, with no network."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import isfunction
from typing import TypeVar, get_type_hints

from eutectic.agents.decisions.catalogue import DECISIONS
from eutectic.core.decision import Answer, Decision, MindName
from eutectic.core.errors import NotSupported
from eutectic.core.record import Record
from eutectic.core.spec import Role

T = TypeVar("T", bound=Record)


class RulesMind:
    """Deterministic answers in numbers; what a campaign runs on where no language model is configured."""

    name: MindName = "rules"

    def __init__(self) -> None:
        self._rules = self.check()

    @staticmethod
    def check() -> dict[tuple[Role, str], Callable[[Record], Record]]:
        """The rule of every decision, by role and name.

        Raises:
            NotSupported: a decision has no rule, or a rule takes or gives another type.
        """
        return {(role, name): _rule(role, name) for role, name in DECISIONS}

    def decide(self, question: Decision[T]) -> Answer[T]:
        """The answer of the role's rule.

        Raises:
            NotSupported: there is no such decision.
        """
        rule = self._rules.get((question.role, question.name))
        if rule is None:
            raise NotSupported(f"{question.role} has no rule for {question.name!r}", where=question.slot)
        value = rule(question.context)
        return Answer(value=question.answer.model_validate(value), mind=self.name)


def _rule(role: Role, name: str) -> Callable[[Record], Record]:
    module = import_module(f"eutectic.agents.roles.{role}")
    found: Callable[[Record], Record] | None = vars(module).get(name)
    where = f"agents/roles/{role}.py"
    if not isfunction(found):
        raise NotSupported(f"no rule for the decision {name!r}", where=where, mend=f"write def {name}(context)")
    types = DECISIONS[role, name]
    hints = get_type_hints(found)
    given = hints.pop("return", None)
    if given is not types.answer or list(hints.values()) != [types.context]:
        want = f"({types.context.__name__}) -> {types.answer.__name__}"
        raise NotSupported(f"the rule {name!r} has another signature", where=where, mend=f"it must be {want}")
    return found
