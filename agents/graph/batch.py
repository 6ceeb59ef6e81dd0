"""A designer's choice turned into trials: own recipes checked against the space, gaps filled by the optimiser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eutectic.agents.decisions.designer import Choice, ChosenTrial
from eutectic.agents.graph.lines import candidate_lines
from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.core.notebook import CampaignView
from eutectic.core.optimizer import Advice, Proposal
from eutectic.core.space import Categorical, Continuous, SearchSpace, Value
from eutectic.core.trial import Purpose, Quote, Trial, recipe_key


class Batch(NamedTuple):
    """What a round's trials are made from."""

    round: int
    advice: Advice
    choice: Choice
    quotes: Sequence[Quote]
    own_allowed: int
    reference: Proposal | None = None
    """The reference sample, where it is due."""


class Assembled(NamedTuple):
    """The round's trials, and in words what of the choice could not be taken."""

    trials: tuple[Trial, ...]
    notes: tuple[str, ...]


class _Pick(NamedTuple):
    proposal: Proposal
    why: str


def assemble(batch: Batch, view: CampaignView, space: SearchSpace) -> Assembled:
    """The round's trials: the reference, repeats asked for, the choice, then the optimiser's own, without duplicates.

    A candidate that does not exist, an own recipe outside the space, one too many and a recipe measured before are
    left out with a note, and the optimiser's next candidate takes the place.
    """
    offers = [*batch.advice.batch, *batch.advice.alternatives]
    by_id = {line.id: offer for line, offer in zip(candidate_lines(batch.advice), offers, strict=True)}
    wanted, notes = _wanted(batch, by_id, space)
    repeats = _repeats(view)
    reference = [] if batch.reference is None else [_Pick(batch.reference, batch.reference.why)]
    size = len(batch.advice.batch) + len(reference)
    picks: list[_Pick] = []
    taken: set[str] = set()
    for pick in [*reference, *repeats, *wanted, *(_Pick(offer, offer.why) for offer in offers)]:
        key = recipe_key(pick.proposal.composition, pick.proposal.process)
        is_repeat = pick.proposal.purpose != "data"
        if len(picks) == size or key in taken or (_is_tested(view, key) and not is_repeat):
            continue
        taken.add(key)
        picks.append(pick)
    trials = tuple(_trial(batch, slot, pick) for slot, pick in enumerate(picks, start=1))
    return Assembled(trials, tuple(notes))


def _is_tested(view: CampaignView, recipe: str) -> bool:
    """Whether a recipe had more than a screen."""
    return any(view.trials[key].purpose != "screen" for key in view.trials_of(recipe))


def _trial(batch: Batch, slot: int, pick: _Pick) -> Trial:
    offer = pick.proposal
    used = tuple(quote for quote in batch.quotes if any(name in quote.text for name in offer.composition.fractions))
    return Trial(
        id=f"r{batch.round:02d}-s{slot:02d}",
        composition=offer.composition,
        process=offer.process,
        purpose=offer.purpose,
        source=offer.source,
        why=pick.why[:600],
        predictions=offer.predictions,
        evidence=used[:3] if offer.source == "model" else (),
    )


def _repeats(view: CampaignView) -> list[_Pick]:
    found = []
    for key in view.repeat:
        old = view.trials[key]
        purpose: Purpose = "screen" if old.purpose == "screen" else "replicate"
        offer = Proposal(
            composition=old.composition, process=old.process, purpose=purpose, source=old.source, why="repeat"
        )
        found.append(_Pick(offer, f"repeats {key}, as the experimenter or the analyst asked"))
    return found


def _wanted(batch: Batch, by_id: dict[str, Proposal], space: SearchSpace) -> tuple[list[_Pick], list[str]]:
    picks, notes, own = [], [], 0
    for item in batch.choice.trials:
        if item.candidate:
            if item.candidate in by_id:
                picks.append(_Pick(by_id[item.candidate], item.why))
            else:
                notes.append(f"candidate {item.candidate!r} was not offered")
            continue
        own += 1
        if own > batch.own_allowed:
            notes.append(f"own recipe left out: at most {batch.own_allowed} are allowed in this batch")
            continue
        made = _own(item, space)
        if isinstance(made, str):
            notes.append(f"own recipe left out: {made}")
        else:
            picks.append(_Pick(made, item.why))
    return picks, notes


def _own(item: ChosenTrial, space: SearchSpace) -> Proposal | str:
    """An own recipe as a proposal, or why it is none."""
    steps = {component.name: component.step for component in space.components}
    try:
        shares = {
            part.component: round(
                round(part.fraction / steps.get(part.component, 1e-6)) * steps.get(part.component, 1e-6), 9
            )
            for part in item.parts
        }
        composition = Composition.of(shares, space.basis)
    except BadInput as error:
        return str(error)
    process = {value.name: _as_declared(space, value.name, value.value) for value in item.process}
    broken = space.violations(composition, process)
    if broken:
        return "; ".join(broken[:3])
    return Proposal(composition=composition, process=process, source="model", why="the designer's own recipe")


def _as_declared(space: SearchSpace, name: str, value: Value) -> Value:
    for variable in space.process:
        if variable.name == name and not isinstance(value, str) and not isinstance(variable, Categorical):
            return float(value) if isinstance(variable, Continuous) else int(value) if value == int(value) else value
    return value
