"""The notebook, its lock and the view folded from it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from eutectic.core.composition import Composition
from eutectic.core.errors import CampaignBusy, NotebookCorrupt, SlotTaken, StorageFailed
from eutectic.core.lock import DriverLock
from eutectic.core.notebook import CampaignView, Event, Notebook


def open_book(folder: Path) -> Notebook:
    return Notebook(folder / "notebook.db", "c-1")


def test_events_come_back_in_order_and_verify(tmp_path: Path) -> None:
    heard: list[int] = []
    with open_book(tmp_path) as book:
        book.listen(lambda event: heard.append(event.seq))
        for first in range(0, 1200, 300):
            numbers = range(first, first + 300)
            book.append_all([("note", f"n{number}", {"number": number, "text": "µ 铁"}) for number in numbers])
        assert [event.payload["number"] for event in book.events()] == list(range(1200))
        assert [event.seq for event in book.events(since=1198)] == [1199, 1200]
        assert book.verify() == len(book) == 1200
    assert heard == list(range(1, 1201))
    with open_book(tmp_path) as again:
        assert again.append("note", "more", {}).seq == 1201
        assert again.get("note", "n7") == {"number": 7, "text": "µ 铁"}
        assert again.get("note", "never") is None
        assert again.verify() == 1201


def test_a_slot_is_written_once_and_a_group_wholly_or_not_at_all(tmp_path: Path) -> None:
    with open_book(tmp_path) as book:
        book.append("note", "a", {})
        with pytest.raises(SlotTaken):
            book.append_all([("note", "b", {}), ("note", "a", {})])
        assert book.get("note", "b") is None
        assert book.append("note", "b", {}).seq == 2
        assert book.verify() == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET payload = '{\"x\":2}' WHERE seq = 2",
        "DELETE FROM events WHERE seq = 2",
        "UPDATE events SET kind = 'trial' WHERE seq = 3",
        "UPDATE events SET seq = 9 WHERE seq = 3",
        "UPDATE events SET slot = 'z' WHERE seq = 1",
        "UPDATE events SET at = '2000' WHERE seq = 1",
        "UPDATE events SET payload = 'not json' WHERE seq = 1",
    ],
)
def test_a_change_behind_its_back_is_found(tmp_path: Path, change: str) -> None:
    with open_book(tmp_path) as book:
        book.append_all([("note", slot, {"x": 1}) for slot in "abc"])
    with sqlite3.connect(tmp_path / "notebook.db") as database:
        database.execute(change)
    database.close()
    with open_book(tmp_path) as book, pytest.raises(NotebookCorrupt):
        book.verify()


def test_two_campaigns_share_a_database_without_mixing(tmp_path: Path) -> None:
    with open_book(tmp_path) as one, Notebook(tmp_path / "notebook.db", "c-2") as two:
        one.append("note", "a", {"who": 1})
        two.append("note", "a", {"who": 2})
        assert one.get("note", "a") == {"who": 1}
        assert two.verify() == one.verify() == 1


def test_reading_where_there_is_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        Notebook(tmp_path / "none.db", "c-1", read_only=True)
    with pytest.raises(StorageFailed):
        Notebook(tmp_path / "no-folder" / "notebook.db", "c-1")
    assert not (tmp_path / "none.db").exists()


def test_read_only_cannot_write_and_nan_cannot_be_written(tmp_path: Path) -> None:
    with open_book(tmp_path) as book:
        with pytest.raises(ValueError):
            book.append("note", "a", {"x": float("nan")})
        assert len(book) == 0
        book.append("note", "a", {})
    with Notebook(tmp_path / "notebook.db", "c-1", read_only=True) as reader, pytest.raises(StorageFailed):
        reader.append("note", "b", {})


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    open_book(tmp_path).close()
    with sqlite3.connect(tmp_path / "notebook.db") as database:
        database.execute("UPDATE notebook_schema SET version = 99")
    database.close()
    with pytest.raises(NotebookCorrupt, match="newer"):
        open_book(tmp_path)


def test_the_lock_holds_across_processes_and_dies_with_its_holder(tmp_path: Path) -> None:
    code = (
        "import sys, os; from pathlib import Path; from eutectic.core.lock import DriverLock\n"
        "lock = DriverLock(Path(sys.argv[1])); lock.__enter__(); print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(CampaignBusy), DriverLock(tmp_path):
            pass
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
    with DriverLock(tmp_path), pytest.raises(CampaignBusy), DriverLock(tmp_path):
        pass


def event(seq: int, kind: str, slot: str, payload: dict[str, object]) -> Event:
    return Event.model_validate(
        {"seq": seq, "at": "t", "kind": kind, "slot": slot, "payload": payload, "prev": "", "hash": ""}
    )


def test_the_view_counts_what_was_spent_and_says_where_it_stands() -> None:
    composition = {"parts": [{"component": "Fe", "fraction": 1.0}]}
    observation = {"trial": "r01-s01", "composition": composition, "simulated": True, "cost": 20.0, "hours": 1.0}
    view = CampaignView()
    assert view.state == "new"
    with pytest.raises(NotebookCorrupt):
        view.spec  # noqa: B018
    view.fold(event(1, "round_opened", "r01", {"round": 1}))
    assert view.state == "running"
    view.fold(event(2, "approval_requested", "c/r01/a1", {}))
    assert view.state == "waiting for a person"
    view.fold(event(3, "approval", "c/r01/a1", {}))
    view.fold(event(4, "submission_intended", "c/r01/a1", {}))
    assert view.state == "measuring"
    view.fold(event(5, "observation", "r01-s01", observation))
    view.fold(event(6, "run_finished", "c/r01/a1", {"hours": 5.0}))
    view.fold(event(7, "observation_judged", "r01-s01", {"verdict": "exclude", "reason": "spilled"}))
    assert (view.spent.experiments, view.spent.money, view.spent.hours) == (1, 20.0, 5.0)
    assert view.excluded == {"r01-s01": "spilled"}
    assert view.training() == []
    view.fold(event(8, "campaign_closed", "end", {"state": "met"}))
    assert view.state == "met"


def test_a_migration_that_is_cut_short_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eutectic.core.notebook import migrations

    whole = migrations.MIGRATIONS
    monkeypatch.setattr(migrations, "MIGRATIONS", ((*whole[0][:2], "CREATE NONSENSE"),))
    with pytest.raises(StorageFailed):
        Notebook(tmp_path / "notebook.db", "c")
    monkeypatch.setattr(migrations, "MIGRATIONS", whole)
    with Notebook(tmp_path / "notebook.db", "c") as notebook:
        notebook.append("note", "a", {"text": "begins all the same"})
        assert notebook.verify() == 1


def test_a_shelf_gives_back_what_it_was_given_in_order_also_from_disk() -> None:
    """Long past the packed records and those at hand, with some replaced and some asked for out of order."""
    from eutectic.core.notebook.shelf import Shelf
    from eutectic.core.trial import Observation

    shelf = Shelf(Observation)
    composition = Composition.of({"Fe": 0.8, "B": 0.2}, "at%")

    def made(number: int, note: str = "") -> Observation:
        return Observation(
            trial=f"r01-s{number:04d}", composition=composition, note=note or str(number), simulated=True
        )

    for number in range(1500):
        shelf.put(made(number).trial, made(number))
    for number in (3, 1100, 1499):
        shelf.put(made(number).trial, made(number, "corrected" * number))
    assert [item.trial for item in shelf.each()] == list(shelf) == [made(number).trial for number in range(1500)]
    assert shelf["r01-s1100"] == made(1100, "corrected" * 1100)
    assert {key: shelf[key].note for key in ("r01-s0003", "r01-s0004", "r01-s1001")} == {
        "r01-s0003": "corrected" * 3,
        "r01-s0004": "4",
        "r01-s1001": "1001",
    }
    assert len(shelf) == 1500
    assert "r01-s1500" not in shelf
    with pytest.raises(KeyError):
        shelf["r01-s1500"]
