"""Who, when, which lots and which raw files: read from a results file, kept with the observation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_worksheet import Desk
from worksheet_campaign import NAME, Bench

from eutectic.core.errors import BadTable
from eutectic.core.record import sha256
from eutectic.lab_interface.results_thread import read_time


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-01", "2026-03-01"), ("1.3.2026", "2026-03-01"), ("13/3/2026", "2026-03-13"),
        ("3/13/2026", "2026-03-13"),
        ("2026年3月1日", "2026-03-01"), ("2026.03.01", "2026-03-01"),
        ("2026年3月1日 14:30 Z", "2026-03-01T14:30:00+00:00"),
        ("2026年3月1日14:30 Z", "2026-03-01T14:30:00+00:00"), ("5/5/2026", "2026-05-05"),
        ("2026-03-01T14:30Z", "2026-03-01T14:30:00+00:00"), ("", ""),
        ("1.3.2026 14:30 +01:00", "2026-03-01T13:30:00+00:00"), ("2026-03-01 2:30 PM Z", "2026-03-01T14:30:00+00:00"),
    ],
)  # fmt: skip
def test_dates_of_every_country_are_read(text: str, value: str) -> None:
    assert read_time(text) == value


@pytest.mark.parametrize(
    "text", ["3/4/2026", "31.2.2026", "yesterday", "2026-13-01", "2026-03-01 25:00", "1.5", "14:30"]
)
def test_a_date_with_two_readings_or_none_is_refused(text: str) -> None:
    with pytest.raises(BadTable):
        read_time(text)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        found = read_time(text)
    except BadTable:
        return
    assert found == "" or found[:4].isdigit()


def test_who_when_lots_and_deviations_stand_on_the_observation(desk: Desk) -> None:
    done = {"operator": "Ada", "start": "2026-03-01 09:00Z", "end": "1.3.2026 11:30 Z", "lots": "Fe=A12; B: 77",
            "deviation": "crucible changed", "value Bs [T]": "1.5"}  # fmt: skip
    (found,) = desk.read(done).observations
    assert (found.operator, found.deviation) == ("Ada", "crucible changed")
    assert (found.started_at, found.ended_at) == ("2026-03-01T09:00:00+00:00", "2026-03-01T11:30:00+00:00")
    assert {use.stock: use.lot for use in found.stocks} == {"Fe": "A12", "B": "77"}
    assert found.sample == desk.plan.samples[0].sample


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"lots": "Ni=3"}, "not a lot of", id="lot of nothing"),
        pytest.param({"start": "2026-03-02", "end": "2026-03-01"}, "before it starts", id="ends before it starts"),
        pytest.param({"raw files": "a.csv"}, "not attached", id="file not attached"),
    ],
)
def test_a_wrong_thread_refuses_the_line(desk: Desk, change: dict[str, str], why: str) -> None:
    report = desk.read({"value Bs [T]": "1.5"} | change)
    assert report.observations == () and why in report.refused[0].reason


def test_raw_files_are_kept_by_hash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path / "home"))
    bench = Bench(tmp_path, capsys, {})
    bench.approve()
    raw = tmp_path / "vsm 7.csv"
    raw.write_text("H,M\n0,1\n")
    other = tmp_path / "other.csv"
    other.write_text("x")
    path = bench.fill(1, "1.5", **{"raw files": "vsm 7.csv"})
    code, _, err = bench.take(path, "--attach", str(raw), "--attach", str(other))
    assert code == 2 and "no line names other.csv" in err
    assert bench.take(path, "--attach", str(raw))[0] == 3
    digest = sha256(raw.read_bytes())
    assert bench.view().observations["r01-s01"].artifacts == (digest,)
    assert (bench.folder / "artifacts" / f"{digest}.raw.csv").read_bytes() == raw.read_bytes()
    assert bench.folder.name == NAME
