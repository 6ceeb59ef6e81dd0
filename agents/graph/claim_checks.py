"""The check of a proposed claim: its quote on the page, its components, numbers and sign in its own words."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import ValidationError

from eutectic.agents.decisions.claims import ProposedClaim
from eutectic.core.claim import BestRange, Claim, Effect, Ranking, Region, Statement, Synergy
from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.core.evidence import Passage, Retriever
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Quote


def checked_claim(
    item: ProposedClaim, passage: Passage | None, retriever: Retriever, spec: CampaignSpec, today: str
) -> Claim | str:
    """The claim, weighed by how its quote says it, or why it does not count.

    Whoever proposes it, the code decides: the rules read the quote too, and a sign they read the other way refuses it.
    """
    from eutectic.knowledge.claim_sentences import statements_in
    from eutectic.knowledge.claims import weight
    from eutectic.knowledge.properties import same_property

    where = f"{item.passage}: {item.kind}"
    if passage is None or not retriever.holds(passage.document, passage.page, item.quote):
        return f"{where}: not found verbatim: {item.quote[:120]}"
    objective = next((o for o in spec.objectives if same_property(o.property, item.property)), None)
    if objective is None:
        return f"{where}: {item.property!r} is no objective"
    try:
        statement = _statement(item)
    except (ValidationError, BadInput, ValueError) as error:
        return f"{where}: {' '.join(str(error).split())[:160]}"
    if problem := _not_said(item, statement):
        return f"{where}: {problem}"
    read = [said for said in statements_in(item.quote) if same_property(said.property, objective.property)]
    if isinstance(statement, Effect) and any(
        isinstance(said.statement, Effect)
        and said.statement.component == statement.component
        and said.statement.sign != statement.sign
        for said in read
    ):
        return f"{where}: the rules read the opposite sign in its quote"
    note = next((said.note for said in read if type(said.statement) is type(statement)), "")
    basis = next((said.basis for said in read if type(said.statement) is type(statement)), "at%")
    return Claim(
        property=objective.property,
        statement=statement,
        basis=basis,
        origin="literature",
        author=passage.document[:120],
        dated=today,
        evidence=(Quote(document=passage.document, page=passage.page, text=item.quote, title=passage.title),),
        trust=weight(item.quote),
        note=note,
    )


def _statement(item: ProposedClaim) -> Statement:
    if item.kind == "optimum":
        return Region(composition=Composition.from_formula(item.formula), radius=0.05)
    if item.kind == "ranking":
        return Ranking(components=item.components)
    if item.kind == "synergy":
        if len(item.components) != 2:
            raise ValueError("a synergy names two components")
        return Synergy(components=(item.components[0], item.components[1]), sign=_sign(item))
    if len(item.components) != 1:
        raise ValueError(f"a claim of kind {item.kind} names one component")
    if item.kind == "range":
        return BestRange(component=item.components[0], low=item.low, high=item.high)
    return Effect(component=item.components[0], sign=_sign(item))


def _sign(item: ProposedClaim) -> Literal[1, -1]:
    if item.sign == 0:
        raise ValueError("sign is 1 or -1")
    return item.sign


def _not_said(item: ProposedClaim, statement: Statement) -> str:
    """What of a claim its own quote does not say; empty where it says all."""
    from eutectic.knowledge.amounts import find_amounts
    from eutectic.knowledge.element_words import find_elements
    from eutectic.knowledge.materials import find_materials

    named = {word.symbol for word in find_elements(item.quote)}
    materials = [mention.material.composition for mention in find_materials(item.quote, {})]
    if isinstance(statement, Region):
        return (
            ""
            if statement.composition in materials or item.formula in item.quote
            else f"{item.formula} is not in the quote"
        )
    missing = [name for name in item.components if name not in named and name not in item.quote]
    if missing:
        return f"{', '.join(missing)} not named in the quote"
    if isinstance(statement, BestRange):
        there = [v for a in find_amounts(item.quote) for v in (a.value, a.low, a.high) if v is not None]
        near = [*there, *(value / 100 for value in there)]
        ends = (statement.low, statement.high)
        is_around = any(math.isclose(sum(ends) / 2, value, rel_tol=1e-6) for value in near)
        for end in ends:
            if not is_around and not any(math.isclose(end, value, rel_tol=1e-6) for value in near):
                return f"{end:g} is not a number of the quote"
    return ""
