"""The wheel holds everything: a campaign runs from it, away from the checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("core", "tools", "knowledge", "lab_interface", "agents", "evals")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("source")
    for part in PARTS:
        shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(source / "dist"),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next((source / "dist").glob("*.whl"))


def test_every_data_file_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    kept = {".py", ".md", ".csv", ".yaml", ".toml", ".html", ".css", ".js", ".j2", ".typed"}
    wanted = {
        f"eutectic/{path.relative_to(ROOT).as_posix()}"
        for part in PARTS
        for path in (ROOT / part).rglob("*")
        if path.is_file() and path.suffix in kept and "__pycache__" not in path.parts
    }
    assert not wanted - packed


def test_a_campaign_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "venv"
    venv.create(place, with_pip=False)
    site = next(place.glob("lib/python*/site-packages"), None) or place / "Lib" / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    shutil.copy(ROOT / "tests" / "data" / "quick.yaml", tmp_path / "quick.yaml")
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    code = (
        "import sys, eutectic.core, eutectic.agents.cli.main as m;"
        "where = eutectic.core.__file__; assert 'site-packages' in where and '/venv/' in where, where;"
        "sys.exit(m.main(['run', 'quick.yaml', '--json']))"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "EUTECTIC_HOME": str(tmp_path / "home")}
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "runs" / "quick-001" / "report.html").stat().st_size > 10_000
