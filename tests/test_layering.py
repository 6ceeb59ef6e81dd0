"""The layers: who may import whom, which imports stay light, and that every package is in the wheel's list."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "core": {"core"},
    "tools": {"core", "tools"},
    "knowledge": {"core", "knowledge", "tools"},
    "lab_interface": {"core", "lab_interface", "tools"},
    "agents": {"core", "tools", "knowledge", "lab_interface", "agents"},
    "evals": {"core", "tools", "knowledge", "lab_interface", "agents", "evals"},
}
HEAVY = ("torch", "botorch", "gpytorch", "sklearn", "chromadb", "pymupdf", "matplotlib", "openai", "pandas")


def modules(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level packages of ours that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] + [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("eutectic.")}
    return found


@pytest.mark.parametrize("layer", ALLOWED)
def test_layers_import_only_what_they_may(layer: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {other}"
        for path in modules(layer)
        for other in imported(path)
        if other not in ALLOWED[layer]
    }
    assert not wrong


def test_every_module_says_what_it_is_and_stays_short() -> None:
    wrong = []
    for layer in ALLOWED:
        for path in modules(layer):
            text = path.read_text(encoding="utf-8")
            if not ast.get_docstring(ast.parse(text)):
                wrong.append(f"{path.relative_to(ROOT)}: no docstring")
            if len(text.splitlines()) > 320:
                wrong.append(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
    assert not wrong


def test_every_package_is_listed_for_the_wheel() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    there = {
        "eutectic." + ".".join(path.parent.relative_to(ROOT).parts)
        for layer in ALLOWED
        for path in (ROOT / layer).rglob("__init__.py")
    }
    assert there == listed


def test_importing_the_command_line_stays_light() -> None:
    code = (
        "import sys, eutectic.agents.cli.app, eutectic.agents.campaign, eutectic.core.notebook;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
