"""The workbench of a simulated lab: makes and measures one sample of a plan, the same way every time it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import NamedTuple

from eutectic.core.composition import Composition
from eutectic.core.plan import Dose, Plan, Sample
from eutectic.core.record import significant
from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Device, StockUse
from eutectic.core.trial import AchievedFrom, Censoring, Measurement, Observation, Trial
from eutectic.lab_interface.compile import dose_price, trial_price
from eutectic.lab_interface.emulator import Emulator
from eutectic.lab_interface.faults import jumps, stream, trial_fate
from eutectic.lab_interface.law import Law, LawProperty
from eutectic.lab_interface.microstructure import ShowsMicrostructure, picture
from eutectic.lab_interface.readings import keep_raw, keep_readings
from eutectic.lab_interface.screened_law import ScreenedLaw
from eutectic.lab_interface.simulated_settings import Limits, SimulatedSettings
from eutectic.lab_interface.spread import position, spread_factors
from eutectic.lab_interface.stock_contents import made_of, sources


class Slot(NamedTuple):
    """Where and when a run stands in the lab's own order."""

    batch: int
    """Count of runs before this one."""
    begins_h: float
    """Lab hours at which its preparation begins."""


class Workbench:
    """Law, settings and seed; a value depends on these, the trial, the attempt and the slot, never on the clock."""

    def __init__(self, law: Law, settings: SimulatedSettings, spec: CampaignSpec, instrument: str) -> None:
        self._law, self._settings, self._seed, self._instrument = law, settings, spec.seed, instrument
        self._spec = spec
        self._devices = (Device(name=instrument, software=f"eutectic {version('eutectic')}"),)
        self._prices = {item.name: item.price or 0.0 for item in spec.space.components} | settings.prices
        self._stocks = {item.id: item for item in settings.stocks}
        self._sources = sources(spec.space.component_names, spec.space.basis, settings.tick, settings.stocks)

    def make(self, plan: Plan, index: int, slot: Slot, folder: Path) -> Observation:
        """Make and measure the sample of that index and keep its raw readings under `folder`."""
        sample, settings = plan.samples[index], self._settings
        trial = next(item for item in plan.trials if item.id == sample.trial)
        composition, source = self._achieved(trial, sample, plan)
        fate = trial_fate(settings, self._seed, trial.id, plan.attempt)
        blank = Observation(
            trial=trial.id,
            composition=composition,
            achieved_from=source,
            achieved_sd=sample.achieved_sd,
            process=sample.process,
            simulated=True,
            instrument=self._named(index),
            cost=self._cost(sample, trial),
            hours=settings.hours_per_trial,
            started_h=self._starts(index, slot),
            sample=sample.sample,
            vessel=sample.vessel,
            devices=self._devices,
            stocks=tuple(
                StockUse(stock=dose.component, lot=self._stocks[dose.component].lot, ticks=dose.ticks, tick=dose.tick)
                for dose in sample.drawn
                if dose.component in self._stocks
            ),
        )
        cause = self._law.feasible(composition, sample.process)
        if cause is not None:
            return blank.model_copy(
                update={"status": "failed", "cause": cause, "note": "no sample could be made of it"}
            )
        if fate.abandoned is not None:
            note = "abandoned before a value could be read"
            return blank.model_copy(update={"status": "abandoned", "cause": fate.abandoned, "note": note})
        if not fate.has_reading:
            return blank.model_copy(update={"status": "failed", "cause": "instrument_fault", "note": "no reading"})
        shown = index - 1 if fate.is_stuck and index > 0 else index
        values = self._readings(plan, shown, slot)
        if fate.outlier:
            values = {name: [v + fate.outlier * self._sd(name, v) for v in found] for name, found in values.items()}
        found = self._measured(blank, {name: values[name] for name in self._asked(trial)}, folder)
        if self._settings.micrograph is None or trial.purpose == "screen":
            return found
        return found.model_copy(update={"artifacts": (*found.artifacts, self._micrograph(trial, sample, plan, folder))})

    def _micrograph(self, trial: Trial, sample: Sample, plan: Plan, folder: Path) -> str:
        """The hash of a picture of the sample's section, kept among the raw files."""
        assert self._settings.micrograph is not None and isinstance(self._law, ShowsMicrostructure)
        composition, _ = self._achieved(trial, sample, plan)
        structure = self._law.microstructure(composition, sample.process)
        draws = stream(self._seed, "micrograph", trial.id, plan.attempt)
        return keep_raw(folder, picture(structure, self._settings.micrograph, draws), ".png")

    def _asked(self, trial: Trial) -> list[str]:
        """What is read of a trial: everything but the screen, or the screen alone."""
        screened = [name for name, _ in self._spec.asked("screen")]
        if trial.purpose == "screen":
            return screened
        return [item.name for item in self._law.properties if item.name not in screened]

    def _named(self, index: int) -> str:
        """The instrument a sample is measured on: they take the samples of a batch in turn."""
        n = self._settings.instruments
        return self._instrument if n == 1 else f"{self._instrument}#{index % n + 1}"

    def _starts(self, index: int, slot: Slot) -> float:
        """Lab hours at which a sample is measured: preparation first, then one after another on each instrument."""
        before = index // self._settings.instruments * self._settings.hours_per_trial
        return slot.begins_h + self._settings.hours_per_batch + before

    def _cost(self, sample: Sample, trial: Trial) -> float:
        """Money for one sample; a microlitre of anything counts as a milligram."""
        material = sum(
            dose_price(dose, stock, self._prices) * dose.ticks
            if (stock := self._stocks.get(dose.component)) is not None
            else self._prices.get(dose.component, 0.0) * dose.ticks * float(dose.tick.split()[0]) * 1e-6
            for dose in sample.drawn
        )
        price = trial_price(self._spec, trial, self._settings.cost_per_trial)
        return round(price + material, 6)

    def _achieved(self, trial: Trial, sample: Sample, plan: Plan) -> tuple[Composition, AchievedFrom]:
        """What the doses became, where the sample stands; told as measured where the plate has a spread."""
        made, source = self._dosed(trial, sample, plan.attempt)
        if not self._settings.spread or self._settings.vessels is None:
            return made, source
        draws = {name: stream(self._seed, "spread", plan.round, plan.attempt, name) for name in made.fractions}
        at = position(self._settings.vessels.places, sample.vessel)
        factors = spread_factors(self._settings.spread, at, draws)
        amounts = {name: share * factors[name] for name, share in made.fractions.items()}
        return Composition.of(amounts, made.basis, normalise=True), "measured"

    def _dosed(self, trial: Trial, sample: Sample, attempt: int) -> tuple[Composition, AchievedFrom]:
        """What the doses became; a recipe that a table holds is made exactly as the table has it."""
        law = self._law.base if isinstance(self._law, ScreenedLaw) else self._law
        if isinstance(law, Emulator) and law.holds(trial.composition, trial.process):
            return trial.composition, "planned"
        if self._settings.weighing_sd_ticks == 0:
            return sample.achieved, "weighed"
        draws = stream(self._seed, "weigh", trial.id, attempt)

        def really(doses: Iterable[Dose]) -> dict[str, float]:
            sd = self._settings.weighing_sd_ticks
            return {dose.component: max(0.0, 1 + draws.gauss(0, sd) / dose.ticks) for dose in doses}

        factors = really(sample.doses)
        if self._stocks or sample.premix is not None:
            ticks = {dose.component: dose.ticks * factors[dose.component] for dose in sample.doses}
            if sample.premix is not None:
                wrong = really(sample.premix.doses)
                mixed = {dose.component: dose.ticks * wrong[dose.component] for dose in sample.premix.doses}
                take = max(0.0, sample.premix.take + draws.gauss(0, self._settings.weighing_sd_ticks))
                for name, count in mixed.items():
                    ticks[name] = ticks.get(name, 0.0) + count * take / sum(mixed.values())
            return made_of(ticks, self._sources, sample.achieved.basis), "weighed"
        amounts = {name: share * factors.get(name, 1.0) for name, share in sample.achieved.fractions.items()}
        return Composition.of(amounts, sample.achieved.basis, normalise=True), "weighed"

    def _readings(self, plan: Plan, index: int, slot: Slot) -> dict[str, list[float]]:
        """Readings of a sample, with its own error, the batch's and the drift, before any fault."""
        settings, sample = self._settings, plan.samples[index]
        trial = next(item for item in plan.trials if item.id == sample.trial)
        composition, _ = self._achieved(trial, sample, plan)
        truth = self._law.true_values(composition, sample.process)
        drift = (1 + settings.drift_per_day * self._starts(index, slot) / 24) * jumps(settings, self._seed, slot.batch)
        found = {}
        for item in self._law.properties:
            sd = self._relative_sd(item)
            draws = stream(self._seed, "noise", trial.id, plan.attempt, item.name)
            made = 1 + draws.gauss(0, sd * sqrt(1 - settings.seen_share))
            spread = sd * sqrt(settings.seen_share * settings.readings)
            shift = 1.0 if item.noise == 0 else drift * (1 + self._batch_effect(item, sd, slot.batch))
            level = truth[item.name] * made * shift
            found[item.name] = [level + truth[item.name] * draws.gauss(0, spread) for _ in range(settings.readings)]
        return found

    def _batch_effect(self, item: LawProperty, sd: float, batch: int) -> float:
        """Relative shift of a batch; smaller in proportion for properties that are measured more precisely."""
        scale = sd / self._settings.noise if self._settings.noise else 1.0
        return stream(self._seed, "batch", batch, item.name).gauss(0, self._settings.batch_sd * scale)

    def _measured(self, blank: Observation, values: Mapping[str, list[float]], folder: Path) -> Observation:
        measurements, kept = [], {}
        for item in self._law.properties:
            if item.name not in values:
                continue
            low, high = self._scale(item)
            clipped = [significant(min(max(v, low), high), 9) for v in values[item.name]]
            mean = fmean(values[item.name])
            censoring: Censoring = "below" if mean < low else "above" if mean > high else "none"
            error = stdev(clipped) / sqrt(len(clipped)) if len(clipped) > 1 else None
            shown = fmean(clipped) if censoring == "none" else (low if censoring == "below" else high)
            measurements.append(
                Measurement(
                    property=item.name,
                    unit=item.unit,
                    value=significant(shown, 9),
                    sd=error if censoring == "none" else None,
                    censoring=censoring,
                )
            )
            kept[item.name] = clipped
        digest = keep_readings(folder, blank.trial, kept, {item.property: item.unit for item in measurements})
        return blank.model_copy(update={"measurements": tuple(measurements), "artifacts": (digest,)})

    def _relative_sd(self, item: LawProperty) -> float:
        chosen = self._settings.noise_of.get(item.name)
        if chosen is not None:
            return chosen
        return self._settings.noise if item.noise is None else item.noise

    def _sd(self, name: str, value: float) -> float:
        item = next(found for found in self._law.properties if found.name == name)
        return self._relative_sd(item) * abs(value)

    def _scale(self, item: LawProperty) -> tuple[float, float]:
        """Least and largest value the instrument shows."""
        limits = self._settings.limits.get(item.name, Limits(below=item.below, above=item.above))
        low = float("-inf") if limits.below is None else limits.below
        return low, float("inf") if limits.above is None else limits.above
