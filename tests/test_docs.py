"""The README's and docs' commands and examples do what they say."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(path: Path) -> list[tuple[str, int]]:
    """Every `eutectic` command of a page with the exit code it says it has."""
    found = []
    for block in blocks(path, "sh"):
        for line in block.splitlines():
            command, _, comment = line.partition("#")
            if command.strip().startswith("eutectic "):
                code = re.search(r"exit (\d)", comment)
                found.append((command.strip(), int(code[1]) if code else 0))
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it: the examples, and a paper."""
    import pymupdf

    place = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "examples", place / "examples")
    (place / "papers").mkdir()
    paper = pymupdf.open()
    text = "The saturation induction of Fe85B15 was measured as 1.68 T at room temperature after annealing at 600 K."
    paper.new_page().insert_textbox((72, 72, 500, 300), text)
    paper.save(place / "papers" / "magnet.pdf")
    paper.close()
    return place


@pytest.mark.parametrize("page", [page for page in DOCS if commands(page)], ids=lambda page: page.name)
def test_commands_do_what_they_say(page: Path, desk: Path) -> None:
    script = Path(sys.executable).parent / "eutectic"
    environment = {"PATH": os.environ["PATH"], "HOME": str(desk), "EUTECTIC_HOME": str(desk / "home")}
    for command, wanted in commands(page):
        line = f"{script} {command.removeprefix('eutectic ')}"
        done = subprocess.run(line, shell=True, cwd=desk, env=environment, capture_output=True, text=True)
        assert done.returncode == wanted, f"{command}: {done.returncode}\n{done.stdout[-1500:]}{done.stderr[-3000:]}"
        assert "Traceback" not in done.stderr


def test_make_targets_of_the_readme_exist() -> None:
    targets = {line.split(":")[0] for line in (ROOT / "Makefile").read_text().splitlines() if ":" in line}
    named = {
        line.split()[1]
        for block in blocks(ROOT / "README.md", "sh")
        for line in block.splitlines()
        if line.startswith("make ")
    }
    assert named and named <= targets


def test_the_campaign_file_of_the_readme_is_valid(tmp_path: Path) -> None:
    from eutectic.agents.spec_file import load_spec

    (block,) = blocks(ROOT / "README.md", "yaml")
    path = tmp_path / "spec.yaml"
    path.write_text(block)
    assert load_spec(path).name == yaml.safe_load(block)["name"]


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_python_of_the_docs_runs(page: Path) -> None:
    for block in blocks(page, "python"):
        exec(compile(block, page.name, "exec"), {"__name__": "docs_example"})


def test_links_lead_somewhere() -> None:
    for page in DOCS:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
