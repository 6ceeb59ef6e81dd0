"""The model mind: asks an OpenAI-compatible endpoint, with tools, validation, repair, retries and hard caps."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from eutectic.agents.decisions.catalogue import ROLES
from eutectic.agents.minds.answers import read_answer
from eutectic.agents.minds.caller import Caller, Messages
from eutectic.agents.minds.endpoint import Endpoint, EndpointSettings, endpoint_settings
from eutectic.agents.minds.meter import Meter
from eutectic.agents.minds.schema import strict_schema
from eutectic.agents.minds.toolbox import Toolbox, tools_named
from eutectic.agents.minds.trail import Failure, Trail, one_line
from eutectic.agents.prompts import RolePrompt, load_role, message
from eutectic.core.decision import Answer, Decision, MindName
from eutectic.core.errors import BudgetExhausted, MindFailed
from eutectic.core.notebook.view import Spent
from eutectic.core.record import Record
from eutectic.core.settings import Settings
from eutectic.core.spec import CampaignSpec, Role

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T", bound=Record)
_MAX_REPAIRS = 2
_ECHO = 6_000
"""Characters of a wrong answer that are shown to the model again."""


class ModelMind:
    """Answers by a language model; each role may have its own model, temperature and endpoint.

    Raises:
        BadSetting: a role has no model, or its URL is none.
    """

    name: MindName = "model"

    def __init__(
        self,
        settings: Settings,
        spec: CampaignSpec,
        spent: Callable[[], Spent],
        transport: httpx2.BaseTransport | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings, self._spec, self._spent = settings, spec, spent
        self._transport, self._sleep = transport, sleep
        self._callers: dict[EndpointSettings, Caller] = {}
        for role in ROLES:
            self._endpoint(role)

    def close(self) -> None:
        """Close the connections; they open again when a question comes."""
        for caller in self._callers.values():
            caller.endpoint.close()

    def decide(self, question: Decision[T]) -> Answer[T]:
        """The model's answer.

        Raises:
            MindFailed: no valid answer after two repairs, or a refusal.
            EndpointFailed: the endpoint is wrong or down.
            BudgetExhausted: a cap on calls, tokens or money stands in the way.
        """
        outcome = self.attempt(question)
        if isinstance(outcome, Failure):
            raise outcome.error
        return outcome

    def attempt(self, question: Decision[T]) -> Answer[T] | Failure:
        """The model's answer, or why there is none and what the attempt cost."""
        prompt = load_role(question.role)
        caller, trail = self._caller(question.role), Trail()
        model = caller.endpoint.settings.model
        try:
            value = self._converse(question, prompt, caller, trail)
        except (MindFailed, BudgetExhausted) as error:
            return Failure(error, model, trail.usage, tuple(trail.tools), tuple(trail.attempts))
        return Answer(
            value=value,
            mind=self.name,
            model=model,
            usage=trail.usage,
            tools=tuple(trail.tools),
            attempts=tuple(trail.attempts),
        )

    def _endpoint(self, role: Role) -> EndpointSettings:
        return endpoint_settings(role, self._settings, self._spec.mind.roles.get(role), load_role(role).temperature)

    def _caller(self, role: Role) -> Caller:
        """The endpoint of a role; roles that share one share its connection and what was learned of it."""
        settings = self._endpoint(role)
        if settings not in self._callers:
            self._callers[settings] = Caller(Endpoint(settings, self._transport), self._sleep)
        return self._callers[settings]

    def _converse(self, question: Decision[T], prompt: RolePrompt, caller: Caller, trail: Trail) -> T:
        """Ask, run tools and repair until there is a valid answer."""
        price = self._settings
        meter = Meter(self._spec.budget, self._spent, trail, price_in=price.price_in, price_out=price.price_out)
        toolbox = Toolbox(tools_named(prompt.tools), trail)
        schema, messages, repairs = strict_schema(question.answer), first_messages(question, prompt), 0
        while True:
            reply = caller.ask(
                messages,
                schema=schema,
                schema_name=f"{question.role}_{question.name}",
                schema_text=message("schema", schema=json.dumps(schema, ensure_ascii=False)),
                tools=toolbox.schemas(),
                may_call=toolbox.is_open,
                meter=meter,
                trail=trail,
                seed=int(question.digest[:12], 16) + len(messages),
            )
            if reply.refusal or reply.finish == "content_filter":
                raise MindFailed(
                    f"the model refused: {one_line(reply.refusal) or 'content filter'}", where=question.slot
                )
            if reply.calls and toolbox.is_open:
                messages += [_called(reply.text, reply.calls), *toolbox.run(reply.calls)]
                continue
            value = read_answer(reply, question)
            if not isinstance(value, str):
                return value
            trail.note(value)
            if repairs == _MAX_REPAIRS:
                raise MindFailed(f"no valid answer after {repairs} repairs: {one_line(value)}", where=question.slot)
            repairs += 1
            messages += _repair(reply.text, value)


def first_messages(question: Decision[T], prompt: RolePrompt) -> Messages:
    """The role's prompt, and the decision's section with the context as a block of data."""
    asked = message(
        "question",
        section=prompt.sections[question.name],
        mark=question.digest[:16],
        data=data_block(question.context),
    )
    return [{"role": "system", "content": prompt.system}, {"role": "user", "content": asked}]


def data_block(context: Record) -> str:
    """The context as JSON with a line for each field and each item of a list, so that no text spans lines."""
    lines = []
    for name, value in context.model_dump(mode="json").items():
        if isinstance(value, list) and value:
            items = ",\n".join(f"  {_compact(item)}" for item in value)
            lines.append(f"{json.dumps(name)}: [\n{items}\n]")
        else:
            lines.append(f"{json.dumps(name)}: {_compact(value)}")
    return "{\n" + ",\n".join(lines) + "\n}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _called(text: str, calls: Any) -> dict[str, Any]:
    """The assistant's message that asked for tools."""
    asked = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in calls
    ]
    return {"role": "assistant", "content": text or None, "tool_calls": asked}


def _repair(text: str, problems: str) -> Messages:
    return [
        {"role": "assistant", "content": text[:_ECHO] or "{}"},
        {"role": "user", "content": message("repair", problems=problems)},
    ]
