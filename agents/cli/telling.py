"""Events told in a line each, for the live view and the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eutectic.agents.minds.fallback import GIVEN_UP
from eutectic.agents.roles.wording import with_unit
from eutectic.core.notebook import CampaignView, Event
from eutectic.core.notebook.view import PRIOR_SLOT


def tell(event: Event, view: CampaignView) -> str | None:
    """An event in a line, or None for those nobody wants to watch."""
    teller = _TELLERS.get(event.kind)
    return None if teller is None else teller(event.slot, event.payload, view)


def _decision(slot: str, payload: dict[str, Any], _: CampaignView) -> str:
    fallback = payload["fallback"]
    mind = payload["mind"] if fallback else payload["model"] or payload["mind"]
    line = f"{payload['role']:<12} {payload['name']}: {_answer(payload['name'], payload['answer'])}  [{mind}]"
    if not fallback:
        return line
    # The reason stands in full when it is new; a model that is not asked any more is only named so.
    return line + f"  (in the model's place: {'it is down' if fallback.startswith(GIVEN_UP) else fallback})"


def _answer(name: str, answer: dict[str, Any]) -> str:
    words: dict[str, Callable[[], str]] = {
        "frame": lambda: answer["strategy"],
        "review": lambda: f"{answer['action']} - {answer['reason']}",
        "close": lambda: answer["headline"],
        "evidence": lambda: f"{len(answer['quotes'])} quotes",
        "choose": lambda: f"{len(answer['trials'])} trials. {answer['note']}",
        "protocol": lambda: f"{answer['title']} ({len(answer['steps'])} steps)",
        "release": lambda: f"{answer['action']}. {answer['note']}",
        "watch": lambda: f"repeat {', '.join(answer['repeat']) or 'none'}. {answer['note']}",
        "quality": lambda: f"{len(answer['judgements'])} judged. {answer['note']}",
        "findings": lambda: answer["findings"][0]["text"] if answer["findings"] else answer["note"],
    }
    text = " ".join(str(words[name]()).split()) if name in words else ""
    return text if len(text) <= 150 else text[:147] + "..."


def _observation(slot: str, payload: dict[str, Any], view: CampaignView) -> str:
    if payload["status"] != "ok":
        return f"lab          {slot} {payload['status']}: {payload['cause'] or 'no reason given'}"
    signs = {"none": "", "below": "<", "above": ">"}
    values = ", ".join(
        with_unit(f"{item['property']} {signs[item['censoring']]}{item['value']:.4g}", item["unit"])
        for item in payload["measurements"]
        if item["value"] is not None
    )
    observation = view.observations.get(slot)
    formula = observation.composition.formula() if observation else ""
    return f"lab          {slot} {formula}: {values}"


def _tool(slot: str, payload: dict[str, Any], _: CampaignView) -> str | None:
    """Of the tools only what was made of earlier measurements: rows that were left out are not passed over."""
    if slot != PRIOR_SLOT:
        return None
    refused = payload["result"]["refused"]
    line = f"prior data   {len(payload['result']['observations'])} rows taken, {len(refused)} refused"
    return line + (f": {refused[0]}" if refused else "") + (" ..." if len(refused) > 1 else "")


_TELLERS: dict[str, Callable[[str, dict[str, Any], CampaignView], str | None]] = {
    "tool": _tool,
    "decision": _decision,
    "observation": _observation,
    "round_opened": lambda slot, payload, view: f"round {payload['round']}",
    "approval_requested": lambda slot, payload, view: f"waits        {payload['reason']}",
    "approval": lambda slot, payload, view: (
        f"approval     {payload['decision']} by {payload['by']}: {payload['reason']}"
    ),
    "submission_accepted": lambda slot, payload, view: f"lab          took plan {slot}",
    "observation_judged": lambda slot, payload, view: f"analyst      {slot} {payload['verdict']}: {payload['reason']}",
    "observation_corrected": lambda slot, payload, view: (
        f"correction   {slot} by {payload['by'] or 'nobody named'}: {payload['reason']}"
    ),
    "run_left_open": lambda slot, payload, view: (
        f"goes on      {slot}: {payload['done']} of {payload['total']} results, {', '.join(payload['pending'])} later"
    ),
    "note": lambda slot, payload, view: f"note         {payload['text']}",
    "paused": lambda slot, payload, view: f"paused       {payload['reason']}",
    "campaign_closed": lambda slot, payload, view: f"closed       {payload['state']}: {payload['reason']}",
}
