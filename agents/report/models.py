"""What the surrogate and its cross-validation say of a campaign, or in words why they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eutectic.agents.report.ledger import Ledger
from eutectic.core.composition import Composition
from eutectic.core.errors import EutecticError
from eutectic.core.space import Value

if TYPE_CHECKING:
    from eutectic.tools.credibility import Credibility
    from eutectic.tools.surrogate import Posterior

Recipe = tuple[Composition, dict[str, Value]]
_LEAST = 6


@dataclass(frozen=True)
class Models:
    """The fitted surrogate and how far it can be trusted."""

    posterior: Posterior | None
    no_posterior: str
    """Why there is no posterior; empty where there is one."""
    credibility: Credibility | None
    no_credibility: str

    def predict(self, recipes: Sequence[Recipe]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Mean and standard deviation of every property at the recipes; empty where there is no posterior."""
        if self.posterior is None:
            return {}
        found = self.posterior.predict(list(recipes))
        return {name: (np.asarray(mean, float), np.asarray(sd, float)) for name, (mean, sd) in found.items()}

    def noise_sd(self, name: str) -> float | None:
        """The noise the surrogate fits to a property."""
        if self.posterior is None or name not in self.posterior.models:
            return None
        model = self.posterior.models[name]
        return float(model.warp.moments([0.0], [model.noise_sd])[1][0])


def fit_models(ledger: Ledger) -> Models:
    """Fit once for the whole report; a failure is kept as words for the place of the figure."""
    usable = [o for o in ledger.view.training() if o.status == "ok" and o.measurements]
    if len(usable) < _LEAST:
        why = f"needs at least {_LEAST} measured trials, there {'is' if len(usable) == 1 else 'are'} {len(usable)}"
        return Models(None, why, None, why)
    posterior, no_posterior = None, ""
    credibility, no_credibility = None, ""
    try:
        from eutectic.tools.surrogate import fit_posterior

        posterior = fit_posterior(ledger.spec, ledger.view.training())
    except (EutecticError, ValueError, ArithmeticError, RuntimeError, ImportError) as error:
        no_posterior = f"the surrogate could not be fitted: {_first_line(error)}"
    try:
        credibility = _card(ledger)
    except (EutecticError, ValueError, ArithmeticError, RuntimeError, ImportError) as error:
        no_credibility = f"the cross-validation did not work: {_first_line(error)}"
    return Models(posterior, no_posterior, credibility, no_credibility)


def _card(ledger: Ledger) -> Credibility:
    """The analyst's model card where it is of these observations, else a new one."""
    from eutectic.tools.credibility import Credibility, assess

    if ledger.card is not None:
        card = Credibility.model_validate(ledger.card)
        if any(line.pairs for line in card.properties):
            return card
    return assess(ledger.spec, ledger.view.training())


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0][:300] if text else type(error).__name__
