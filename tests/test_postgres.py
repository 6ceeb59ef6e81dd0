"""Notebook and checkpoints in PostgreSQL, against a real server started for the test."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from eutectic.agents.cli.main import main
from eutectic.core.errors import SlotTaken
from eutectic.core.notebook import CampaignView, Notebook

pytest.importorskip("psycopg", reason="the postgres extra is not installed")
HERE = Path(__file__).parent


def binaries() -> Path | None:
    """The folder with initdb and postgres, where there is one."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    return next(
        (place for place in [*places, *([Path(found).parent] if found else [])] if (place / "initdb").exists()), None
    )


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    tools = binaries()
    if tools is None:
        pytest.skip("no PostgreSQL server is installed")
    place = tmp_path_factory.mktemp("postgres")
    user = None
    if os.name == "posix" and os.getuid() == 0:
        user = "postgres"  # the server refuses to run as root
        try:
            shutil.chown(place, user)
        except LookupError:
            pytest.skip("running as root and there is no user 'postgres'")
        for parent in place.parents[:3]:
            parent.chmod(0o755)
    data = place / "data"
    subprocess.run(
        [tools / "initdb", "-D", data, "-A", "trust", "-U", "eutectic"], check=True, capture_output=True, user=user
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [tools / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", place]
    server = subprocess.Popen(command, user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            ready = subprocess.run([tools / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], capture_output=True)
            if ready.returncode == 0:
                break
            time.sleep(0.1)
        yield f"postgresql://eutectic@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_a_campaign_lives_in_postgres(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EUTECTIC_DATABASE_URL", url)
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path))
    spec = (
        (HERE / "data" / "quick.yaml")
        .read_text()
        .replace("mode: auto", "mode: person")
        .replace("experiments: 9", "experiments: 3")
    )
    (tmp_path / "spec.yaml").write_text(spec)
    out = str(tmp_path / "runs")
    assert main(["run", str(tmp_path / "spec.yaml"), "--out", out]) == 3
    assert main(["approve", "quick-001", "--by", getpass.getuser(), "--reason", "ok", "--out", out]) == 0
    folder = tmp_path / "runs" / "quick-001"
    assert not (folder / "notebook.db").exists() and not (folder / "checkpoints.db").exists()
    with Notebook(url, "quick-001", read_only=True) as notebook:
        assert notebook.verify() > 20
        view = CampaignView(notebook.events())
    assert len(view.observations) == 3 and view.closed
    assert (folder / "report.html").exists()


def test_a_slot_is_written_once(url: str) -> None:
    with Notebook(url, "slots") as notebook:
        notebook.append("note", "a", {"text": "one"})
        with pytest.raises(SlotTaken):
            notebook.append("note", "a", {"text": "two"})
        assert notebook.get("note", "a") == {"text": "one"}
        assert notebook.verify() == 1
