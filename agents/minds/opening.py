"""Opening a mind: the rules, or a model with the rules behind it, as the spec and the settings say."""

from __future__ import annotations

from collections.abc import Callable

from eutectic.agents.decisions.catalogue import ROLES
from eutectic.agents.minds.fallback import FallbackMind
from eutectic.agents.minds.model import ModelMind
from eutectic.agents.minds.rules import RulesMind
from eutectic.core.decision import Mind
from eutectic.core.errors import BadSetting
from eutectic.core.notebook.view import Spent
from eutectic.core.settings import Settings
from eutectic.core.spec import CampaignSpec, RoleModel


def open_mind(spec: CampaignSpec, settings: Settings, spent: Callable[[], Spent]) -> Mind:
    """The mind that a campaign is decided by.

    `auto` takes the model where every role has one with an endpoint or a key; `spent` tells what the notebook holds.

    Raises:
        BadSetting: the spec wants a model and the settings name none.
        NotSupported: a decision has no rule.
    """
    rules = RulesMind()
    missing = [] if spec.mind.kind == "rules" else missing_settings(spec, settings)
    if spec.mind.kind == "rules" or (spec.mind.kind == "auto" and missing):
        return rules
    if missing:
        raise BadSetting(
            "the spec wants a language model and none is configured",
            where="mind.kind",
            mend=f"set {' and '.join(missing)}, or write kind: rules",
        )
    return FallbackMind(ModelMind(settings, spec, spent), rules)


def missing_settings(spec: CampaignSpec, settings: Settings) -> list[str]:
    """The environment variables that a model needs and that are not set."""
    roles = [spec.mind.roles.get(role, RoleModel()) for role in ROLES]
    missing = [] if settings.model or all(item.model for item in roles) else ["EUTECTIC_MODEL"]
    reachable = settings.base_url or settings.api_key or all(item.base_url for item in roles)
    return missing if reachable else [*missing, "EUTECTIC_BASE_URL or EUTECTIC_API_KEY"]
