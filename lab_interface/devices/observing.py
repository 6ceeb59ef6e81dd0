"""From what devices answered for a sample to its observation: what was dispensed, and readings that are numbers."""

from __future__ import annotations

import math
from statistics import fmean, stdev
from typing import TYPE_CHECKING, NamedTuple

from eutectic.core.composition import Composition
from eutectic.core.plan import Sample
from eutectic.core.record import significant
from eutectic.core.stock import StockUse, Tick
from eutectic.core.trial import AchievedFrom, CauseCode, Measurement, Observation
from eutectic.lab_interface.devices.driver import Reply
from eutectic.lab_interface.devices.events import utc
from eutectic.lab_interface.devices.program import Command
from eutectic.lab_interface.readings import keep_readings
from eutectic.lab_interface.run_store import StoredRun
from eutectic.lab_interface.stock_contents import made_of, sources

if TYPE_CHECKING:
    from eutectic.lab_interface.devices.device_lab import DeviceLab


class Finished(NamedTuple):
    """What is known of one sample while its commands are carried out; seconds count from the begin of the run."""

    started_s: float
    ended_s: float = 0.0
    dispensed_ul: tuple[tuple[str, float, str], ...] = ()
    """Source, volume and vessel of every dispense that was confirmed; a mixture's vessel is a source, too."""
    readings: tuple[tuple[str, tuple[float, ...]], ...] = ()
    tip_stock: str = ""
    vessel: str = ""
    cause: CauseCode | None = None
    note: str = ""

    @property
    def is_failed(self) -> bool:
        """Whether a device failed it for certain."""
        return self.cause is not None

    def total_ul(self) -> dict[str, float]:
        """Confirmed volume that was drawn of each stock."""
        found: dict[str, float] = {}
        mixed = {vessel for _, _, vessel in self.dispensed_ul}
        for source, volume, _ in self.dispensed_ul:
            if source not in mixed:
                found[source] = found.get(source, 0.0) + volume
        return found

    def contents_ul(self, wanted: str) -> dict[str, float]:
        """Confirmed volume by stock in a vessel, a part of each that went through a mixture."""
        held: dict[str, dict[str, float]] = {}
        for source, volume, vessel in self.dispensed_ul:
            mixture = held.get(source)
            parts = {source: 1.0} if mixture is None else {k: v / sum(mixture.values()) for k, v in mixture.items()}
            there = held.setdefault(vessel, {})
            for stock, part in parts.items():
                there[stock] = there.get(stock, 0.0) + part * volume
        return held.get(wanted, {})

    def failed(self, cause: CauseCode, note: str, now_s: float) -> Finished:
        """The sample, lost."""
        return self._replace(cause=cause, note=note, ended_s=now_s)

    def took(self, command: Command, reply: Reply, now_s: float) -> Finished:
        """The sample after one more command."""
        state = self._replace(ended_s=now_s)
        if command.action == "aspirate":
            return state._replace(tip_stock=command.place)
        if command.action == "dispense":
            dose = (state.tip_stock, command.volume_ul or 0.0, command.place)
            return state._replace(dispensed_ul=(*state.dispensed_ul, dose), vessel=command.place)
        if command.action == "hand_over":
            return state._replace(vessel=command.place)
        doses = reply.get("dispensed_ul", {})
        given = tuple((str(name), float(volume), command.place) for name, volume in doses.items())
        read = tuple((str(name), tuple(map(float, values))) for name, values in reply.get("readings", {}).items())
        known = {name for name, _ in state.readings}
        return state._replace(
            dispensed_ul=(*state.dispensed_ul, *given),
            readings=(*state.readings, *(item for item in read if item[0] not in known)),
        )


def observed(lab: DeviceLab, run: StoredRun, sample: Sample, state: Finished) -> Observation:
    """The observation of a sample; one without a whole number for every property is failed, with its cause."""
    composition, source = _achieved(lab, run, sample, state)
    started_h, hours = _when(lab, run, sample, state)
    blank = Observation(
        trial=sample.trial,
        composition=composition,
        achieved_from=source,
        process=sample.process,
        simulated=run.plan.simulated,
        instrument=lab.rig.instrument,
        cost=lab.settings.cost_per_trial,
        hours=hours,
        started_h=started_h,
        sample=sample.sample,
        vessel=_vessel(sample, state),
        devices=lab.rig.devices,
        stocks=_used(run, state, lab.settings.tick),
        started_at="" if run.plan.simulated else utc(run.accepted_s + state.started_s),
        ended_at="" if run.plan.simulated else utc(run.accepted_s + state.ended_s),
    )
    if state.cause is not None:
        return blank.model_copy(update={"status": "failed", "cause": state.cause, "note": state.note[:400]})
    values = dict(state.readings)
    wrong = [
        f"{name} gave {list(values.get(name, ()))}"
        for name in lab.rig.units
        if not values.get(name) or not all(math.isfinite(value) for value in values[name])
    ]
    if wrong:
        note = f"no number: {'; '.join(wrong)}"
        return blank.model_copy(update={"status": "failed", "cause": "instrument_fault", "note": note[:400]})
    strange = lab.settings.out_of_range(values)
    measured = tuple(_measurement(name, lab.rig.units[name], values[name]) for name in lab.rig.units)
    kept = {name: list(values[name]) for name in lab.rig.units}
    digest = keep_readings(lab.folder, sample.trial, kept, lab.rig.units, simulated=run.plan.simulated)
    update: dict[str, object] = {"measurements": measured, "artifacts": (digest,)}
    if strange:
        update |= {"status": "failed", "cause": "out_of_range", "note": strange[:400]}
    return blank.model_copy(update=update)


def _when(lab: DeviceLab, run: StoredRun, sample: Sample, state: Finished) -> tuple[float, float]:
    """Lab hours at which a sample began, and how many it took; those of the settings where a device is simulated.

    A simulated device is fast by an amount that differs each time, and a campaign must give the same twice.
    """
    given = lab.settings
    if not run.plan.simulated:
        took = max(0.0, state.ended_s - state.started_s)
        return round(run.begins_h + state.started_s / 3600, 6), round(took / 3600, 6)
    before = [item.trial for item in run.plan.samples].index(sample.trial)
    return round(run.begins_h + given.hours_per_batch + before * given.hours_per_trial, 6), given.hours_per_trial


def _used(run: StoredRun, state: Finished, tick: Tick) -> tuple[StockUse, ...]:
    lots = {item.id: item.lot for item in run.plan.stocks}
    size = float(tick.split()[0])
    return tuple(
        StockUse(stock=name, lot=lots.get(name, ""), ticks=round(volume / size), tick=tick)
        for name, volume in sorted(state.total_ul().items())
    )


def _measurement(name: str, unit: str, values: tuple[float, ...]) -> Measurement:
    error = stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None
    return Measurement(property=name, unit=unit, value=significant(fmean(values), 9), sd=error)


def _vessel(sample: Sample, state: Finished) -> str:
    """Where the sample is; empty while all of it is still in the vessel of its mixture."""
    return "" if sample.premix is not None and state.vessel == sample.premix.vessel else state.vessel


def _achieved(lab: DeviceLab, run: StoredRun, sample: Sample, state: Finished) -> tuple[Composition, AchievedFrom]:
    """What was confirmed as dispensed; the plan's word where no device dispensed."""
    if not state.dispensed_ul:
        return sample.achieved, "planned"
    size = float(lab.settings.tick.split()[0])
    place = _vessel(sample, state) or state.dispensed_ul[0][2]
    found = state.contents_ul(place)
    planned = {name: ticks * size for name, ticks in sample.contents.items()}
    if all(math.isclose(found.get(name, 0.0), volume, abs_tol=1e-6) for name, volume in planned.items()):
        return sample.achieved, "dispensed"
    ticks = {name: volume / size for name, volume in found.items()}
    space = lab.spec.space
    given = sources(space.component_names, space.basis, lab.settings.tick, run.plan.stocks)
    if not any(ticks.get(item.id) and item.per_tick for item in given):
        return sample.achieved, "planned"
    return made_of(ticks, given, space.basis), "dispensed"
