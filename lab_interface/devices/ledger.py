"""The ledger: a program carried out on paper, so that what a vendor's simulator lets through is caught here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from eutectic.core.errors import BadInput
from eutectic.core.plan import Check
from eutectic.lab_interface.devices.program import Command, Deck
from eutectic.lab_interface.plan_checks import shape

Fault = Literal[
    "source overdrawn",
    "empty source",
    "well overfilled",
    "above tip capacity",
    "no tip",
    "tip reused",
    "out of tips",
    "dispense above tip content",
    "below minimum",
    "dirty tip into stock",
    "liquid left in tip",
]
_SLACK = 1e-6
_SHOWN = 4


class Problem(NamedTuple):
    """One thing wrong with a program."""

    fault: Fault
    detail: str


@dataclass
class _Tip:
    number: str
    stock: str = ""
    content: float = 0.0
    is_dirty: bool = False


@dataclass
class _Paper:
    """What the vessels, stocks and the tip would hold."""

    deck: Deck
    used: dict[str, float]
    vessels: dict[str, float] = field(default_factory=dict)
    spent_tips: set[str] = field(default_factory=set)
    tip: _Tip | None = None


def check_program(
    program: Sequence[Command],
    deck: Deck,
    used_ul: Mapping[str, float] | None = None,
) -> list[Problem]:
    """Every problem of a program on a deck, in order; `used_ul` is what earlier runs took from each stock."""
    paper = _Paper(deck, dict(used_ul or {}))
    return [problem for command in program for problem in _step(paper, command)]


def ledger_check(program: Sequence[Command], deck: Deck, used_ul: Mapping[str, float]) -> Check:
    """The ledger's verdict on a program, with the first few problems in words."""
    problems = [f"{item.fault}: {item.detail}" for item in check_program(program, deck, used_ul)]
    more = f" (and {len(problems) - _SHOWN} more)" if len(problems) > _SHOWN else ""
    said = "; ".join(problems[:_SHOWN]) + more if problems else "every volume is there and fits"
    return shape("lab_ledger", not problems, said)


def read_program(text: str) -> tuple[Command, ...]:
    """A program from JSON; numbers that are not finite or not above zero are refused here.

    Raises:
        BadInput: with the number of the first command that cannot be used.
    """
    found = []
    for number, item in enumerate(json.loads(text), start=1):
        try:
            found.append(Command.model_validate(item))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise BadInput(f"{place} {first['input']!r}: {first['msg']}", where=f"command {number}") from None
    return tuple(found)


def _step(paper: _Paper, command: Command) -> Iterator[Problem]:
    if command.action == "pick_up_tip":
        yield from _pick_up(paper, command)
    elif command.action == "drop_tip":
        if paper.tip is None:
            yield Problem("no tip", f"{command.trial}: there is no tip to drop")
        elif paper.tip.content > _SLACK:
            yield Problem("liquid left in tip", f"{command.trial}: {paper.tip.content:g} uL are thrown away")
        paper.tip = None
    elif command.action in ("mix", "aspirate", "dispense"):
        volume = command.volume_ul or 0.0
        if volume < paper.deck.min_ul - _SLACK:
            said = f"{command.trial}: {command.action} {volume:g} uL, the least is {paper.deck.min_ul:g}"
            yield Problem("below minimum", said)
        if paper.tip is None:
            yield Problem("no tip", f"{command.trial}: {command.action} {volume:g} uL without a tip")
        elif command.action == "mix":
            yield from _mix(paper, paper.tip, command, volume)
        elif command.action == "aspirate":
            yield from _aspirate(paper, paper.tip, command, volume)
        else:
            yield from _dispense(paper, paper.tip, command, volume)
    elif command.action == "make":
        yield from _make(paper, command)


def _pick_up(paper: _Paper, command: Command) -> Iterator[Problem]:
    if paper.tip is not None:
        yield Problem("tip reused", f"{command.trial}: tip {command.place} over tip {paper.tip.number}")
    if command.place in paper.spent_tips:
        yield Problem("tip reused", f"{command.trial}: tip {command.place} was used before")
    paper.spent_tips.add(command.place)
    if len(paper.spent_tips) == paper.deck.tips + 1:
        yield Problem("out of tips", f"{command.trial}: more than the {paper.deck.tips} tips on the deck are needed")
    paper.tip = _Tip(command.place)


def _aspirate(paper: _Paper, tip: _Tip, command: Command, volume: float) -> Iterator[Problem]:
    yield from _been_elsewhere(tip, command)
    yield from _taken(paper, command.trial, command.place, volume)
    tip.stock, tip.content = command.place, tip.content + volume
    yield from _too_much(paper, command, tip.content)


def _mix(paper: _Paper, tip: _Tip, command: Command, volume: float) -> Iterator[Problem]:
    content = paper.vessels.get(command.place, 0.0)
    if paper.deck.premix_well(command.place) is None or volume > content + _SLACK:
        yield Problem("empty source", f"{command.trial}: {volume:g} uL to mix, {command.place} holds {content:g}")
    yield from _been_elsewhere(tip, command)
    yield from _too_much(paper, command, volume)
    tip.stock = command.place


def _been_elsewhere(tip: _Tip, command: Command) -> Iterator[Problem]:
    if tip.is_dirty or tip.stock not in ("", command.place):
        yield Problem("dirty tip into stock", f"{command.trial}: tip {tip.number} has been elsewhere")


def _too_much(paper: _Paper, command: Command, volume: float) -> Iterator[Problem]:
    if volume > paper.deck.tip_ul + _SLACK:
        yield Problem("above tip capacity", f"{command.trial}: {volume:g} uL, a tip holds {paper.deck.tip_ul:g}")


def _dispense(paper: _Paper, tip: _Tip, command: Command, volume: float) -> Iterator[Problem]:
    if command.place in paper.deck.stocks:
        yield Problem("dirty tip into stock", f"{command.trial}: {volume:g} uL back into {command.place}")
    if volume > tip.content + _SLACK:
        yield Problem("dispense above tip content", f"{command.trial}: {volume:g} of {tip.content:g} uL")
    tip.content, tip.is_dirty = max(0.0, tip.content - volume), True
    yield from _filled(paper, command.trial, command.place, volume)


def _make(paper: _Paper, command: Command) -> Iterator[Problem]:
    for stock, volume in command.doses_ul.items():
        if volume < paper.deck.min_ul - _SLACK:
            yield Problem(
                "below minimum", f"{command.trial}: {stock} {volume:g} uL, the least is {paper.deck.min_ul:g}"
            )
        yield from _taken(paper, command.trial, stock, volume)
        yield from _filled(paper, command.trial, command.place, volume)


def _taken(paper: _Paper, trial: str, stock: str, volume: float) -> Iterator[Problem]:
    if paper.deck.premix is not None and stock in paper.deck.premix.places:
        content = paper.vessels.get(stock, 0.0)
        left = max(0.0, content - paper.deck.premix.dead_ul)
        if volume > left + _SLACK:
            yield Problem("source overdrawn", f"{trial}: {volume:g} uL of mixture {stock}, {left:g} uL can be taken")
        paper.vessels[stock] = max(0.0, content - volume)
        return
    if stock not in paper.deck.stocks:
        yield Problem("empty source", f"{trial}: there is no {stock} on the deck")
        return
    left = paper.deck.available_ul(stock, paper.used.get(stock, 0.0))
    if volume > left + _SLACK:
        fault: Fault = "source overdrawn" if left > 0 else "empty source"
        yield Problem(fault, f"{trial}: {volume:g} uL of {stock}, {left:g} uL can be taken")
    paper.used[stock] = paper.used.get(stock, 0.0) + volume


def _filled(paper: _Paper, trial: str, vessel: str, volume: float) -> Iterator[Problem]:
    content = paper.vessels.get(vessel, 0.0) + volume
    paper.vessels[vessel] = content
    premix = paper.deck.premix
    holds = premix.vessel_ul if premix is not None and vessel in premix.places else paper.deck.vessel_ul
    if content > holds + _SLACK:
        yield Problem("well overfilled", f"{trial}: {vessel} gets {content:g} uL, it holds {holds:g}")


def taken_ul(replies: Sequence[tuple[Command, Mapping[str, Any]]]) -> dict[str, float]:
    """Microlitres taken from each stock by commands that were carried out; what is taken of a mixture is none."""
    found: dict[str, float] = {}
    mixed = {command.place for command, _ in replies if command.action in ("mix", "dispense")}
    for command, reply in replies:
        is_stock = command.action == "aspirate" and command.place not in mixed
        doses = {command.place: command.volume_ul or 0.0} if is_stock else {}
        if command.action in ("make", "hand_over"):
            doses = dict(reply.get("dispensed_ul", command.doses_ul))
        for stock, volume in doses.items():
            found[stock] = found.get(stock, 0.0) + volume
    return found
