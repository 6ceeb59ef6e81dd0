"""Settings of the simulated lab: what it measures, how noisy, how often it fails, what it takes and costs."""

from __future__ import annotations

from pydantic import Field, JsonValue, NonNegativeFloat, ValidationError, model_validator

from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Tick
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.dispense_settings import DispenseSettings
from eutectic.lab_interface.microstructure import MicrographSettings
from eutectic.lab_interface.screened_law import ScreenSettings
from eutectic.lab_interface.spec_check import wrong_setting


class Causes(Record):
    """How abandoned trials divide among causes, as weights.

    In CRESt's files preparation leads by far; they do not say how the rest divides, so it is spread evenly.
    """

    sample_prep: NonNegativeFloat = 0.7
    not_stabilised: NonNegativeFloat = 0.06
    precursor_issue: NonNegativeFloat = 0.06
    failed_connection: NonNegativeFloat = 0.06
    test_error: NonNegativeFloat = 0.06
    other: NonNegativeFloat = 0.06

    @model_validator(mode="after")
    def _positive(self) -> Causes:
        if not sum(self.weights().values()) > 0:
            raise ValueError("at least one cause needs a weight above 0")
        return self

    def weights(self) -> dict[CauseCode, float]:
        """Weight by cause."""
        return {
            "sample_prep": self.sample_prep,
            "not_stabilised": self.not_stabilised,
            "precursor_issue": self.precursor_issue,
            "failed_connection": self.failed_connection,
            "test_error": self.test_error,
            "other": self.other,
        }


class Limits(Record):
    """Where an instrument's scale ends for one property."""

    below: float | None = None
    above: float | None = None


class SimulatedSettings(DispenseSettings):
    """What `lab.settings` may hold for a simulated lab. Every rate is a probability per trial or per run."""

    law: str | None = None
    """Name of a law; or give `table` and `card`."""
    table: str | None = None
    """CSV of real measurements that the lab emulates."""
    card: str | None = None
    """YAML that says what the table's columns are and where they come from."""
    noise: NonNegativeFloat = 0.08
    """Relative standard deviation between replicate trials: 8 to 9 % is the median in CRESt's files."""
    noise_of: dict[str, NonNegativeFloat] = {}
    """The same for single properties; it wins over `noise` and over what the law or card says."""
    seen_share: float = Field(default=0.5, ge=0, le=1)
    """Share of the noise's variance that shows between the readings of one sample; the rest differs from sample to
    sample, so that readings alone make a value look surer than it is. No published figure; a choice."""
    readings: int = Field(default=3, ge=1, le=50)
    """Repeated readings of each property."""
    batch_sd: NonNegativeFloat = 0.03
    """Relative standard deviation between batches. CRESt's batch means swing far more; a choice."""
    drift_per_day: float = 0.0
    """Relative change of every reading per day of lab time."""
    jump_rate: float = Field(default=0.0, ge=0, le=1)
    """Probability, per batch, that from it on every reading is off by a fixed ratio more."""
    jump_sd: NonNegativeFloat = 0.15
    """Standard deviation of such a jump, relative."""
    abandoned_rate: float = Field(default=0.06, ge=0, le=1)
    """6 of the 100 recipes of CRESt's KABO arm never gave a value; of single tests 41 to 93 % were abandoned."""
    causes: Causes = Causes()
    outlier_rate: float = Field(default=0.0, ge=0, le=1)
    """Share of trials with readings ten standard deviations off."""
    stuck_rate: float = Field(default=0.0, ge=0, le=1)
    """Share of trials for which the instrument repeats what it read last."""
    no_reading_rate: float = Field(default=0.0, ge=0, le=1)
    """Share of trials for which an instrument gives nothing."""
    lost_contact_rate: float = Field(default=0.0, ge=0, le=1)
    """Share of runs that become `unknown`; half of those ran all the same."""
    lost_reply_rate: float = Field(default=0.0, ge=0, le=1)
    """Share of runs that are accepted, but whose first answer is lost."""
    limits: dict[str, Limits] = {}
    """Scale ends by property; they replace those of the law."""
    screen: ScreenSettings | None = None
    """What the cheap assay of the objective reads."""
    micrograph: MicrographSettings | None = None
    """A microscope that takes a picture of each sample that is measured, of laws that have a microstructure."""
    weighing_sd_ticks: NonNegativeFloat = 0.5
    """Standard deviation of each dose in ticks."""
    spread: float = Field(default=0.0, ge=0, le=0.5)
    """Relative difference of each component's amount from one edge of the plate or wafer to the other, in a direction
    of its own in every batch, as co-sputtering gives it; each film's composition is then measured and told."""
    hours_per_trial: NonNegativeFloat = 0.5
    hours_per_batch: NonNegativeFloat = 2.0
    instruments: int = Field(default=1, ge=1, le=96)
    """Trials measured at the same time."""
    cost_per_trial: NonNegativeFloat = 25.0
    prices: dict[str, NonNegativeFloat] = {}
    """Money per kg of components, added to the cost; the prices of the search space hold where none is given."""
    max_batch: int = Field(default=96, ge=1, le=96)
    tick: Tick = "1 mg"
    total_ticks: int = Field(default=2000, ge=10)
    """Size of a sample in ticks."""
    min_ticks: int = Field(default=1, ge=1)
    latency_s: NonNegativeFloat = 0.0
    """Wall seconds from a submission to its last result."""
    ignores_cancel: bool = False
    """A cancel is accepted, and the run goes on."""

    @model_validator(mode="after")
    def _one_source(self) -> SimulatedSettings:
        if (self.law is None) == (self.table is None) or (self.table is None) != (self.card is None):
            raise ValueError("give either law, or table together with card")
        if self.spread and self.vessels is None:
            raise ValueError("spread needs vessels: the places of the plate or wafer it goes across")
        return self


def read_settings(spec: CampaignSpec) -> SimulatedSettings:
    """The settings of a spec's lab.

    Raises:
        BadInput: an unknown key or a wrong value, with its place `lab.settings.<key>`.
    """
    given: dict[str, JsonValue] = spec.lab.settings
    try:
        return SimulatedSettings.model_validate(given)
    except ValidationError as error:
        raise wrong_setting(error, SimulatedSettings.model_fields) from None
