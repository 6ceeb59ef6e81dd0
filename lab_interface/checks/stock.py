"""Checks of transfers and stocks: what a tip and a vessel take, what is left of each lot, and whether it is in date."""

from __future__ import annotations

from collections.abc import Iterator

from eutectic.core.plan import Check
from eutectic.core.stock import Stock
from eutectic.lab_interface.checks.subject import Subject, outcome
from eutectic.lab_interface.compile import order_seed
from eutectic.lab_interface.stock_ledger import needs, shortage


def check_transfers(subject: Subject) -> list[Check]:
    """Every movement is one that the tip can do, into a vessel of its own on the lab's map."""
    return [outcome("transfers", _transfer_problems(subject), f"{len(subject.plan.transfers)} movements, none of zero")]


def _transfer_problems(subject: Subject) -> Iterator[str]:
    plan, lab = subject.plan, subject.capabilities
    if plan.max_transfer_ticks != lab.max_transfer_ticks:
        yield f"the plan splits doses at {plan.max_transfer_ticks} ticks, the lab at {lab.max_transfer_ticks}"
    if plan.vessels != lab.vessels:
        yield "the map of the plan is not that of the lab"
    places = [sample.vessel for sample in plan.samples if sample.vessel]
    known = () if lab.vessels is None else lab.vessels.places
    if len(places) != (len(plan.samples) if known else 0):
        yield "samples stand on no map" if known else "the lab has no map, the plan names vessels"
    yield from (f"vessel {name!r} is not on the map" for name in dict.fromkeys(places) if name not in known)
    if len(set(places)) != len(places):
        yield "two samples stand in one vessel"
    seed = order_seed(plan.campaign, plan.round, plan.attempt, subject.spec.seed, lab)
    if plan.order_seed != seed:
        yield f"the places are shuffled with {plan.order_seed}, this plan's seed is {seed}"
    elif lab.vessels is not None and seed is not None and lab.vessels.filled(seed)[: len(places)] != tuple(places):
        yield f"samples do not stand where the seed {seed} puts them"
    mixed = [sample.premix.vessel for sample in plan.samples if sample.premix is not None]
    if len(set(mixed)) != len(mixed) or not set(mixed) <= set(lab.premix.places if lab.premix is not None else ()):
        yield f"pre-mixes in {', '.join(mixed)}: not each in a pre-mix vessel of the lab of its own"
    own = {item.id: item.dispenser.min_ticks for item in lab.stocks if item.dispenser is not None}
    for item in plan.transfers:
        least = own.get(item.stock, lab.min_ticks)
        if item.ticks < least:
            yield f"transfer {item.number} of {item.stock}: {item.ticks} ticks, the tip does {least} at least"


def check_stocks(subject: Subject) -> list[Check]:
    """There is enough of every lot beside what other plans reserved, and none is out of date; unknown blocks."""
    if not subject.plan.stocks:
        return [outcome("stocks", (), "no stocks: every component is weighed by itself")]
    wanted = needs(subject.plan)
    passed = f"{len(wanted)} stocks suffice and are in date"
    return [outcome("stocks", _stock_problems(subject), passed)]


def _stock_problems(subject: Subject) -> Iterator[str]:
    for need in needs(subject.plan):
        if subject.ledger is None:
            if not subject.plan.simulated:
                yield "there is no stock ledger"
        else:
            level = subject.ledger.level(need, subject.plan.key)
            short = shortage(need, level, is_simulated=subject.plan.simulated)
            if short is not None:
                yield short
        yield from _date_problems(subject, need.stock)


def _date_problems(subject: Subject, stock: Stock) -> Iterator[str]:
    today = subject.today
    if today is None:
        return
    if stock.expires is not None and stock.expires < today:
        yield f"stock {stock.id} expired on {stock.expires}"
    if stock.prepared is not None and stock.prepared > today:
        yield f"stock {stock.id} was prepared on {stock.prepared}, which is still to come"
    if stock.expires is None and stock.form == "solution" and not subject.plan.simulated:
        yield f"stock {stock.id}: nobody knows how long it keeps (set expires)"
