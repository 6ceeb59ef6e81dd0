"""The chat: nothing starts unconfirmed, nothing is approved by half a word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eutectic.agents.chat import CampaignDesk, ChatSession
from eutectic.agents.goal import GoalDefaults
from eutectic.core.errors import NoSuchCampaign
from eutectic.core.spec import CampaignSpec

GOAL = "maximize Bs of Fe-Co-B-Si, Co below 20 %, 40 experiments"


class Ledger:
    """A desk that keeps a book of what it was asked to do."""

    def __init__(self) -> None:
        self.started: list[CampaignSpec] = []
        self.book: list[tuple[str, str]] = []

    def start(self, spec: CampaignSpec) -> str:
        self.started.append(spec)
        return f"started {spec.name}"

    def status(self) -> str:
        if not self.started:
            raise NoSuchCampaign("no campaign runs", mend="give a goal")
        return "round 2"

    def why(self, trial: str) -> str:
        return self._note("why", trial)

    def approve(self, reason: str) -> str:
        return self._note("approve", reason)

    def reject(self, reason: str) -> str:
        return self._note("reject", reason)

    def stop(self, reason: str) -> str:
        return self._note("stop", reason)

    def ask(self, question: str) -> str:
        return self._note("ask", question)

    def _note(self, kind: str, text: str) -> str:
        self.book.append((kind, text))
        return f"{kind}: {text}"


def session() -> tuple[ChatSession, Ledger]:
    desk = Ledger()
    as_protocol: CampaignDesk = desk
    return ChatSession(as_protocol), desk


@pytest.mark.parametrize(
    ("goal", "yes"), [(GOAL, "yes"), ("最大化 Fe-Co-B-Si 合金的饱和磁感应强度,钴不超过20%,40次实验", "好")]
)
def test_a_goal_is_shown_confirmed_and_started(goal: str, yes: str) -> None:
    chat, desk = session()
    shown = chat.handle(goal)
    assert shown.action == "confirm"
    assert "Co 0–20%" in shown.text
    assert desk.started == []
    started = chat.handle(yes)
    assert started.action == "start"
    assert desk.started == [shown.spec]
    assert chat.handle(yes).action is None
    assert len(desk.started) == 1


def test_questions_edits_and_refusals_before_the_start() -> None:
    chat, desk = session()
    assert "How many experiments" in chat.handle("maximize Bs of Fe-Co-B-Si, Co below 20 %").text
    assert "How many experiments" in chat.handle("yes").text
    assert chat.handle("40 experiments").action == "confirm"
    assert "B 0–12%" in chat.handle("yes, but B below 12 %").text
    refused = chat.handle("B below 10 % or so")
    assert refused.action is None
    assert "'or'" in refused.text
    assert desk.started == []
    chat.handle("yes")
    assert [(c.name, c.max) for c in desk.started[0].space.components] == [
        ("Fe", 1),
        ("Co", 0.2),
        ("B", 0.12),
        ("Si", 1),
    ]


def test_no_drops_the_goal_and_a_new_goal_replaces_the_old() -> None:
    chat, desk = session()
    chat.handle(GOAL)
    chat.handle("no")
    assert chat.handle("yes").action is None
    chat.handle(GOAL)
    replaced = chat.handle("highest Bs of Fe-Ni-B, 12 experiments")
    assert replaced.spec is not None
    assert replaced.spec.space.component_names == ("Fe", "Ni", "B")
    assert desk.started == []


def test_an_infeasible_goal_is_not_offered() -> None:
    chat, _ = session()
    reply = chat.handle("maximize Bs of Fe-B, B below 8 %, Fe below 50 %, 10 experiments")
    assert reply.action is None
    assert "Fe max 50%" in reply.text


@pytest.mark.parametrize(
    ("text", "action", "book"),
    [
        ("why r02-s03?", "why", ("why", "r02-s03")),
        ("为什么 r02-s03?", "why", ("why", "r02-s03")),
        ("approve", "approve", ("approve", "")),
        ("Approve: checked the masses", "approve", ("approve", "checked the masses")),
        ("批准，没问题", "approve", ("approve", "没问题")),
        ("reject: furnace is cold", "reject", ("reject", "furnace is cold")),
        ("拒绝:炉子坏了", "reject", ("reject", "炉子坏了")),
        ("stop", "stop", ("stop", "")),
        ("停止", "stop", ("stop", "")),
        ("ask: what limits Bs?", "ask_library", ("ask", "what limits Bs?")),
        ("文献:钴的作用", "ask_library", ("ask", "钴的作用")),
    ],
)
def test_orders_reach_the_desk(text: str, action: str, book: tuple[str, str]) -> None:
    chat, desk = session()
    assert chat.handle(text).action == action
    assert desk.book == [book]


@pytest.mark.parametrize(
    "text",
    ["do not approve", "don't approve it", "approve?", "approved by nobody", "approve, but not sample 3", "不批准?",
     "should I approve this",
     "approve if the furnace is free", "reject", "拒绝", "stopwatch", "", "   ", "tell me a joke", "你好", "x" * 9000],
)  # fmt: skip
def test_half_words_do_nothing_and_say_what_can_be_done(text: str) -> None:
    chat, desk = session()
    reply = chat.handle(text)
    assert (reply.action, desk.book, desk.started) == (None, [], [])
    assert reply.text


def test_help_comes_in_the_language_of_the_user() -> None:
    chat, _ = session()
    assert chat.handle("tell me a joke").text.startswith("I ca")
    assert chat.handle("帮助").text.startswith("我可以")


def test_a_failure_of_the_campaign_is_said() -> None:
    chat, _ = session()
    reply = chat.handle("status")
    assert reply.action is None
    assert "no campaign runs (give a goal)" in reply.text


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["yes", "no", GOAL, "B below 9 %", "status", "help", "好", "approve if", "zebra", "Fe"]),
        max_size=6,
    )
)
def test_every_start_was_shown_just_before(messages: list[str]) -> None:
    desk = Ledger()
    chat = ChatSession(desk, GoalDefaults(experiments=10))
    shown = None
    for message in messages:
        before = len(desk.started)
        reply = chat.handle(message)
        if len(desk.started) > before:
            assert desk.started[-1] == shown
        shown = reply.spec if reply.action == "confirm" else shown
