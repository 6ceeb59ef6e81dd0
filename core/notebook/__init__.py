"""The notebook: the durable, append-only record of a campaign."""

from eutectic.core.notebook.events import KINDS, Event, Kind
from eutectic.core.notebook.store import Notebook
from eutectic.core.notebook.view import CampaignView

__all__ = ["KINDS", "CampaignView", "Event", "Kind", "Notebook"]
