"""Goal sentences: what a person wants, read by rules that account for every word."""

from eutectic.agents.goal.draft import Bounds, GoalDefaults, GoalDraft, Wish
from eutectic.agents.goal.grammar import parse_goal

__all__ = ["Bounds", "GoalDefaults", "GoalDraft", "Wish", "parse_goal"]
