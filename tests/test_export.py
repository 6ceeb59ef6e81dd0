"""Exports: a folder that is whole, says what the notebook says, reads back, and shows every tampering."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml

from eutectic.agents.cli.main import main
from eutectic.agents.export import export_campaign
from eutectic.agents.export_check import check_export
from eutectic.agents.spec_file import load_spec
from eutectic.core.errors import BadInput
from eutectic.core.notebook import CampaignView, Notebook
from eutectic.core.record import sha256
from eutectic.core.trial import Observation
from eutectic.tools.prior_data import read_prior

QUICK = Path(__file__).parent / "data" / "quick.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("runs")
    spec = yaml.safe_load(QUICK.read_text()) | {"reference": {"parts": {"Fe": "80%", "B": "14%", "Si": "6%"}}}
    spec["lab"]["settings"]["abandoned_rate"] = 0.3
    (place / "spec.yaml").write_text(yaml.safe_dump(spec))
    assert main(["run", str(place / "spec.yaml"), "--out", str(place / "runs"), "--json"]) == 0
    return place / "runs" / "quick-001"


@pytest.fixture
def export(folder: Path, tmp_path: Path) -> Path:
    export_campaign(folder, tmp_path / "given away")
    return tmp_path / "given away"


def view_of(folder: Path) -> CampaignView:
    with Notebook(folder / "notebook.db", "quick-001", read_only=True) as notebook:
        return CampaignView(notebook.events())


def test_an_export_is_whole_and_holds_every_observation(folder: Path, export: Path) -> None:
    found, view = check_export(export), view_of(folder)
    assert found.problems == () and found.observations == len(view.observations) == 9
    lines = [json.loads(line) for line in (export / "observations.jsonl").read_text().splitlines()]
    assert [Observation.model_validate(line["observation"]) for line in lines] == list(view.observations.values())
    named = {digest for item in view.observations.values() for digest in item.artifacts}
    kept = {path.name.split(".")[0]: path for path in (export / "artifacts").iterdir()}
    assert named and set(kept) == named
    assert all(sha256(path.read_bytes()) == digest for digest, path in kept.items())


def test_the_crate_has_what_the_specification_asks_for(export: Path) -> None:
    document = json.loads((export / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    graph: list[dict[str, Any]] = document["@graph"]
    by_id = {item["@id"]: item for item in graph}
    assert document["@context"] == "https://w3id.org/ro/crate/1.2/context"
    assert len(by_id) == len(graph) and all("@type" in item for item in graph)
    descriptor, root = by_id["ro-crate-metadata.json"], by_id["./"]
    assert descriptor["about"] == {"@id": "./"} and descriptor["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.2"
    assert root["@type"] == "Dataset" and {"name", "description", "datePublished", "license"} <= root.keys()
    assert root["description"].startswith("SIMULATED")
    for part in root["hasPart"]:
        item = by_id[part["@id"]]
        assert item["@type"] == "File" and int(item["contentSize"]) >= 0 and len(item["sha256"]) == 64
    runs = [item for item in graph if item["@type"] == "CreateAction"]
    assert len(runs) == 9 and all(run["instrument"] and run["result"] for run in runs)
    failed = [run for run in runs if run["actionStatus"]["@id"].endswith("FailedActionStatus")]
    assert failed and all(run["error"] for run in failed)
    device = by_id[runs[0]["instrument"][0]["@id"]]
    assert device["softwareVersion"].startswith("eutectic ")


def test_a_library_that_is_not_ours_opens_the_crate(export: Path) -> None:
    from rocrate.rocrate import ROCrate

    crate = ROCrate(export)
    files = {str(item.id) for item in crate.data_entities}
    on_disk = {path.relative_to(export).as_posix() for path in export.rglob("*") if path.is_file()}
    assert {unquote(name) for name in files} == on_disk - {"ro-crate-metadata.json", "manifest-sha256.txt"}
    runs = [item for item in crate.contextual_entities if item.type == "CreateAction"]
    assert len(runs) == 9 and all(run["instrument"] for run in runs)
    assert all(item.get("sha256") for item in crate.data_entities)


def test_an_export_reads_back_as_earlier_measurements(folder: Path, export: Path) -> None:
    found, view = read_prior(export / "prior_data.csv", load_spec(export / "spec.yaml")), view_of(folder)
    assert found.refused == [] and len(found.observations) == view.n_training
    for old, new in zip(view.training(), found.observations, strict=True):
        assert (new.status, new.cause) == (old.status, old.cause)
        for name, share in old.composition.fractions.items():
            assert new.composition.fractions[name] == pytest.approx(share, abs=1e-6)
        if old.status == "ok":
            assert new.value("Bs") == old.value("Bs")


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def forged(folder: Path) -> None:
    """A table changed together with both lists of hashes."""
    path = folder / "observations.csv"
    old = sha256(path.read_bytes())
    path.write_text(path.read_text().replace("ok", "failed", 1))
    for name in ("ro-crate-metadata.json", "manifest-sha256.txt"):
        text = (folder / name).read_text().replace(old, sha256(path.read_bytes()))
        (folder / name).write_text(text)


def without_first_event(folder: Path) -> None:
    path = folder / "notebook.jsonl"
    path.write_text("".join(path.read_text().splitlines(True)[1:]))


TAMPERINGS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "table": (edit("observations.csv", "Bs", "Bx"), "observations.csv"),
    "forged-hashes": (forged, "observations.csv: does not say"),
    "event": (edit("notebook.jsonl", '"Fe"', '"Ni"'), "does not fit the chain"),
    "event-gone": (without_first_event, "chain"),
    "raw-file": (lambda f: next((f / "artifacts").iterdir()).write_text("{}"), "artifacts"),
    "raw-file-gone": (lambda f: next((f / "artifacts").iterdir()).unlink(), "missing"),
    "plan": (edit("plans/quick-001_r01_a1.json", '"cost"', '"Cost"'), "plans/quick-001_r01_a1.json"),
    "crate": (edit("ro-crate-metadata.json", '"CreateAction"', '"DeleteAction"'), "manifest"),
    "crate-unreadable": (edit("ro-crate-metadata.json", '"@graph"', "@graph"), "cannot be read"),
    "extra-file": (lambda f: (f / "more.csv").write_text("x"), "not part of the export"),
    "outside": (edit("manifest-sha256.txt", "  README.md", "  ../README.md"), "README.md"),
    "report": (lambda f: (f / "report.html").write_text("<p>met</p>"), "report.html"),
}  # fmt: skip


@pytest.mark.parametrize(("tamper", "said"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_is_detected(export: Path, tamper: Callable[[Path], Any], said: str) -> None:
    tamper(export)
    found = check_export(export)
    assert any(said in problem for problem in found.problems), found.problems


def test_commands_say_what_they_find(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, target = str(folder.parent), tmp_path / "x"
    assert main(["export", "quick-001", "--out", out, "--to", str(target), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["observations"] == 9 and done["missing"] == []
    assert main(["export", "quick-001", "--out", out, "--to", str(target)]) == 2
    assert main(["verify", str(target)]) == 0
    assert done["head"] in capsys.readouterr().out
    (target / "README.md").write_text("no")
    assert main(["verify", str(target)]) == 1
    assert "README.md: was changed" in capsys.readouterr().out
    assert main(["verify", str(tmp_path)]) == 2


def test_a_raw_file_that_is_gone_is_said(folder: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "quick-001"
    shutil.copytree(folder, copy)
    gone = next((copy / "artifacts").iterdir())
    gone.unlink()
    done = export_campaign(copy, tmp_path / "x")
    assert done.missing == (gone.name.split(".")[0],)
    with pytest.raises(BadInput):
        export_campaign(copy, tmp_path / "x")
