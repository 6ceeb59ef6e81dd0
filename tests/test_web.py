"""The web app as a browser meets it over loopback: answers, page pictures, escaping, the guard against strangers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fake_endpoint import completion, serving

from eutectic.core.errors import BadInput
from eutectic.core.settings import Settings
from eutectic.knowledge.library import Library, open_library

pymupdf = pytest.importorskip("pymupdf", reason="PyMuPDF is not installed")
client_module = pytest.importorskip("starlette.testclient", reason="the web app's packages are not installed")

SENTENCE = "The coercivity of Fe80B20 was 4.2 A/m after annealing at 653 K."
ATTACK = "<script>alert(1)</script> The remanence of Fe80B20 was 1.1 T."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("web")
    document = pymupdf.open()
    document.new_page().insert_text((60, 100), SENTENCE)
    document.save(folder / "ribbons.pdf")
    document.close()
    (folder / "attack.txt").write_text(ATTACK)
    with open_library(folder / "library", Settings()) as opened:
        assert opened.ingest([folder / "ribbons.pdf", folder / "attack.txt"]).count("ingested") == 2
        yield opened


def client(library: Library, tmp_path: Path, *, token: str = "", host: str = "localhost", **settings: Any) -> Any:
    from eutectic.agents.web.app import build_app

    app = build_app(tmp_path, library, Settings(**settings), ("localhost", "127.0.0.1"), token)
    return client_module.TestClient(app, base_url=f"http://{host}", raise_server_exceptions=True)


def test_a_question_is_answered_with_links_to_the_marked_page(library: Library, tmp_path: Path) -> None:
    got = client(library, tmp_path).get("/ask", params={"q": "What is the coercivity of Fe80B20?"})
    assert got.status_code == 200
    assert "4.2 A/m" in got.text
    assert "/library/ribbons.pdf/pages/1?quote=" in got.text
    data = client(library, tmp_path).get("/api/ask", params={"q": "What is the coercivity of Fe80B20?"}).json()
    assert data["sentences"][0]["quotes"][0]["page"] == 1
    refused = client(library, tmp_path).get("/api/ask", params={"q": "What is the density of Fe60Ni40?"}).json()
    assert refused["answered"] is False


def test_a_page_is_drawn_with_the_quote_marked_and_without_one_it_is_not(library: Library, tmp_path: Path) -> None:
    page = client(library, tmp_path)
    marked = page.get(f"/library/ribbons.pdf/pages/1.jpg?quote={quote(SENTENCE)}")
    plain = page.get("/library/ribbons.pdf/pages/1.jpg")
    assert marked.headers["content-type"] == plain.headers["content-type"] == "image/jpeg"
    assert marked.content[:2] == b"\xff\xd8"
    assert marked.content != plain.content
    pixels = pymupdf.Pixmap(marked.content)
    colours = {pixels.pixel(x, y) for x in range(0, pixels.width, 7) for y in range(0, pixels.height, 5)}
    assert any(red > 200 and green > 180 and blue < 190 for red, green, blue in colours)
    pixels = pymupdf.Pixmap(plain.content)
    colours = {pixels.pixel(x, y) for x in range(0, pixels.width, 7) for y in range(0, pixels.height, 5)}
    assert not any(red > 200 and green > 180 and blue < 190 for red, green, blue in colours)


@pytest.mark.parametrize(
    "path", ["/library/none.pdf/pages/1", "/library/ribbons.pdf/pages/99", "/library/..%2Fetc/pages/1.jpg",
             "/campaigns/..%2F/report", "/ask", "/ask?q=", "/library/attack.txt/pages/1.jpg"],
)  # fmt: skip
def test_what_is_not_there_is_said_without_a_trace(library: Library, tmp_path: Path, path: str) -> None:
    got = client(library, tmp_path).get(path)
    assert got.status_code in (400, 404)
    assert "Traceback" not in got.text


def test_words_of_documents_and_people_are_never_markup(library: Library, tmp_path: Path) -> None:
    page = client(library, tmp_path)
    for path in (
        "/ask?q=What+is+the+remanence+of+Fe80B20%3F",
        "/library/attack.txt/pages/1",
        "/ask?q=%3Cscript%3Ex%3C/script%3E",
    ):
        text = page.get(path).text
        assert "<script>" not in text
    assert "default-src 'none'" in page.get("/").headers["content-security-policy"]


def test_other_host_names_and_wrong_tokens_are_turned_away(library: Library, tmp_path: Path) -> None:
    assert client(library, tmp_path, host="evil.example").get("/").status_code == 421
    page = client(library, tmp_path, token="a-long-enough-token")
    assert page.get("/").status_code == 401
    assert page.get("/", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert page.get("/?token=a-long-enough-token").status_code == 200
    assert page.get("/").status_code == 200


def test_binding_beyond_this_machine_needs_a_token() -> None:
    from eutectic.agents.web.guard import check_binding

    check_binding("127.0.0.1", "")
    check_binding("::1", "")
    check_binding("192.168.0.4", "a-long-enough-token")
    for token in ("", "short"):
        with pytest.raises(BadInput, match="EUTECTIC_SERVE_TOKEN"):
            check_binding("0.0.0.0", token)


def answered(text: str, passage: str, words: str) -> dict[str, Any]:
    return {
        "answered": True,
        "sentences": [{"text": text, "quotes": [{"passage": passage, "quote": words}]}],
        "note": "",
    }


def test_the_model_that_is_set_up_answers_and_the_same_check_holds(library: Library, tmp_path: Path) -> None:
    key = library.search("coercivity", 1)[0].id
    asked: list[str] = []

    def script(request: dict[str, Any], number: int) -> Any:
        asked.append(request["messages"][-1]["content"])
        if "What is the remanence" in str(request["messages"]):
            return completion(answered("It was 9.9 T.", key, "The remanence of Fe80B20 was 9.9 T."))
        return completion(answered("It is 4.2 A/m.", key, "The coercivity of Fe80B20 was 4.2 A/m"))

    with serving(script) as endpoint:
        page = client(library, tmp_path, model="fake", base_url=endpoint.url, api_key="k")
        good = page.get("/api/ask", params={"q": "How large is the coercivity of Fe80B20?"}).json()
        assert (good["by"], good["sentences"][0]["text"]) == ("fake", "It is 4.2 A/m.")
        invented = page.get("/api/ask", params={"q": "What is the remanence of Fe80B20?"}).json()
        assert "9.9" not in json.dumps(invented["sentences"])
        assert invented["by"] == "rules"
        n = len(asked)
        foreign = page.get("/api/ask", params={"q": "coercivity of Fe80B20?"}, headers={"sec-fetch-site": "cross-site"})
        assert foreign.json()["by"] == "rules"
        assert len(asked) == n


def test_serve_listens_on_loopback_and_ends_on_a_signal(library: Library, tmp_path: Path) -> None:
    import httpx

    command = [
        sys.executable,
        "-c",
        "from eutectic.agents.cli.main import run; run()",
        "serve",
        "--port",
        "0",
        "--out",
        str(tmp_path),
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("EUTECTIC_", "HTTP"))}
    process = subprocess.Popen(
        [*command, "--library", str(library.folder)], stdout=subprocess.PIPE, text=True, env=environment
    )
    killer = threading.Timer(60, process.kill)
    killer.start()
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[0]
        assert address.startswith("http://127.0.0.1:")
        with httpx.Client(trust_env=False) as browser:
            assert browser.get(address).status_code == 200
            assert browser.get(address, headers={"host": "evil.example"}).status_code == 421
        process.send_signal(signal.SIGINT)
        process.wait(30)
    finally:
        killer.cancel()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
