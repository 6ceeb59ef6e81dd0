"""The designer's nodes: gather evidence, choose the round's trials and say why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from eutectic.agents.decisions.common import PassageLine, Result
from eutectic.agents.decisions.designer import Choice, ChooseContext, EvidenceContext, EvidencePick
from eutectic.agents.decisions.pi import Brief, Review
from eutectic.agents.graph.batch import Batch, assemble
from eutectic.agents.graph.claims import freeze_claims, trusted_claims
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.lines import candidate_lines, objective_lines, ranked_lines, result_line, space_line
from eutectic.agents.graph.state import RoundState
from eutectic.agents.graph.stopping import affordable
from eutectic.core.decision import Decision
from eutectic.core.errors import ReplayDrift
from eutectic.core.evidence import Passage, Retriever
from eutectic.core.notebook.store import Entry
from eutectic.core.optimizer import Advice, Pending, Proposal, TakesClaims
from eutectic.core.record import Record
from eutectic.core.trial import Quote

_SEARCH, _QUOTES = "r00/designer/search", "r00/designer/quotes"


class Found(Record):
    """Passages that the brief's search terms found."""

    passages: tuple[Passage, ...]


class Checked(Record):
    """Quotes that stand verbatim on their page, and those refused."""

    quotes: tuple[Quote, ...]
    refused: tuple[str, ...]


def evidence(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["choose"]]:
    """Search the library and keep the quotes that are found verbatim on their page."""
    ctx = runtime.context
    plan = _brief(ctx)
    found = ctx.journal.tool(_SEARCH, Found, lambda: Found(passages=_search(_library(ctx), plan.search_terms)))
    context = EvidenceContext(
        strategy=plan.strategy,
        objectives=objective_lines(ctx.spec),
        passages=tuple(
            PassageLine(id=item.id, document=item.document, page=item.page, text=item.text) for item in found.passages
        ),
    )
    pick = ctx.journal.decide(
        ctx.mind, Decision("designer", "evidence", "r00/designer/evidence", context, EvidencePick)
    )
    ctx.journal.tool(_QUOTES, Checked, lambda: _check(_library(ctx), found.passages, pick))
    return Command(goto="choose")


def _library(ctx: CampaignContext) -> Retriever:
    if ctx.retriever is None:
        raise ReplayDrift("the recording holds no search of the library")
    return ctx.retriever


def _search(retriever: Retriever, terms: Sequence[str]) -> tuple[Passage, ...]:
    found: dict[str, Passage] = {}
    for term in terms:
        for passage in retriever.search(term, 4):
            found.setdefault(passage.id, passage)
    return tuple(found.values())[:16]


def _check(retriever: Retriever, passages: Sequence[Passage], pick: EvidencePick) -> Checked:
    by_id = {passage.id: passage for passage in passages}
    quotes, refused = [], []
    for item in pick.quotes:
        source = by_id.get(item.passage)
        if source is None or not retriever.holds(source.document, source.page, item.quote):
            refused.append(f"{item.passage}: not found verbatim: {item.quote[:120]}")
        else:
            quotes.append(Quote(document=source.document, page=source.page, text=item.quote, title=source.title))
    return Checked(quotes=tuple(quotes), refused=tuple(refused))


def _brief(ctx: CampaignContext) -> Brief:
    payload = ctx.journal.payload("decision", "r00/pi/frame")
    assert payload is not None
    return Brief.model_validate(payload["answer"])


def ask_optimizer(ctx: CampaignContext, number: int) -> Advice:
    """The optimiser's advice for a round, asked once."""

    def compute() -> Advice:
        ctx.tell_new()
        if isinstance(ctx.optimizer, TakesClaims):
            ctx.optimizer.take_claims(trusted_claims(ctx))
        n = affordable(ctx, ctx.spec.batch)
        n -= _reference(ctx, number, n) is not None
        waiting = [*ctx.view.rejected, *ctx.view.pending]
        pending = [Pending(composition=trial.composition, process=trial.process) for trial in waiting]
        return ctx.optimizer.ask(n, round=number, pending=pending, alternatives=n)

    return ctx.journal.tool(f"r{number:02d}/optimizer/ask", Advice, compute)


def _reference(ctx: CampaignContext, number: int, affordable_now: int) -> Proposal | None:
    """The reference sample where it is due and leaves room for another trial."""
    given, recipe = ctx.spec.reference, ctx.spec.reference_recipe
    if given is None or recipe is None or affordable_now < 2 or (number - 1) % given.every:
        return None
    why = "reference sample: tells how far the instrument has drifted"
    return Proposal(composition=recipe, process=given.process, purpose="reference", source="person", why=why)


def choose(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["protocol"]]:
    """Open the round and choose its trials among the optimiser's candidates and, within limits, own recipes."""
    ctx, number = runtime.context, state["round"]
    slot = f"r{number:02d}"
    if number == 1:
        freeze_claims(ctx)
    advice = ask_optimizer(ctx, number)
    ctx.journal.step("round_opened", slot, lambda: {"round": number})
    checked = ctx.journal.payload("tool", _QUOTES)
    quotes = Checked.model_validate(checked["result"]).quotes if checked else ()
    n = len(advice.batch)
    own_allowed = n // 3 if number > 1 or n < 3 else max(1, n // 2)
    context = ChooseContext(
        round=number,
        strategy=_brief(ctx).strategy,
        explore=_explore(ctx, number),
        objectives=objective_lines(ctx.spec),
        space=space_line(ctx.spec.space),
        batch=n,
        candidates=candidate_lines(advice),
        best=ranked_lines(ctx.spec, ctx.board, 3),
        last=_last_results(ctx, number - 1),
        evidence=quotes,
        own_allowed=own_allowed,
    )
    choice = ctx.journal.decide(ctx.mind, Decision("designer", "choose", f"{slot}/designer/choose", context, Choice))
    if not ctx.view.round_trials(number):
        reference = _reference(ctx, number, affordable(ctx, ctx.spec.batch))
        batch = assemble(Batch(number, advice, choice, quotes, own_allowed, reference), ctx.view, ctx.spec.space)
        notes: list[Entry] = [
            ("note", f"{slot}/designer/{i}", {"level": "warn", "text": text}) for i, text in enumerate(batch.notes)
        ]
        ctx.notebook.append_all([*notes, *(("trial", trial.id, trial) for trial in batch.trials)])
    return Command(goto="protocol")


def _explore(ctx: CampaignContext, number: int) -> str:
    payload = ctx.journal.payload("decision", f"r{number - 1:02d}/pi/review")
    return "same" if payload is None else Review.model_validate(payload["answer"]).explore


def _last_results(ctx: CampaignContext, number: int) -> tuple[Result, ...]:
    tested = (trial for trial in ctx.view.round_trials(number) if trial.purpose != "screen")
    known = [ctx.view.observations.get(trial.id) for trial in tested]
    return tuple(result_line(ctx.spec, item) for item in known if item is not None and item.status == "ok")[:12]
