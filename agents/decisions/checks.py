"""Checks of answers against their contexts: unknown names, wrong counts and sums, code that cannot run."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from eutectic.agents.decisions.analyst import Findings, FindingsContext, Quality, QualityContext
from eutectic.agents.decisions.answering import AnswerContext, WrittenAnswer
from eutectic.agents.decisions.claims import ClaimPick, ClaimsContext, ProposedClaim
from eutectic.agents.decisions.coder import Protocol, ProtocolContext
from eutectic.agents.decisions.common import PassageLine
from eutectic.agents.decisions.designer import (
    Choice,
    ChooseContext,
    ChosenTrial,
    EvidenceContext,
    EvidencePick,
    PickedQuote,
)
from eutectic.agents.decisions.estimates import EstimatePick, EstimatesContext
from eutectic.agents.decisions.experimenter import Release, ReleaseContext, Watch, WatchContext
from eutectic.agents.decisions.pi import Review, ReviewContext
from eutectic.agents.decisions.records import ProposedProcessClaim, ProposedRecord, RecordPick, RecordsContext
from eutectic.core.decision import Decision
from eutectic.core.record import Record

T = TypeVar("T", bound=Record)
_IMPORTS = {"math", "statistics", "numpy"}
_LEAST_QUOTE = 12


def complaints(question: Decision[T], answer: T) -> list[str]:
    """What an answer of the right type gets wrong about the question; empty when nothing.

    A mind that can mend its answer is shown these; the nodes that use an answer check it again.
    """
    check = _CHECKS.get(question.name)
    return list(check(question.context, answer)) if check else []


def _review(context: ReviewContext, answer: Review) -> Iterable[str]:
    if answer.action == "re_aim" and answer.explore == "same":
        yield "action re_aim goes with explore less or more"
    if context.stop_reasons and answer.action != "stop" and not answer.reason.strip():
        yield "a stop rule holds: stop, or say in reason why not"


def _evidence(context: EvidenceContext, answer: EvidencePick) -> Iterable[str]:
    return _copied("quotes", context.passages, answer.quotes)


def _claims(context: ClaimsContext, answer: ClaimPick) -> Iterable[str]:
    return _copied("claims", context.passages, answer.claims)


def _estimates(context: EstimatesContext, answer: EstimatePick) -> Iterable[str]:
    recipes, properties = {line.id for line in context.recipes}, {line.property for line in context.objectives}
    seen: set[tuple[str, str]] = set()
    for number, item in enumerate(answer.estimates):
        if item.recipe not in recipes:
            yield f"estimates.{number}: there is no recipe {item.recipe!r}"
        if item.property not in properties:
            yield f"estimates.{number}: there is no objective {item.property!r}"
        if (item.recipe, item.property) in seen:
            yield f"estimates.{number}: {item.property} of {item.recipe} is estimated twice"
        if not math.isfinite(item.value):
            yield f"estimates.{number}: the value is no number"
        seen.add((item.recipe, item.property))
    for name in sorted(properties):
        missing = [line.id for line in context.recipes if (line.id, name) not in seen]
        if 0 < len(missing) < len(context.recipes):
            yield f"estimates: {name} of {', '.join(missing[:8])} is missing; estimate all recipes or none"


def _records(context: RecordsContext, answer: RecordPick) -> Iterable[str]:
    yield from _copied("records", context.passages, answer.records)
    yield from _copied("process_claims", context.passages, answer.process_claims)


def _copied(
    field: str,
    passages: Sequence[PassageLine],
    items: Sequence[PickedQuote | ProposedClaim | ProposedProcessClaim | ProposedRecord],
) -> Iterable[str]:
    """What is wrong with items that quote a passage each."""
    texts = {passage.id: " ".join(passage.text.split()) for passage in passages}
    for number, item in enumerate(items):
        quote = " ".join(item.quote.split())
        if item.passage not in texts:
            yield f"{field}.{number}: there is no passage {item.passage!r}"
        elif len(quote) < _LEAST_QUOTE or quote not in texts[item.passage]:
            yield f"{field}.{number}: these words do not stand in passage {item.passage!r}; copy them exactly"


def _choose(context: ChooseContext, answer: Choice) -> Iterable[str]:
    if len(answer.trials) > context.batch or (not answer.trials and context.batch):
        yield f"trials: {len(answer.trials)} given, the batch is {context.batch}"
    known, seen = {line.id for line in context.candidates}, set()
    own = [trial for trial in answer.trials if not trial.candidate]
    for number, trial in enumerate(answer.trials):
        if trial.candidate and trial.candidate not in known:
            yield f"trials.{number}: there is no candidate {trial.candidate!r}"
        if trial.candidate and trial.candidate in seen:
            yield f"trials.{number}: candidate {trial.candidate!r} stands twice"
        seen.add(trial.candidate)
        if trial.candidate and (trial.parts or trial.process):
            yield f"trials.{number}: leave parts and process empty for a candidate"
        if not trial.candidate:
            yield from (f"trials.{number}: {line}" for line in _own(context, trial))
    if len(own) > context.own_allowed:
        yield f"trials: {len(own)} own recipes, {context.own_allowed} allowed"


def _own(context: ChooseContext, trial: ChosenTrial) -> Iterable[str]:
    names = {line.split(" ", 1)[0].rstrip(":,") for line in context.space.components}
    given = [part.component for part in trial.parts]
    total = math.fsum(part.fraction for part in trial.parts)
    if abs(total - 1) > 1e-6:
        yield f"the fractions of an own recipe add up to {total:.6g}, not 1"
    if len(set(given)) != len(given):
        yield "a component stands twice"
    unknown = sorted(set(given) - names)
    if unknown:
        yield f"{unknown} are not components; use {sorted(names)}"


def _protocol(context: ProtocolContext, answer: Protocol) -> Iterable[str]:
    try:
        tree = ast.parse(answer.analysis_code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield f"analysis_code is not Python: {type(error).__name__}: {error}"
        return
    if not any(isinstance(node, ast.FunctionDef) and node.name == "analyse" for node in tree.body):
        yield "analysis_code does not define analyse(readings)"
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or ".").split(".")[0])
    if imported - _IMPORTS:
        yield f"analysis_code imports {sorted(imported - _IMPORTS)}; only {sorted(_IMPORTS)} are there"
    if not any(step.action == "measure" for step in answer.steps):
        yield "steps: no step measures"


def _release(context: ReleaseContext, answer: Release) -> Iterable[str]:
    blocked = [check.name for check in context.checks if check.verdict == "block"]
    if blocked and answer.action == "release":
        yield f"the gate blocks this plan ({', '.join(blocked)}): hold it"


def _watch(context: WatchContext, answer: Watch) -> Iterable[str]:
    yield from _unknown("repeat", answer.repeat, {line.trial for line in context.failed})


def _quality(context: QualityContext, answer: Quality) -> Iterable[str]:
    named = [item.trial for item in answer.judgements]
    yield from _unknown("judgements", named, {line.trial for line in context.lines})
    if len(set(named)) != len(named):
        yield "judgements: a trial stands twice"
    flagged = {line.trial for line in context.lines if line.flags}
    for item in answer.judgements:
        if item.verdict == "exclude" and item.trial not in flagged:
            yield f"judgements: {item.trial} has no flag and cannot be excluded"


def _findings(context: FindingsContext, answer: Findings) -> Iterable[str]:
    cited = [trial for item in answer.findings for trial in item.trials]
    yield from _unknown("findings", cited, {line.trial for line in (*context.best, *context.results)})


def _unknown(field: str, names: Iterable[str], known: set[str]) -> Iterable[str]:
    for name in sorted(set(names) - known):
        yield f"{field}: {name!r} is not a trial you were shown; use {sorted(known)[:12]}"


def _answer(context: AnswerContext, answer: WrittenAnswer) -> Iterable[str]:
    from eutectic.knowledge.claimed import unsupported_numbers

    texts = {passage.id: " ".join(passage.text.split()) for passage in context.passages}
    if answer.answered and not answer.sentences:
        yield "answered is true and there are no sentences"
    for number, sentence in enumerate(answer.sentences):
        if not sentence.quotes:
            yield f"sentences.{number}: it has no quote"
        for item in sentence.quotes:
            quote = " ".join(item.quote.split())
            if item.passage not in texts:
                yield f"sentences.{number}: there is no passage {item.passage!r}"
            elif len(quote) < _LEAST_QUOTE or quote not in texts[item.passage]:
                yield f"sentences.{number}: its quote does not stand in passage {item.passage!r}; copy it exactly"
        missing = unsupported_numbers(sentence.text, [item.quote for item in sentence.quotes])
        if missing:
            yield f"sentences.{number}: {', '.join(missing)} is in none of its quotes"


_CHECKS: Mapping[str, Callable[[Any, Any], Iterable[str]]] = MappingProxyType(
    {
        "review": _review,
        "evidence": _evidence,
        "claims": _claims,
        "estimates": _estimates,
        "records": _records,
        "choose": _choose,
        "protocol": _protocol,
        "release": _release,
        "watch": _watch,
        "quality": _quality,
        "findings": _findings,
        "answer": _answer,
    }
)
