"""A worksheet campaign as its user drives it: started, approved, its tables filled in and imported."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from eutectic.agents.cli.main import main
from eutectic.core.notebook import CampaignView, Event, Notebook

QUICK = Path(__file__).parent / "data" / "quick.yaml"
NAME = "quick-001"


class Bench:
    """A campaign that waits at the bench; every command runs as at a terminal."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], lab: dict[str, Any], **changes: Any) -> None:
        self.out, self.capsys = folder / "runs", capsys
        spec = yaml.safe_load(QUICK.read_text()) | {
            "lab": {"kind": "worksheet", "settings": {"properties": ["Bs"], **lab}},
            "approval": {"mode": "person"},
            **changes,
        }
        (folder / "spec.yaml").write_text(yaml.safe_dump(spec))
        self.command("run", folder / "spec.yaml")

    @property
    def folder(self) -> Path:
        return self.out / NAME

    def command(self, *arguments: object) -> tuple[int, str, str]:
        self.capsys.readouterr()
        code = main([*(str(item) for item in arguments), "--out", str(self.out)])
        out, err = self.capsys.readouterr()
        return code, out, err

    def approve(self) -> tuple[int, str, str]:
        return self.command("approve", NAME, "--by", "Ada")

    def events(self) -> list[Event]:
        with Notebook(self.folder / "notebook.db", NAME, read_only=True) as notebook:
            notebook.verify()
            return list(notebook.events())

    def view(self) -> CampaignView:
        return CampaignView(self.events())

    def rows(self, round: int) -> list[dict[str, str]]:
        """The template of a round."""
        path = self.folder / "plans" / f"{NAME}_r{round:02d}_a1" / "results_template.csv"
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))

    def fill(self, round: int, *values: str, name: str = "results.csv", **more: str) -> Path:
        """A results file of a round with these values of Bs; empty where one is empty."""
        rows = self.rows(round)
        for row, value in zip(rows, values, strict=False):
            row["value Bs [T]"] = value
            row.update(more if value else {})
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        path = self.out / name
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    def take(self, path: Path, *options: str) -> tuple[int, str, str]:
        return self.command("import", path, "--campaign", NAME, "--yes", *options)

    def replayed(self) -> dict[str, Any]:
        code, out, err = self.command("replay", NAME, "--json")
        assert code == 0, err
        return dict(json.loads(out))
