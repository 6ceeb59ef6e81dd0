"""The chat: a conversation that turns goal sentences into confirmed specs and carries questions to a campaign."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, Protocol

from eutectic.agents import chat_words as words
from eutectic.agents.goal import GoalDefaults, GoalDraft, parse_goal
from eutectic.agents.goal.asking import Language, abilities
from eutectic.core.errors import EutecticError
from eutectic.core.spec import CampaignSpec

Action = Literal["confirm", "start", "status", "why", "approve", "reject", "stop", "ask_library"]
_MAX_LENGTH = 4000


@dataclass(frozen=True)
class ChatReply:
    """What the chat says, and what it did or wants confirmed."""

    text: str
    action: Action | None = None
    spec: CampaignSpec | None = None
    """For `confirm` and `start`."""


class CampaignDesk(Protocol):
    """The campaign behind the chat; every answer is text for the user."""

    def start(self, spec: CampaignSpec) -> str:
        """Start a campaign of a confirmed spec."""
        ...

    def status(self) -> str:
        """Where the campaign stands."""
        ...

    def why(self, trial: str) -> str:
        """Why a trial was chosen."""
        ...

    def approve(self, reason: str) -> str:
        """Approve the plan that waits."""
        ...

    def reject(self, reason: str) -> str:
        """Reject the plan that waits."""
        ...

    def stop(self, reason: str) -> str:
        """Stop the campaign."""
        ...

    def ask(self, question: str) -> str:
        """Ask the library."""
        ...


class ChatSession:
    """One conversation. It starts nothing that was not shown in full and confirmed by a plain yes."""

    def __init__(self, desk: CampaignDesk, defaults: GoalDefaults | None = None) -> None:
        self._desk = desk
        self._defaults = defaults or GoalDefaults()
        self._draft: GoalDraft | None = None
        self._spec: CampaignSpec | None = None
        self._language: Language = "en"

    def handle(self, text: str) -> ChatReply:
        """The reply to one message; failures of the campaign are said, never hidden."""
        message = unicodedata.normalize("NFKC", text).strip()
        if re.search(r"[\u3400-\u9fff]", message):
            self._language = "zh"
        elif re.search(r"[A-Za-z]{3}", message):
            self._language = "en"
        try:
            return self._answer(message)
        except EutecticError as error:
            return ChatReply(str(error))

    def _answer(self, message: str) -> ChatReply:
        if not message or len(message) > _MAX_LENGTH or words.HELP.fullmatch(message):
            return self._help()
        if words.YES.fullmatch(message):
            return self._confirmed()
        if words.NO.fullmatch(message):
            return self._dropped()
        return self._campaign(message) or self._goal(message)

    def _help(self) -> ChatReply:
        return ChatReply(words.say(self._language, "help"))

    def _confirmed(self) -> ChatReply:
        if self._spec is None:
            return (
                self._open_questions() if self._draft is not None else ChatReply(words.say(self._language, "nothing"))
            )
        spec = self._spec
        text = self._desk.start(spec)
        self._draft = self._spec = None
        return ChatReply(text, "start", spec)

    def _dropped(self) -> ChatReply:
        key = "nothing" if self._draft is None else "dropped"
        self._draft = self._spec = None
        return ChatReply(words.say(self._language, key))

    def _campaign(self, message: str) -> ChatReply | None:
        """A question or an order to the running campaign; None where the message is none."""
        if words.STATUS.fullmatch(message):
            return ChatReply(self._desk.status(), "status")
        if match := words.WHY.fullmatch(message):
            trial = match["trial"] or match["versuch"] or match["probe"]
            return ChatReply(self._desk.why(trial.lower()), "why")
        if match := words.APPROVE.fullmatch(message):
            if words.CONDITION.match(reason := _reason(match)):
                return ChatReply(words.say(self._language, "condition"))
            return ChatReply(self._desk.approve(reason), "approve")
        if match := words.REJECT.fullmatch(message):
            if not (reason := _reason(match)):
                return ChatReply(words.say(self._language, "reason", "reject", "拒绝"))
            return ChatReply(self._desk.reject(reason), "reject")
        if match := words.STOP.fullmatch(message):
            return ChatReply(self._desk.stop(_reason(match)), "stop")
        if match := words.ASK.fullmatch(message):
            return ChatReply(self._desk.ask((match["question"] or match["frage"]).strip()), "ask_library")
        return None

    def _goal(self, message: str) -> ChatReply:
        """A new goal, or a change of the one that waits for its confirmation."""
        lead = words.EDIT_LEAD.match(message) if self._draft is not None else None
        draft = parse_goal(message[lead.end() :] if lead else message)
        if draft.is_empty and not draft.doubts:
            return self._help()
        if draft.unaccounted:
            return self._refused(draft)
        self._spec = None
        is_whole = bool(draft.objectives) and len(draft.components) > 1 and not lead
        self._draft = draft if self._draft is None or is_whole else self._draft.merged(draft)
        if self._draft.questions(self._defaults):
            return self._open_questions()
        try:
            self._spec = self._feasible(self._draft)
        except EutecticError as error:
            return ChatReply(str(error))
        assumed = tuple(wish.property for wish in self._draft.objectives if not wish.is_stated)
        text = words.describe(self._spec, self._language, assumed)
        return ChatReply(f"{text}\n{words.say(self._language, 'confirm')}", "confirm", self._spec)

    def _feasible(self, draft: GoalDraft) -> CampaignSpec:
        from eutectic.tools.feasibility import check_space

        spec = draft.to_spec(self._defaults)
        check_space(spec.space)
        return spec

    def _refused(self, draft: GoalDraft) -> ChatReply:
        listed = ", ".join(repr(word) for word in draft.unaccounted)
        zh = self._language == "zh"
        text = f"这些词我无法理解:{listed}。" if zh else f"I cannot account for: {listed}."
        kept = f" {words.say(self._language, 'kept')}" if self._draft is not None else ""
        return ChatReply(f"{text}{kept} {abilities(self._language)}")

    def _open_questions(self) -> ChatReply:
        assert self._draft is not None
        return ChatReply("\n".join(self._draft.questions(self._defaults)))


def _reason(match: re.Match[str]) -> str:
    return ((match["reason"] or match["grund"]) or "").strip()
