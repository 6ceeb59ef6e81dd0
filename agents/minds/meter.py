"""The meter: hard caps on model calls, tokens and money, held before each call."""

from __future__ import annotations

from collections.abc import Callable

from eutectic.agents.minds.trail import Trail
from eutectic.core.errors import BudgetExhausted
from eutectic.core.notebook.view import Spent
from eutectic.core.spec import Budget

LEAST_ANSWER = 256
"""Tokens below which no answer is worth asking for."""
_BYTES_PER_TOKEN = 3
_MILLION = 1_000_000


def estimated_tokens(text: str) -> int:
    """An upper estimate of the tokens of a text: a token for every three bytes of UTF-8."""
    return len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN + 1


class Meter:
    """What one decision may still use: the budget less what the notebook and the trail hold."""

    def __init__(
        self, budget: Budget, spent: Callable[[], Spent], trail: Trail, *, price_in: float, price_out: float
    ) -> None:
        self._budget, self._spent, self._trail = budget, spent, trail
        self._price_in, self._price_out = price_in / _MILLION, price_out / _MILLION

    def reserve(self, tokens_in: int, most_out: int) -> int:
        """How many tokens the next answer may have when the prompt has `tokens_in`.

        Raises:
            BudgetExhausted: the call itself, its tokens or its price would pass a cap.
        """
        spent, used, budget = self._spent(), self._trail.usage, self._budget
        calls = spent.model_calls + used.calls
        if calls + 1 > budget.model_calls:
            raise BudgetExhausted(
                f"all {budget.model_calls} model calls are used",
                mend="raise budget.model_calls, or let the rules decide",
            )
        tokens = budget.tokens - spent.tokens - used.tokens_in - used.tokens_out - tokens_in
        if tokens < LEAST_ANSWER:
            raise BudgetExhausted(
                f"the next model call needs about {tokens_in + LEAST_ANSWER} tokens, {max(0, tokens + tokens_in)} of "
                f"{budget.tokens} are left",
                mend="raise budget.tokens, or let the rules decide",
            )
        return min(most_out, tokens, self._affordable(tokens_in, spent.money + used.money))

    def _affordable(self, tokens_in: int, spent: float) -> int:
        """Tokens that the money left pays for behind a prompt of `tokens_in`."""
        if self._budget.money is None or not (self._price_in or self._price_out):
            return _MILLION
        left = self._budget.money - spent
        least = tokens_in * self._price_in + LEAST_ANSWER * self._price_out
        if least > left:
            raise BudgetExhausted(
                f"the next model call costs at least {least:.4g} {self._budget.currency}, {max(0.0, left):.4g} is left",
                mend="raise budget.money, or let the rules decide",
            )
        return int((left - tokens_in * self._price_in) / self._price_out) if self._price_out else _MILLION

    def charge(self, tokens_in: int, tokens_out: int) -> None:
        """Count a call that was made."""
        money = tokens_in * self._price_in + tokens_out * self._price_out
        self._trail.charge(tokens_in=tokens_in, tokens_out=tokens_out, money=money)
