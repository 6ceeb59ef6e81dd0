"""What a lab can do, held against a spec before anything is planned."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic import ValidationError

from eutectic.core.errors import BadInput
from eutectic.core.plan import Capabilities
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Device, Dispenser, PremixVessels, Stock, Vessels
from eutectic.lab_interface.dispense_settings import check_stocks

_NESTED: dict[str, type[Record]] = {
    "stocks": Stock,
    "vessels": Vessels,
    "devices": Device,
    "premix": PremixVessels,
    "dispenser": Dispenser,
}
"""Settings that hold records of their own."""


def check_served(spec: CampaignSpec, lab: Capabilities) -> None:
    """Refuse a spec that this lab cannot serve, so that nobody finds out after the first batch.

    Raises:
        BadInput: a property or screen it does not measure, a batch larger than it takes, or a real lab unwatched.
    """
    for index, objective in enumerate(spec.objectives):
        if lab.properties and objective.property not in lab.properties:
            near = get_close_matches(objective.property, lab.properties, n=1)
            raise BadInput(
                f"the lab does not measure {objective.property!r}",
                where=f"objectives.{index}.property",
                mend=f"did you mean {near[0]!r}?" if near else f"it measures {', '.join(lab.properties)}",
            )
    _check_screen(spec, lab)
    check_stocks(spec.space, lab)
    if spec.batch > lab.max_batch:
        raise BadInput(
            f"a batch of {spec.batch} trials is more than the lab takes",
            where="batch",
            mend=f"write at most {lab.max_batch}, or raise lab.settings.max_batch",
        )
    if not lab.simulated and spec.approval.mode == "auto" and spec.approval.max_cost is None:
        raise BadInput(
            "a real lab needs a person's approval, or a cost above which it does",
            where="approval.mode",
            mend="write mode: person, or add max_cost",
        )


def _check_screen(spec: CampaignSpec, lab: Capabilities) -> None:
    if spec.screen is None:
        return
    where = "objectives.0.screen"
    if not lab.can_screen:
        raise BadInput(
            f"the lab {lab.name!r} cannot measure a trial by a screen alone", where=where, mend="leave it out"
        )
    if lab.properties and spec.screen.property not in lab.properties:
        known = ", ".join(lab.properties)
        raise BadInput(f"the lab does not read {spec.screen.property!r}", where=where, mend=f"it measures {known}")


def wrong_setting(error: ValidationError, known: Iterable[str]) -> BadInput:
    """The first complaint about `lab.settings`, with its place and the mend."""
    first = error.errors(include_url=False)[0]
    place = ".".join(["lab.settings", *map(str, first["loc"])])
    what = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        key, names = str(first["loc"][-1]), list(known)
        if len(first["loc"]) > 1:
            inner = [str(part) for part in first["loc"][:-1] if str(part) in _NESTED]
            names = list(_NESTED[inner[-1]].model_fields) if inner else names
        near = get_close_matches(key, names, n=1)
        mend = f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(names)
        return BadInput(f"unknown setting {key!r}", where=place, mend=mend)
    if first["type"] == "value_error":
        return BadInput(what, where=place)
    mend = what.removeprefix("Input ").partition(", unable")[0]
    return BadInput(f"{str(first['input'])[:40]!r} cannot be used here", where=place, mend=f"it {mend}")
