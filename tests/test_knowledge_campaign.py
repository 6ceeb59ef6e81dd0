"""A campaign with knowledge as its user runs it: frozen before the first trial, set aside where wrong, replayed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from eutectic.agents.cli.main import main
from eutectic.core.notebook import Notebook

EXAMPLES = Path(__file__).parent.parent / "examples"


def write(place: Path, *, wrong: bool = False, table: str | None = None) -> Path:
    """The example spec, shortened, beside its claims; with `wrong`, claims that say the opposite, trusted in full."""
    spec = yaml.safe_load((EXAMPLES / "informed-magnet.yaml").read_text(encoding="utf-8"))
    claims = yaml.safe_load((EXAMPLES / "claims" / "soft-magnet.yaml").read_text(encoding="utf-8"))["claims"]
    if wrong:
        statements = [{"kind": "effect", "component": name, "sign": s} for name, s in (("Fe", -1), ("B", 1), ("Si", 1))]
        claims = [{**claims[0], "statement": said, "trust": 1.0, "author": "Nobody"} for said in statements]
        spec["knowledge"]["sources"]["descriptors"] = False
    if table is not None:
        (place / "old.csv").write_text(table, encoding="utf-8")
        spec["knowledge"]["sources"]["campaigns"] = ["old.csv"]
    spec["budget"]["experiments"] = 20
    del spec["objectives"][0]["at_least"], spec["stop"]["least_chance"], spec["stop"]["worth"]
    (place / "claims").mkdir()
    (place / "claims" / "soft-magnet.yaml").write_text(yaml.safe_dump({"claims": claims}), encoding="utf-8")
    path = place / "spec.yaml"
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    return path


def events(out: Path) -> list[tuple[str, str, dict[str, object]]]:
    folder = out / "informed-magnet-001"
    with Notebook(folder / "notebook.db", folder.name, read_only=True) as notebook:
        return [(event.kind, event.slot, event.payload) for event in notebook.events()]


def test_knowledge_is_frozen_first_shown_and_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "\n".join(f"{fe / 100},{(90 - fe) / 100},0.1,{fe / 50}" for fe in range(50, 90, 2))
    out, spec = tmp_path / "runs", write(tmp_path, table=f"Fe,Mn,B,Bs_T\n{rows}\n")
    assert main(["run", str(spec), "--out", str(out)]) == 0
    found = events(out)
    slots = [slot for _, slot, _ in found]
    frozen = [slots.index(slot) for slot in ("r00/knowledge", "r00/terms", "r00/designer/claims-frozen")]
    assert max(frozen) < next(i for i, (kind, _, _) in enumerate(found) if kind == "trial")
    kinds = {line["kind"] for _, slot, p in found if slot == "r00/terms" for line in p["result"]["used"]}  # type: ignore[index]
    assert kinds == {"advice", "descriptors", "campaigns"}
    page = (out / "informed-magnet-001" / "report.md").read_text(encoding="utf-8")
    assert "## What knowledge added" in page and "old.csv" in page
    assert main(["replay", "informed-magnet-001", "--out", str(out)]) == 0
    capsys.readouterr()
    assert main(["status", "informed-magnet-001", "--json", "--out", str(out)]) == 0
    knowledge = json.loads(capsys.readouterr().out)["knowledge"]
    assert len(knowledge["sources"]) == 3 and knowledge["meter"]["words"]


def test_a_campaign_with_knowledge_and_a_table_can_be_recomputed(tmp_path: Path) -> None:
    rows = "\n".join(f"{fe / 100},{(90 - fe) / 100},0.1,{fe / 50}" for fe in range(50, 90, 2))
    out, spec = tmp_path / "runs", write(tmp_path, table=f"Fe,Mn,B,Bs_T\n{rows}\n")
    assert main(["run", str(spec), "--out", str(out)]) == 0
    (tmp_path / "old.csv").unlink()
    (tmp_path / "claims" / "soft-magnet.yaml").unlink()
    assert main(["replay", "informed-magnet-001", "--recompute", "--out", str(out)]) == 0


def test_wrong_advice_is_set_aside_and_the_notebook_says_so(tmp_path: Path) -> None:
    out, spec = tmp_path / "runs", write(tmp_path, wrong=True)
    assert main(["run", str(spec), "--out", str(out)]) == 0
    notes = [str(payload["text"]) for kind, _, payload in events(out) if kind == "note"]
    assert any("Nobody" in text and "set aside" in text for text in notes)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param("Fe,Mn,Bs_T\n0.5,x,1\n", "old.csv:2: a cell is no number", id="cell"),
        pytest.param("Fe,Mn,colour\n0.5,0.5,1\n", "0 objective columns", id="objective"),
        pytest.param("Fe,Mn,Bs_T\n-1,2,1\n", "old.csv:2", id="negative"),
    ],
)
def test_a_poor_table_is_refused_before_anything_runs(
    tmp_path: Path, table: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(write(tmp_path, table=table)), "--out", str(tmp_path / "runs")]) == 2
    assert message in capsys.readouterr().err
