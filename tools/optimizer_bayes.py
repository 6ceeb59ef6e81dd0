"""Bayesian optimisation on the feasible lattice: space-filling starts, then what Gaussian processes expect most of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eutectic.core.errors import InfeasibleSpace
from eutectic.core.optimizer import Advice, Pending, Proposal
from eutectic.core.record import significant
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.tools.acquisition import has_voices
from eutectic.tools.batch import Chooser
from eutectic.tools.earned_say import earned
from eutectic.tools.floor_padding import floor_padded
from eutectic.tools.gain import expected_gain
from eutectic.tools.guided_starts import start_design
from eutectic.tools.history import History, Table
from eutectic.tools.incumbent import Measured, measured_recipes
from eutectic.tools.knowledge_term import Judge, KnowledgeTerm, Verdict
from eutectic.tools.lattice import IntArray
from eutectic.tools.local_search import allowed, row_keys
from eutectic.tools.optimizer_space import pending_rows, pick_spread, space_proposal
from eutectic.tools.outlook import repeats_of
from eutectic.tools.sampling import Domain, domain_of, unique_rows
from eutectic.tools.screening import screening_of
from eutectic.tools.surrogate import MOST_TRAINING, Posterior, fit_table, training_rows
from eutectic.tools.survival import fit_survival
from eutectic.tools.torch_scope import torch_scope
from eutectic.tools.trial_cost import trial_cost_of
from eutectic.tools.why import Explainer

_STARTS = 4
"""Space-filling trials by default: in replays more of them cost more than they taught the surrogate."""
_FIRST_REPEAT = 3
"""Round from which the best is repeated."""
_ENOUGH_REPEATS = 4
"""Measurements of one recipe after which the next best one is repeated."""

_CALIBRATION = 4
"""Recipes that are both tested and screened before the screen is asked about others."""

_PLAIN_ONE_IN, _PLAIN_ONE_IN_VOICES = 2, 4
"""One in how many trials is left to the plain surrogate while knowledge is in use; where voices weigh it already."""

_SILENT: dict[Verdict, str] = {"drop": "is set aside", "wait": "has no say until it foretells the better values"}


@dataclass(frozen=True)
class _State:
    """What one `ask` starts from."""

    round: int
    table: Table
    waiting: IntArray
    measured: Measured
    seed: int


class BayesOptimizer:
    """The optimiser of kind `botorch`."""

    def __init__(
        self,
        spec: CampaignSpec,
        terms: Sequence[KnowledgeTerm] = (),
        judge: Judge | None = None,
        domain: Domain | None = None,
        most: int = MOST_TRAINING,
    ) -> None:
        """Open it; a `domain` holds the recipes to choose among where they are not the whole space.

        `most` is how many observations the surrogate is fitted on at most.
        """
        self._most = most
        self._spec = spec
        pushed = {objective.property for objective in spec.objectives}
        self._domain = domain or domain_of(spec.space, [term for term in terms if term.property in pushed])
        self._judge = judge
        self._history = History(self._domain.lattice, self._domain.encoder, spec.objectives)
        self._initial = spec.optimizer.initial or max(spec.batch, min(_STARTS, spec.budget.experiments // 3))

    def tell(self, observations: Sequence[Observation]) -> None:
        """Add observations (failed and censored ones too)."""
        self._history.add(observations)

    def ask(self, n: int, *, round: int, pending: Sequence[Pending] = (), alternatives: int = 0) -> Advice:
        """Up to `n` proposals: starts that fill the space, then the surrogate's choice.

        Raises:
            InfeasibleSpace: nothing is left to propose.
        """
        table = self._history.table()
        seed = int(np.random.SeedSequence([self._spec.seed, round]).generate_state(1)[0] >> 1)
        measured = measured_recipes(table, self._spec.objectives)
        state = _State(round, table, pending_rows(self._domain.lattice, pending), measured, seed)
        n_starts = self._n_starts(state, n)
        if n_starts == n:
            return self._starts(state, n, alternatives)
        starts = self._starts(state, n_starts, 0).batch if n_starts else ()
        rows = [self._domain.lattice.nearest(start.composition, start.process) for start in starts]
        waiting = np.vstack([state.waiting, *rows])
        with torch_scope(seed):
            advice = self._choice(_State(round, table, waiting, measured, seed), n - n_starts, alternatives)
        return advice.model_copy(update={"batch": (*starts, *advice.batch)})

    def _n_starts(self, state: _State, n: int) -> int:
        """How many of the next `n` fill the space: all while fewer than two recipes have given every value.

        A failed start counts as one as long as as many have given a value.
        """
        if len(state.measured.rows) < 2:
            return n
        measured = len(state.measured.rows)
        failed = len(np.unique(state.table.measured.groups)) - measured
        return min(n, max(0, self._initial - measured - min(failed, measured) - len(state.waiting)))

    def _starts(self, state: _State, n: int, alternatives: int) -> Advice:
        """The next of the space-filling starts, the same design in every round; beyond it, far from all trials."""
        taken = set(row_keys(state.table.measured.rows)) | set(row_keys(state.waiting))
        design = start_design(self._domain, self._spec.objectives, self._initial, self._spec.seed)
        design = design[allowed(design, taken)]
        done, wanted = self._initial - len(design), n + alternatives
        proposals = [
            space_proposal(self._domain, row, "initial", f"start {done + i + 1} of {self._initial}: fills the space")
            for i, row in enumerate(design[:wanted])
        ]
        if len(proposals) < wanted:
            rng = np.random.default_rng([self._spec.seed, state.round])
            seen = np.vstack([state.table.rows[-300:], state.waiting, design])
            try:
                far = pick_spread(self._domain, wanted - len(proposals), seen, taken | set(row_keys(design)), rng)
            except InfeasibleSpace:
                if not proposals:
                    raise
                far = seen[:0]
            words = "far from every trial so far: explores where little is known"
            proposals += [space_proposal(self._domain, row, "initial", words) for row in far]
        return Advice(
            batch=tuple(proposals[:n]),
            alternatives=tuple(proposals[n:]),
            surrogate="space-filling",
            notes=self._notes(state),
        )

    def _choice(self, state: _State, n: int, alternatives: int) -> Advice:
        """The surrogate's choice of `n`, repeats of the best among them."""
        spec, domain = self._spec, self._domain
        posterior, verdicts = self._judged(state)
        repeats = self._repeats(state, n, posterior)
        calibrating = self._calibrating(state, n - len(repeats))
        size = n - len(repeats) - len(calibrating)
        one_in = _PLAIN_ONE_IN_VOICES if has_voices(spec.objectives) else _PLAIN_ONE_IN
        n_plain = _n_plain(size, state.round, one_in) if "use" in verdicts.values() else 0
        chooser = self._chooser(state, posterior)
        rng = np.random.default_rng([spec.seed, state.round, 1])
        batch = chooser.choose(size - n_plain, alternatives, rng)
        explainer = Explainer(spec.objectives, domain, state.measured, batch)
        proposals: list[Proposal] = explainer.proposals()
        chosen, others = proposals[: size - n_plain], proposals[size - n_plain :]
        if n_plain:
            chosen += self._plain(state, chooser, batch.rows[: size - n_plain], n_plain, rng)
            others = [
                p for p in others if (p.composition, p.process) not in [(c.composition, c.process) for c in chosen]
            ]
        new = domain.encoder.recipes([(p.composition, p.process) for p in chosen])
        return Advice(
            batch=(*explainer.calibrations(calibrating), *chosen, *explainer.replicates(repeats)),
            alternatives=tuple(others),
            surrogate="gp",
            expected_gain=significant(max(0.0, expected_gain(batch.acquisition, new))) if chosen else None,
            notes=(
                *self._notes(state),
                *(model.note for model in posterior.models.values() if model.note),
                *batch.acquisition.notes,
                *(f"knowledge {name!r} {_SILENT[said]}" for name, said in verdicts.items() if said in _SILENT),
            ),
        )

    def _judged(self, state: _State) -> tuple[Posterior, dict[str, Verdict]]:
        """The surrogate with the terms that the judge lets stand, and the verdict on each.

        Where no voices weigh knowledge, a term also has to have earned its say.
        """
        encoder = self._domain.encoder
        if not encoder.terms:
            return fit_table(self._spec, encoder, state.table, (), self._most), {}
        padded = floor_padded(state.table, self._spec.objectives)
        said = self._judge(fit_table(self._spec, encoder, padded, (), self._most).standings()) if self._judge else {}
        verdicts: dict[str, Verdict] = {term.name: said.get(term.name, "use") for term in encoder.terms}
        without = None
        if self._judge and not has_voices(self._spec.objectives):
            without = fit_table(self._spec, encoder, padded, list(verdicts), self._most)
            proved = earned(self._spec.objectives, without.models, encoder.terms)
            verdicts |= {name: "wait" for name in verdicts if verdicts[name] != "drop" and name not in proved}
        silent = [name for name, verdict in verdicts.items() if verdict in ("drop", "wait")]
        table = state.table if len(silent) == len(verdicts) else padded
        if without is not None and len(silent) == len(verdicts) and table is padded:
            return without, verdicts
        return fit_table(self._spec, encoder, table, silent, self._most), verdicts

    def _chooser(self, state: _State, posterior: Posterior) -> Chooser:
        trained = state.table.take(training_rows(state.table, self._spec.objectives, self._most))
        return Chooser(
            self._spec.objectives,
            self._domain,
            posterior,
            fit_survival(state.table, self._domain.encoder.n_plain),
            state.measured,
            trained.measured.features,
            state.waiting,
            set(row_keys(state.table.measured.rows)) | set(row_keys(state.waiting)),
            trial_cost_of(self._spec),
            screening_of(self._spec),
            self._screened(state.table),
        )

    def _screened(self, table: Table) -> IntArray:
        """Rows of the space that a screen has read."""
        rows = table.rows[table.screened]
        return unique_rows(rows[self._domain.lattice.feasible(rows)])

    def _calibrating(self, state: _State, n: int) -> IntArray:
        """Tested rows to screen as well, so that what the screen reads is known to tell the property or not."""
        rows = state.measured.rows
        if screening_of(self._spec) is None:
            return rows[:0]
        is_new = allowed(rows, set(row_keys(self._screened(state.table))) | set(row_keys(state.waiting)))
        is_new &= self._domain.lattice.feasible(rows)
        pairs = int((~is_new).sum())
        return rows[is_new][: max(0, min(n, _CALIBRATION - pairs))]

    def _plain(
        self, state: _State, informed: Chooser, chosen: IntArray, n: int, rng: np.random.Generator
    ) -> list[Proposal]:
        """What the surrogate without any knowledge adds to rows already chosen: a bound on the harm it can do."""
        names = [term.name for term in self._domain.encoder.terms]
        posterior = fit_table(self._spec, self._domain.encoder, state.table, names, self._most)
        chooser = replace(
            informed,
            posterior=posterior,
            waiting=np.vstack([informed.waiting, chosen]),
            taken=informed.taken | set(row_keys(chosen)),
        )
        batch = chooser.choose(n, 0, rng)
        return Explainer(self._spec.objectives, self._domain, state.measured, batch).proposals()

    def _repeats(self, state: _State, n: int, posterior: Posterior) -> IntArray:
        """Rows to measure again, from the third round on: the best not repeated enough, or one that pays."""
        if state.round < _FIRST_REPEAT or n < 2:
            return state.measured.rows[:0]
        free = state.measured.counts < _ENOUGH_REPEATS
        free &= self._domain.lattice.feasible(state.measured.rows)
        free &= allowed(state.measured.rows, set(row_keys(state.waiting)))
        places = np.flatnonzero(free).tolist()
        wanted = self._spec.optimizer.replicates
        if wanted == "by_value":
            models = [posterior.models[objective.property] for objective in self._spec.objectives]
            places = list(repeats_of(self._spec, self._domain, models, state.measured, places))
            wanted = max(1, n // 2)
        elif self._spec.screen is not None:
            wanted = self._repeats_due(state.measured, wanted)
        return unique_rows(state.measured.rows[places][: min(wanted, n - 1)])

    def _repeats_due(self, measured: Measured, wanted: int) -> int:
        """Repeats that as many tests as a batch holds are owed: beside a screen a round may hold few tests or none."""
        tests, recipes = int(measured.counts.sum()), len(measured.rows)
        return min(wanted, max(0, wanted * (tests // self._spec.batch - _FIRST_REPEAT + 1) - (tests - recipes)))

    def _notes(self, state: _State) -> tuple[str, ...]:
        notes = []
        usable = int((~np.isnan(state.table.values)).any(axis=1).sum())
        if self._history.unreadable:
            notes.append(f"{self._history.unreadable} observations do not fit the search space and are left out")
        if usable > self._most:
            notes.append(f"the surrogate is fitted on {self._most} of {usable} observations: best, latest, spread")
        if len(state.table) and not usable:
            notes.append("no trial has given a value yet")
        return tuple(notes)


def _n_plain(n: int, round: int, one_in: int) -> int:
    """How many of `n` are left to the plain surrogate: one in so many, made whole over as many rounds."""
    return (n * (round + 1)) // one_in - (n * round) // one_in
