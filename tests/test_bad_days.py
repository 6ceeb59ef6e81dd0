"""What goes wrong while a campaign runs, as its user sees it: dead models, full disks, Ctrl-C, broken notebooks."""

import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_endpoint import closed_port, error, serving

from eutectic.agents.cli.main import main
from eutectic.agents.minds import ModelMind
from eutectic.core.notebook import CampaignView, Notebook

QUICK = (Path(__file__).parent / "data" / "quick.yaml").read_text()
SHORT = QUICK.replace("experiments: 9", "experiments: 3")
ID = "quick-001"
CANARY = "sk-canary-31415926535"
Contents = list[tuple[str, str, str]]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("EUTECTIC_MODEL", "EUTECTIC_BASE_URL", "EUTECTIC_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(SHORT)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `runs` folder of a campaign that went well."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "s.yaml").write_text(SHORT)
    assert main(["run", str(folder / "s.yaml"), "--out", str(folder / "runs"), "--json"]) == 0
    return folder / "runs"


@pytest.fixture
def runs(finished: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(finished, tmp_path / "runs"))


def contents(folder: Path) -> Contents:
    with Notebook(folder / "notebook.db", folder.name, read_only=True) as notebook:
        notebook.verify()
        return [event.content for event in notebook.events()]


def one_line(err: str) -> str:
    assert err.startswith("eutectic: ") and err.count("\n") == 1 and "Traceback" not in err, err
    return err


def leaks(folder: Path, *texts: str) -> list[str]:
    files = [str(path) for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    return files + [text for text in texts if CANARY in text]


def with_model(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EUTECTIC_MODEL", "some-model")
    monkeypatch.setenv("EUTECTIC_BASE_URL", url)
    monkeypatch.setenv("EUTECTIC_API_KEY", CANARY)
    Path("s.yaml").write_text(SHORT.replace("kind: rules", "kind: auto"))


def test_a_wrong_key_is_named_the_rules_finish_and_the_key_is_nowhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, finished: Path
) -> None:
    with serving(error(401, f"Incorrect API key provided: {CANARY}")) as endpoint:
        with_model(monkeypatch, endpoint.url)
        assert main(["run", "s.yaml"]) == 0
        assert len(endpoint.requests) == 3 and CANARY in endpoint.keys[0]
    out, err = capsys.readouterr()
    assert "the rules stood in for the model in 9 decisions: " in out and "check EUTECTIC_API_KEY" in out
    assert "[some-model]" not in out and "[rules]" in out
    report = (tmp_path / "runs" / ID / "report.md").read_text()
    assert "In 9 decisions the model failed and the rules answered in its place." in report
    assert main(["doctor", "--online", "--json"]) == 1
    assert main(["status", "--json"]) == 0
    out2, err2 = capsys.readouterr()
    assert not leaks(tmp_path, out, err, out2, err2)
    trials = [item for item in contents(tmp_path / "runs" / ID) if item[0] in ("trial", "observation")]
    assert trials == [item for item in contents(finished / ID) if item[0] in ("trial", "observation")]


def test_a_dead_endpoint_is_named_and_the_rules_finish(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setitem(ModelMind.__init__.__kwdefaults__, "sleep", lambda seconds: None)
    with_model(monkeypatch, url := f"http://127.0.0.1:{closed_port()}/v1")
    assert main(["run", "s.yaml", "--json"]) == 0
    out, err = capsys.readouterr()
    done = json.loads(out)
    assert done["state"] == "done" and done["rules_stood_in"] == 9
    report = (tmp_path / "runs" / ID / "report.md").read_text()
    assert url in report and "the rules answered in place of the model" in report
    assert not leaks(tmp_path, out, err)


@contextmanager
def no_file_above(n_bytes: int) -> Iterator[None]:
    """As if the disk were full: every write beyond so many bytes of a file fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs RLIMIT_FSIZE and ignored SIGXFSZ")
@pytest.mark.parametrize("n_kilobytes", [0, 8, 20, 60, 120])
def test_a_full_disk_stops_the_run_and_resume_finishes_it_with_nothing_lost_or_doubled(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, finished: Path, n_kilobytes: int
) -> None:
    with no_file_above(1024 * n_kilobytes):
        code = main(["run", "s.yaml", "--json"])
    err = capsys.readouterr().err
    if code == 0:
        pytest.fail("the disk was not full enough")
    assert code == 1 and "disk" in one_line(err)
    if not list(tmp_path.glob("runs/*/notebook.db")):
        assert not list(tmp_path.glob("runs/*")), "a campaign that never began leaves nothing"
        assert main(["run", "s.yaml", "--json"]) == 0
    else:
        assert main(["resume", ID, "--json"]) == 0
    assert contents(tmp_path / "runs" / ID) == contents(finished / ID)


def test_ctrl_c_ends_in_one_line_and_resume_goes_on(tmp_path: Path, finished: Path) -> None:
    Path("s.yaml").write_text(SHORT.replace("magnet}", "magnet, latency_s: 1.5}"))
    command = [sys.executable, "-c", "from eutectic.agents.cli.main import run; run()", "run", "s.yaml"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("lab          took plan"):
            process.send_signal(signal.SIGINT)
            break
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "eutectic resume" in one_line(err)
    before = contents(tmp_path / "runs" / ID)
    time.sleep(1.5)
    assert main(["resume", ID, "--json"]) == 0
    after = contents(tmp_path / "runs" / ID)
    assert after[: len(before)] == before
    wanted = [item for item in contents(finished / ID) if item[0] in ("trial", "observation")]
    assert [item for item in after if item[0] in ("trial", "observation")] == wanted


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def forge(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE events SET payload = replace(payload, 'Fe', 'Co') WHERE kind = 'observation'")
    connection.close()


def garble(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE events SET payload = '{' WHERE kind = 'trial'")
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(Path.unlink, id="deleted"),
        pytest.param(lambda path: path.write_bytes(b""), id="emptied"),
        pytest.param(lambda path: path.write_bytes(b"garbage" * 999), id="overwritten"),
        pytest.param(cut, id="truncated"),
        pytest.param(forge, id="forged"),
        pytest.param(garble, id="garbled"),
    ],
)
def test_a_broken_notebook_is_said_to_be_broken_and_never_begun_anew(
    runs: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], object]
) -> None:
    path = runs / ID / "notebook.db"
    whole = path.read_bytes()
    damage(path)
    for command in (["status", ID], ["resume", ID], ["replay", ID], ["abort", ID, "--by", "Ada", "--reason", "x"]):
        assert main(command) == 1, command
        assert "back-up" in one_line(capsys.readouterr().err)
    assert main(["tick"]) == 1 and main(["status", "--json"]) == 1
    capsys.readouterr()
    path.write_bytes(whole)
    assert main(["resume", ID, "--json"]) == 0


def test_one_broken_campaign_hides_no_other(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(runs / ID, runs / "broken-001")
    (runs / "broken-001" / "notebook.db").write_bytes(b"x")
    assert main(["status"]) == 1
    out = capsys.readouterr().out
    assert "broken-001: unreadable: " in out and f"{ID}: stopped" in out


def test_a_campaign_cut_anywhere_replays_as_far_as_it_is_recorded(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    total = len(contents(runs / ID))
    for keep in range(total, 0, -3):
        with sqlite3.connect(runs / ID / "notebook.db") as connection:
            connection.execute("DELETE FROM events WHERE seq > ?", (keep,))
        connection.close()
        assert main(["replay", ID, "--json"]) == 0, keep
        done = json.loads(capsys.readouterr().out)
        assert done["is_whole"] == (keep == total)
        kept = [item for item in contents(runs / ID) if item[0] == "decision"]
        assert done["decisions"] == len(kept)


def test_json_is_json(runs: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The saturation induction of Fe80Co10B10 ribbons is 1.75 T after annealing.\n")
    for command in (
        ["status"], ["status", ID], ["resume", ID], ["report", ID], ["replay", ID], ["tick"], ["doctor"],
        ["ingest", "a.txt"], ["ask", "What is the saturation induction of Fe80Co10B10?"],
    ):  # fmt: skip
        code = main([*command, "--json"])
        out, err = capsys.readouterr()
        assert (code, err) == (0, ""), command
        assert json.loads(out) is not None


def test_without_a_terminal_the_run_prints_tidy_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("s.yaml").write_text(SHORT.replace("mode: auto", "mode: person"))
    assert main(["run", "s.yaml"]) == 3
    out, err = capsys.readouterr()
    assert err == "" and "\x1b" not in out and "\r" not in out
    lines = out.splitlines()
    assert lines[-1] == str(tmp_path / "runs" / ID / "report.html")
    assert all(line == line.rstrip() and line for line in lines)
    told = [line for line in out.splitlines() if not line.startswith((" ", ID, "/"))]
    assert {line.split()[0] for line in told} == {"pi", "round", "designer", "coder", "experimenter", "waits"}
    with Notebook(tmp_path / "runs" / ID / "notebook.db", ID, read_only=True) as notebook:
        assert CampaignView(notebook.events()).state == "waiting for a person"
