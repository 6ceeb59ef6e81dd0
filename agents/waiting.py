"""What a campaign waits for and since when: for the status command, and for tick's reminders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from eutectic.core.notebook import CampaignView

_PERSON_REMIND_H = 24.0


class Waiting(NamedTuple):
    """Something that has not come yet."""

    slot: str
    """Key of a plan, or slot of a question."""
    what: str
    since: str
    """UTC, ISO 8601."""
    hours: float
    remind_after_h: float
    expire_after_h: float | None

    @property
    def reminders(self) -> int:
        """How often it should have been spoken of by now."""
        return int(self.hours / self.remind_after_h)

    @property
    def text(self) -> str:
        """In words, with how long it has waited and when it is given up."""
        age = f"{self.hours / 24:.1f} days" if self.hours >= 48 else f"{self.hours:.1f} h"
        left = "" if self.expire_after_h is None else f"; given up after {self.expire_after_h:g} h"
        return f"{self.what} since {self.since[:16].replace('T', ' ')} UTC ({age}{left})"


def waits(view: CampaignView, now: datetime | None = None) -> list[Waiting]:
    """Plans that wait for approval, questions, and runs without all their results, the oldest first."""
    found = []
    asked = view.waiting or (view.asked[0] if view.asked is not None else None)
    if asked is not None and asked in view.since:
        found.append(_waiting(view, asked, f"an answer to {asked}", now))
    for key in [*view.open_runs, *([view.in_flight] if view.in_flight else [])]:
        if key in view.since:
            trials = [trial.id for trial in view.round_trials(_round(key)) if trial.id not in view.observations]
            struck = {trial.id for trial in view.rejected}
            missing = [trial for trial in trials if trial not in struck]
            found.append(_waiting(view, key, f"results of {', '.join(missing) or key}", now))
    return sorted(found, key=lambda item: item.since)


def _waiting(view: CampaignView, slot: str, what: str, now: datetime | None) -> Waiting:
    settings, since = view.spec.lab.settings, view.since[slot]
    hours = ((now or datetime.now(UTC)) - datetime.fromisoformat(since)).total_seconds() / 3600
    remind, expire = settings.get("remind_after_h", _PERSON_REMIND_H), settings.get("expire_after_h")
    return Waiting(
        slot,
        what,
        since,
        max(0.0, hours),
        float(remind) if isinstance(remind, int | float) and remind > 0 else _PERSON_REMIND_H,
        float(expire) if isinstance(expire, int | float) else None,
    )


def _round(key: str) -> int:
    return int(key.split("/")[1][1:])
