"""What answers decisions: rules, a language model, a recording."""

from eutectic.agents.minds.fallback import FallbackMind
from eutectic.agents.minds.model import ModelMind
from eutectic.agents.minds.opening import open_mind
from eutectic.agents.minds.replay import ReplayMind
from eutectic.agents.minds.rules import RulesMind

__all__ = ["FallbackMind", "ModelMind", "ReplayMind", "RulesMind", "open_mind"]
