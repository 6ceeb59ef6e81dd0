"""The campaign spec: what a user asks for, as a YAML file is checked against it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.core.objective import Objective, Screen
from eutectic.core.quantity import Share
from eutectic.core.record import Record
from eutectic.core.space import SearchSpace, Value
from eutectic.core.trial import Purpose, Trial

MindKind = Literal["auto", "rules", "model"]
Role = Literal["pi", "designer", "coder", "experimenter", "analyst"]


class Budget(Record):
    """Hard caps; a campaign stops before it would pass one."""

    experiments: int = Field(ge=1, le=1_000_000)
    money: float | None = Field(default=None, gt=0)
    """For experiments and model calls together, in `currency`."""
    currency: str = "USD"
    hours: float | None = Field(default=None, gt=0)
    """Time of the lab (simulated time in a simulated lab), in hours."""
    model_calls: int = Field(default=2_000, ge=0)
    tokens: int = Field(default=5_000_000, ge=0)


class StopRules(Record):
    """When to stop before the budget is spent."""

    when_met: bool = True
    """Stop when one trial meets every objective that has a goal."""
    patience: int | None = Field(default=None, ge=1)
    """Stop after so many rounds without an improvement."""
    least_gain: float | None = Field(default=None, ge=0)
    """Stop when the expected gain of the next batch, as a share of the range seen, falls below this."""
    least_chance: float | None = Field(default=None, gt=0, lt=1)
    """Stop when the probability that any recipe of the space reaches the goals falls below this."""
    worth: float | None = Field(default=None, gt=0)
    """Money that an improvement by the whole range seen is worth; stop when the next batch costs more than it gains."""
    max_failures: int | None = Field(default=None, ge=1)
    """Stop and ask after so many failed trials in a row."""


class ApprovalPolicy(Record):
    """Who lets a plan go to the lab."""

    mode: Literal["auto", "person"] = "person"
    """`auto` lets plans pass that the preflight finds without warning; only for simulated labs or with `max_cost`."""
    max_cost: float | None = Field(default=None, gt=0)
    """Plans that cost more than this wait for a person even under `auto`."""


class LabSpec(Record):
    """Which lab measures; `settings` are checked by the lab itself."""

    kind: str = "simulated"
    settings: dict[str, JsonValue] = {}


class RoleModel(Record):
    """Which model answers for a role, where it differs from the default."""

    model: str | None = None
    base_url: str | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)


class MindSpec(Record):
    """Who decides: a language model where one is configured (`auto`), always the rules, or always the model."""

    kind: MindKind = "auto"
    roles: dict[Role, RoleModel] = {}


class OptimizerSpec(Record):
    """How trials are proposed."""

    kind: Literal["botorch", "random", "sobol"] = "botorch"
    initial: int | None = Field(default=None, ge=1)
    """Space-filling trials before the surrogate decides; by default four, at least one batch."""
    replicates: Annotated[int, Field(ge=0)] | Literal["by_value"] = 1
    """Repeats of the best trial so far in each batch from the third round on, which tell the noise; `by_value` repeats
    it where that is expected to improve the final choice more than a new recipe."""
    trial_cost: float | None = Field(default=None, gt=0)
    """Money that a trial costs whatever its recipe; with it recipes are chosen by what they are worth for the cost."""
    sample_kg: float = Field(default=0.0, ge=0)
    """Mass of a sample, which the components' prices count for beside `trial_cost`."""


class ReferenceSpec(Record):
    """A fixed recipe that is made and measured with the batches, which tells how the instrument drifts."""

    parts: dict[str, Share] = Field(min_length=1)
    """Share of each component, in the search space's basis."""
    process: dict[str, Value] = {}
    every: int = Field(default=1, ge=1)
    """Measured in every so many rounds, from the first on."""
    values: dict[str, float] = {}
    """Certified values by property, in the objectives' units; without one, readings count from the first round."""


class KnowledgeSources(Record):
    """Which sources of knowledge shape the campaign; each has its own weight, learned from the campaign's data."""

    descriptors: bool = False
    """Descriptors of the composition for which physics gives a direction, such as the magnetic moment for Bs."""
    literature: bool = False
    """Claims that rest on quotes from papers, off because no saving of experiments has been shown."""
    advice: bool = True
    """Claims of a person, and what a language model expects of recipes of the space, asked before the first trial."""
    embeddings: bool = False
    """Learned element vectors of recipes, as CRESt uses text embeddings: no gain over random numbers was measured."""
    campaigns: tuple[str, ...] = ()
    """CSV tables of earlier campaigns or public data on other components, with a column per component and property."""
    images: bool = False
    """Microstructure images among the raw files of this campaign's own results, all of one magnification."""


class KnowledgeSpec(Record):
    """What is known before the first experiment, frozen in the notebook before it."""

    claims: str | None = None
    """Claims file (YAML or JSON, see `eutectic claims`): testable statements that may steer, and are scored."""
    sources: KnowledgeSources = KnowledgeSources()
    meter: bool = True
    """Whether to measure after each round what the knowledge added, and to switch off what hurts."""


class CampaignSpec(Record):
    """One pursuit of objectives in a search space under a budget."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")
    """Lower-case letters, digits and dashes; the campaign's ID starts with it."""
    goal: str = Field(min_length=1, max_length=4000)
    """The wish in plain words."""
    space: SearchSpace
    objectives: tuple[Objective, ...] = Field(min_length=1, max_length=6)
    budget: Budget
    batch: int = Field(default=4, ge=1, le=96)
    """Trials in a round."""
    stop: StopRules = StopRules()
    approval: ApprovalPolicy = ApprovalPolicy()
    lab: LabSpec = LabSpec()
    mind: MindSpec = MindSpec()
    optimizer: OptimizerSpec = OptimizerSpec()
    reference: ReferenceSpec | None = None
    """A reference sample, for the correction of drift; it takes one place of the batch."""
    library: str | None = None
    """Folder of an ingested library to take evidence from."""
    knowledge: KnowledgeSpec = KnowledgeSpec()
    """What papers, people, physics and earlier campaigns say; each source is weighed by the campaign's own data."""
    prior_data: str | None = None
    """CSV of earlier measurements, with a column per component and property."""
    seed: int = Field(default=0, ge=0, lt=2**31)

    @model_validator(mode="after")
    def _check(self) -> CampaignSpec:
        names = [objective.property for objective in self.objectives]
        if len(set(names)) != len(names):
            raise ValueError(f"a property stands twice among the objectives: {names}")
        if all(objective.role == "constrain" for objective in self.objectives):
            raise ValueError("at least one objective must have role optimize")
        if self.reference is not None:
            self._check_reference(self.reference, names)
        if self.screen is not None or any(objective.screen for objective in self.objectives):
            self._check_screen()
        return self

    def _check_screen(self) -> None:
        if self.screen is None:
            raise ValueError("a screen goes with a single objective that is maximized or minimized")
        if self.optimizer.kind != "botorch" or self.optimizer.trial_cost is None:
            raise ValueError("a screen is weighed by its price: write optimizer.trial_cost, with kind botorch")

    def _check_reference(self, given: ReferenceSpec, properties: list[str]) -> None:
        if self.batch < 2:
            raise ValueError("a reference takes a place of every batch: write a batch of at least 2")
        unknown = sorted(set(given.values) - set(properties))
        if unknown:
            raise ValueError(f"reference: {unknown} are not among the objectives {properties}")
        try:
            recipe = self.reference_recipe
        except BadInput as error:
            raise ValueError(f"reference: {error}") from error
        broken = [] if recipe is None else self.space.violations(recipe, given.process)
        if broken:
            raise ValueError(f"reference: {'; '.join(broken[:3])}: choose a recipe of the search space")

    @property
    def reference_recipe(self) -> Composition | None:
        """The composition of the reference, or None."""
        return None if self.reference is None else Composition.of(self.reference.parts, self.space.basis)

    @property
    def screen(self) -> Screen | None:
        """The cheap assay beside the only objective, or None."""
        return self.objectives[0].screen if len(self.objectives) == 1 else None

    def asked(self, purpose: Purpose) -> tuple[tuple[str, str], ...]:
        """Property and unit of everything that a trial for a purpose is measured for."""
        if purpose == "screen":
            return () if self.screen is None else ((self.screen.property, self.screen.unit),)
        return tuple((objective.property, objective.unit) for objective in self.objectives)

    def wanted(self, trials: Iterable[Trial]) -> set[str]:
        """Names of all properties that trials are measured for.

        Raises:
            BadInput: one is to be screened, and the spec names no screen.
        """
        purposes = {trial.purpose for trial in trials}
        if "screen" in purposes and self.screen is None:
            raise BadInput("a trial is to be screened", mend="give the objective a screen")
        return {name for purpose in purposes for name, _ in self.asked(purpose)}

    @property
    def optimized(self) -> tuple[Objective, ...]:
        """The objectives to push, without those that are only limits."""
        return tuple(objective for objective in self.objectives if objective.role == "optimize")
