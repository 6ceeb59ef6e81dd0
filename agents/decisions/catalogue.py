"""Every decision of every role with the types of its context and answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, get_args

from eutectic.agents.decisions.analyst import Findings, FindingsContext, Quality, QualityContext
from eutectic.agents.decisions.answering import AnswerContext, WrittenAnswer
from eutectic.agents.decisions.claims import ClaimPick, ClaimsContext
from eutectic.agents.decisions.coder import Protocol, ProtocolContext
from eutectic.agents.decisions.designer import Choice, ChooseContext, EvidenceContext, EvidencePick
from eutectic.agents.decisions.estimates import EstimatePick, EstimatesContext
from eutectic.agents.decisions.experimenter import Release, ReleaseContext, Watch, WatchContext
from eutectic.agents.decisions.pi import Brief, CloseContext, Closing, FrameContext, Review, ReviewContext
from eutectic.agents.decisions.records import RecordPick, RecordsContext
from eutectic.core.record import Record
from eutectic.core.spec import Role


class DecisionTypes(NamedTuple):
    """What a decision is asked with and answered by."""

    context: type[Record]
    answer: type[Record]


ROLES: tuple[Role, ...] = get_args(Role)

DECISIONS: Mapping[tuple[Role, str], DecisionTypes] = MappingProxyType(
    {
        ("pi", "frame"): DecisionTypes(FrameContext, Brief),
        ("pi", "review"): DecisionTypes(ReviewContext, Review),
        ("pi", "close"): DecisionTypes(CloseContext, Closing),
        ("designer", "evidence"): DecisionTypes(EvidenceContext, EvidencePick),
        ("designer", "claims"): DecisionTypes(ClaimsContext, ClaimPick),
        ("designer", "estimates"): DecisionTypes(EstimatesContext, EstimatePick),
        ("designer", "records"): DecisionTypes(RecordsContext, RecordPick),
        ("designer", "choose"): DecisionTypes(ChooseContext, Choice),
        ("coder", "protocol"): DecisionTypes(ProtocolContext, Protocol),
        ("experimenter", "release"): DecisionTypes(ReleaseContext, Release),
        ("experimenter", "watch"): DecisionTypes(WatchContext, Watch),
        ("analyst", "quality"): DecisionTypes(QualityContext, Quality),
        ("analyst", "findings"): DecisionTypes(FindingsContext, Findings),
        ("analyst", "answer"): DecisionTypes(AnswerContext, WrittenAnswer),
    }
)


def decision_names(role: Role) -> tuple[str, ...]:
    """Names of the decisions of a role, in the order they come in a campaign."""
    return tuple(name for owner, name in DECISIONS if owner == role)
