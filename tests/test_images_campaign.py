"""A campaign with microstructure images as its user runs it: read once, metered, shown, replayed and recomputed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from eutectic.agents.cli.main import main
from eutectic.agents.graph.images import image_file, images_before, read_new
from eutectic.agents.graph.journal import Journal
from eutectic.core.notebook import CampaignView, Notebook
from eutectic.lab_interface.results_thread import hash_files, keep_files

EXAMPLE = Path(__file__).parent.parent / "examples" / "cemented-carbide.yaml"


def write(place: Path, **settings: object) -> Path:
    spec = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    spec["budget"]["experiments"] = 16
    spec["lab"]["settings"] |= settings
    path = place / "spec.yaml"
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    return path


def test_images_are_read_once_metered_shown_and_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "runs"
    assert main(["run", str(write(tmp_path)), "--out", str(out)]) == 0
    folder = out / "cemented-carbide-001"
    with Notebook(folder / "notebook.db", folder.name, read_only=True) as notebook:
        images = images_before(Journal(notebook), 99)
        meter = notebook.get("tool", "r04/meter")
        view = CampaignView(notebook.events())
        made = [event.slot for event in notebook.events() if event.kind == "observation" and event.payload["artifacts"]]
    assert len({item.digest for item in images}) == len(images) >= 9
    assert {item.trial for item in images} == {name for name in made if name < "r04"} - set(view.excluded)
    assert meter is not None and any(s["name"].startswith("images: ") for s in meter["result"]["sources"])
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 8 and "images: " in page
    assert main(["replay", folder.name, "--out", str(out)]) == 0
    for path in (folder / "artifacts").glob("*.png"):
        path.unlink()
    assert main(["replay", folder.name, "--recompute", "--out", str(out)]) == 0
    capsys.readouterr()


def test_a_file_that_was_changed_or_is_no_image_gets_a_reason(tmp_path: Path) -> None:
    out = tmp_path / "runs"
    assert main(["run", str(write(tmp_path)), "--out", str(out)]) == 0
    folder = out / "cemented-carbide-001"
    first = sorted((folder / "artifacts").glob("*.png"))[0]
    first.write_bytes(first.read_bytes()[:500])
    with (
        Notebook(folder / "notebook.db", folder.name, read_only=True) as old,
        Notebook(tmp_path / "new.db", "again") as fresh,
    ):
        view = CampaignView(old.events())
        journal = Journal(fresh)
        read_new(journal, view, folder, 1)
        read_new(journal, view, folder, 2)
        found = images_before(journal, 2)
    assert [item.why for item in found if item.why] == ["the file was changed since it was kept"]
    assert len(found) == len({item.digest for item in found})


def test_a_picture_attached_to_a_worksheet_is_found_whatever_the_case_of_its_name(tmp_path: Path) -> None:
    picture = tmp_path / "SEM 12.TIF"
    picture.write_bytes(b"II*\0")
    keep_files(tmp_path, [picture, write(tmp_path)])
    digests = hash_files([picture, tmp_path / "spec.yaml"])
    assert image_file(tmp_path, digests["SEM 12.TIF"]) is not None
    assert image_file(tmp_path, digests["spec.yaml"]) is None


def test_a_microscope_on_a_law_without_structure_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = EXAMPLE.parent / "soft-magnet.yaml"
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    spec["lab"]["settings"]["micrograph"] = {}
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    assert main(["run", str(tmp_path / "s.yaml"), "--out", str(tmp_path)]) == 2
    assert "nothing of a microstructure" in capsys.readouterr().err
