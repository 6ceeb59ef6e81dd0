"""The caller: one question to an endpoint with retries, back-off and caps, every attempt counted."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from eutectic.agents.minds.dialect import Dialect
from eutectic.agents.minds.endpoint import Endpoint, Trouble
from eutectic.agents.minds.meter import Meter, estimated_tokens
from eutectic.agents.minds.trail import Trail
from eutectic.agents.minds.wire import Reply
from eutectic.core.errors import EndpointFailed

Messages = list[dict[str, Any]]
_MAX_TRIES = 5
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0
_PATIENCE_S = 120.0
"""A server that asks to wait longer than this counts as down."""


class Caller:
    """Sends messages to one endpoint and learns its dialect."""

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], None]) -> None:
        self.endpoint = endpoint
        self._sleep = sleep
        self._dialect = Dialect()

    def ask(
        self,
        messages: Messages,
        *,
        schema: dict[str, Any],
        schema_name: str,
        schema_text: str,
        tools: list[dict[str, Any]],
        may_call: bool,
        meter: Meter,
        trail: Trail,
        seed: int,
    ) -> Reply:
        """A reply; refusals of optional fields are met by leaving them out, passing troubles by waiting.

        `schema_text` is put behind the first question where the endpoint takes no schema.

        Raises:
            EndpointFailed: the endpoint is wrong, refuses for good, or fails five times.
            BudgetExhausted: a cap stands in the way of the next attempt.
        """
        dialect, jitter, tries = self._dialect, random.Random(seed), 0
        while True:
            shown = messages if dialect.rung == "json_schema" else _with_schema(messages, schema_text)
            prompt = estimated_tokens(json.dumps([shown, tools, schema], ensure_ascii=False))
            request = dialect.fields(
                schema=schema,
                schema_name=schema_name,
                temperature=self.endpoint.settings.temperature,
                tools=tools,
                may_call=may_call,
                limit=meter.reserve(prompt, dialect.most_out),
            )
            outcome = self.endpoint.send({"model": self.endpoint.settings.model, "messages": shown, **request})
            if isinstance(outcome, Reply):
                meter.charge(outcome.tokens_in or prompt, _tokens_out(outcome))
                self._dialect = dialect
                return outcome
            meter.charge(prompt if outcome.may_be_billed else 0, 0)
            trail.note(outcome.text)
            if outcome.kind == "refused" and (simpler := dialect.without(outcome.text, request)) is not None:
                dialect = simpler
                continue
            tries += 1
            self._wait(outcome, tries, jitter)

    def _wait(self, trouble: Trouble, tries: int, jitter: random.Random) -> None:
        """Wait before the next try.

        Raises:
            EndpointFailed: there is to be no next try.
        """
        where = f"model endpoint {self.endpoint.settings.shown_url}"
        if trouble.kind != "retry":
            raise EndpointFailed(trouble.text, where=where, mend=trouble.mend)
        if tries >= _MAX_TRIES:
            raise EndpointFailed(f"failed {tries} times, at last: {trouble.text}", where=where, mend=trouble.mend)
        if trouble.wait_s is not None and trouble.wait_s > _PATIENCE_S:
            raise EndpointFailed(
                f"{trouble.text}; it asks to wait {trouble.wait_s:.0f} s", where=where, mend="try again after that"
            )
        back_off = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (tries - 1)) * jitter.uniform(0.5, 1.0)
        self._sleep(max(back_off, trouble.wait_s or 0.0))


def _with_schema(messages: Messages, schema_text: str) -> Messages:
    """The messages with the schema behind the question, which is the second message."""
    question = {**messages[1], "content": f"{messages[1]['content']}\n\n{schema_text}"}
    return [messages[0], question, *messages[2:]]


def _tokens_out(reply: Reply) -> int:
    written = "".join([reply.text, reply.refusal, *(call.name + call.arguments for call in reply.calls)])
    return reply.tokens_out or estimated_tokens(written)
