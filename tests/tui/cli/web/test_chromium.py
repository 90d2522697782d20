"""The pages of `bptui serve` and `bptui share` in a real browser."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bpengine import Trainer, TrainingConfig, save
from bptui.process.restrictions import PAGE
from tests.tui.support.running import run
from tests.tui.support.served import free_port, served
from tests.tui.support.terminal import DEADLINE

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
ROWS = "[...document.querySelectorAll('.xterm-rows > div')].map(row => row.textContent).join('\\n')"


class View:
    """What a person sees of a page."""

    def __init__(self, page: Any, port: int) -> None:
        self.page = page
        page.set_default_timeout(1000 * DEADLINE)
        page.goto(f"http://127.0.0.1:{port}/")

    @property
    def text(self) -> str:
        """The rows of the terminal."""
        return str(self.page.evaluate(ROWS))

    def wait_for(self, pattern: str) -> None:
        """Wait until the terminal shows this."""
        until = time.monotonic() + DEADLINE
        while not re.search(pattern, self.text):
            assert time.monotonic() < until, f"no {pattern!r} on the screen:\n{self.text}"
            self.page.wait_for_timeout(50)  # in which the page works on

    def press(self, *keys: str) -> None:
        """Press keys."""
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    """A browser."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 960, "height": 560})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield context
        browser.close()


def test_a_page_finds_its_session_again_and_takes_and_gives_files(context: Any, tmp_path: Path) -> None:
    port, states = free_port(), tmp_path / "states"
    with served(states, port):
        view = View(context.new_page(), port)
        page = view.page
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        view.wait_for("epoch +[1-9]")
        assert re.search("N panels +f2 find", view.text)
        view.press("ArrowRight")
        view.wait_for("‹0.2›")
        page.set_viewport_size({"width": 250, "height": 200})
        view.wait_for("bptui needs 60 columns and 18 rows")
        page.set_viewport_size({"width": 1280, "height": 700})
        view.wait_for("epochs/s +run in")
        page.reload()
        view.wait_for("‹0.2›")

        view.press("Space", "w")
        view.wait_for("enter download")
        with page.expect_download() as download:
            view.press("Enter")
        download.value.save_as(tmp_path / "run.bptui")
        (tmp_path / "<i>own.csv").write_text("a,b\n" + "".join(f"{row},{row % 7}\n" for row in range(4000)))
        view.press("F2")
        view.wait_for("Find a key")
        page.evaluate("navigator.clipboard.writeText('open a file')")
        view.press("Control+v")
        view.wait_for("A CSV file")
        with page.expect_file_chooser() as chooser:
            view.press("Enter")
        chooser.value.set_files(tmp_path / "<i>own.csv")
        view.wait_for("learn from")
        view.press("Enter")
        view.wait_for("at most 2000 are allowed here, got 4000")

        page.keyboard.down("Shift")
        page.mouse.move(4, 8)
        page.mouse.down()
        page.mouse.move(120, 8)
        page.mouse.up()
        page.keyboard.up("Shift")
        view.press("Control+c")
        assert "Regression" in page.evaluate("navigator.clipboard.readText()")
        assert not problems
    page.get_by_text("The connection is lost").wait_for()
    with served(states, port):
        view.wait_for("Your run of .* was kept")
        view.press("Enter")
        view.wait_for("‹0.2›")
        view.press("q")
        page.get_by_text("The session has ended").wait_for()


def test_a_page_uploads_no_file_of_another_kind_or_size(context: Any, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "notes.txt").write_text("a,b\n1,2\n")
    (tmp_path / "large.csv").write_bytes(b"a,b\n" + bytes(PAGE.max_upload))
    with served(tmp_path / "states", port):
        view = View(context.new_page(), port)
        view.wait_for("epoch +[1-9]")
        chooser = view.page.locator("#file")
        assert chooser.get_attribute("accept") == PAGE.upload_ending
        for name in ("notes.txt", "large.csv"):
            chooser.set_input_files(tmp_path / name)
            view.page.get_by_text("Only a CSV file of at most 5 MB can be opened.").wait_for()
            view.page.evaluate("document.getElementById('message').hidden = true")
        assert "learn from" not in view.text


def test_a_shared_page_shows_each_epoch_without_a_network(context: Any, tmp_path: Path) -> None:
    trainer = Trainer(TrainingConfig.defaults("regression", epochs=20))
    trainer.run_for(1e9)
    save(trainer, tmp_path / "run.bptui")
    output = tmp_path / "run.html"
    assert run("share", str(tmp_path / "run.bptui"), "--output", str(output), "--frames", "3").status == 0
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url))
    page.goto(output.as_uri())
    page.get_by_text("after epoch 19").first.wait_for()
    page.keyboard.press("Home")
    page.get_by_role("img", name="The screen at the start").wait_for()
    page.keyboard.press("ArrowRight")
    page.get_by_role("img", name="The screen at epoch 4").wait_for()
    assert page.locator("#screen svg text").count() > 50
    assert problems == [output.as_uri()]
