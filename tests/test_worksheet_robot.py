"""The sheet of a lab whose robot doses and where a person measures."""

from __future__ import annotations

import pytest
from lab_bench import CAMPAIGN, abilities, protocol_of, shares, spec_of, trials_of

from eutectic.core.plan import ProtocolStep
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.hazards import hazard_table
from eutectic.lab_interface.worksheet_sheet import make_sheet, to_html, to_markdown


@pytest.mark.parametrize("doser", ["", "the robot"])
def test_a_sheet_asks_nobody_to_dose_what_a_robot_doses(doser: str) -> None:
    spec, trials = spec_of(("Fe", "Co")), trials_of(shares({"Fe": 0.5, "Co": 0.5}))
    steps = (
        ProtocolStep(action="dispense", parameters=(), note=""),
        ProtocolStep(action="measure", parameters=(), note=""),
    )
    protocol = protocol_of().model_copy(update={"steps": steps})
    plan = compile_plan(spec, CAMPAIGN, 1, 1, trials, protocol, abilities())
    sheet = make_sheet(plan, spec, hazard_table(), doser)
    assert sheet.steps == (("Measure",) if doser else ("Dispense", "Measure"))
    for text in (to_markdown(sheet), to_html(sheet)):
        words = " ".join(text.split())
        assert ("Weigh or dispense" in words) == (not doser)
        assert ("What the robot dosed" in words) == bool(doser)
        assert ("amounts only where you know better than the robot" in words) == bool(doser)
