"""`bptui serve`, and pages without a browser."""

from __future__ import annotations

import base64
import http.client
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from websockets.exceptions import InvalidStatus

from tests.ssh.test_ssh import descendants
from tests.tui.support.running import call, names
from tests.tui.support.served import Page, download_in, free_port, served
from tests.tui.support.terminal import ENTER, RIGHT, UP, state, wait_until

ALICE, BOB, EVE = "a" * 32, "b" * 32, "e" * 32
PUBLIC = ("--public-url", "http://bptui.test", "--sessions", "2")


class Server(NamedTuple):
    """A server that is running."""

    port: int
    key: str
    states: Path

    def page(self, token: str) -> Page:
        """A page with the valid link of a session."""
        return Page(self.port, {"key": self.key, "token": token, "columns": 80, "rows": 24})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for two sessions, with a key."""
    states, port = tmp_path_factory.mktemp("served") / "states", free_port()
    with served(states, port, *PUBLIC) as (_, key):
        yield Server(port, key, states)


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        ({"token": ALICE}, 1008),
        ({"token": ALICE, "key": "0" * 32}, 1008),
        ({"token": ALICE, "key": "\ud800"}, 1008),
        ({"key": "valid", "token": "../" + "a" * 29}, 1008),
        ([], 1008),
        ("[" * 60_000, 1008),
        (b"\xff", 1008),
        ("x" * 70_000, 1009),
    ],
    ids=("no key", "wrong key", "odd key", "odd token", "list", "nested", "binary", "long"),
)
def test_a_page_without_a_valid_link_gets_nothing(server: Server, opening: object, code: int) -> None:
    if isinstance(opening, dict) and opening.get("key") == "valid":
        opening = opening | {"key": server.key}
    page = Page(server.port, opening)
    assert page.wait_for_end() == code
    assert not page.output
    assert not page.messages


@pytest.mark.parametrize("origin", [None, "null", "https://bptui.test", "http://bptui.test.evil.test"])
def test_a_page_from_elsewhere_can_not_connect(server: Server, origin: str | None) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        Page(server.port, {}, origin)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/page.mjs?x=1", 200),
        ("/../server.py", 404),
        ("/%2e%2e/server.py", 404),
        ("//etc/passwd", 404),
        ("/LICENSE-xterm.txt", 404),
        ("/socket", 426),
    ],
)
def test_only_the_files_of_the_page_are_handed_out(server: Server, path: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == status
    assert status != 200 or answer.headers["X-Frame-Options"] == "DENY"


def test_a_session_outlives_its_page_and_belongs_to_its_link(server: Server) -> None:
    first = server.page(ALICE)
    first.wait_for_text("epoch")
    first.tell(RIGHT.encode())
    first.wait_for_text("‹0.2›")
    second, other = server.page(ALICE), server.page(BOB)
    assert first.wait_for_end() == 4001
    second.wait_for_text("‹0.2›")
    other.wait_for_text("‹0.1›")
    assert server.page(EVE).wait_for_end() == 4002
    second.tell({"columns": 10**9, "rows": -3})
    second.tell({"columns": 50, "rows": 20})
    second.wait_for_text("this terminal has 50 and 20")
    second.socket.close()
    third = server.page(ALICE)
    third.wait_for_text("‹0.2›")
    assert EVE not in "".join(names(server.states))


def test_files_come_and_go_without_a_path(server: Server) -> None:
    page, other = server.page(ALICE), server.page(BOB)
    other.wait_for_text("epoch")
    page.wait_for_text("epoch")
    rows = "size,price\n" + "".join(f"{size},{size * size}.5\n" for size in range(9))
    data = base64.b64encode(rows.encode()).decode()
    page.tell({"upload": "../../<b>h & m</b>.csv", "data": data[:8], "last": False})
    page.tell({"upload": "../../<b>h & m</b>.csv", "data": data[8:], "last": True})
    page.wait_for_text("learn from")
    page.tell(ENTER.encode())
    page.wait_for_text("settings that suit it")
    page.tell(b"w")
    page.wait_for_text("enter download")
    page.tell(ENTER.encode())
    page.wait_for_text("The page downloads regression-0.bptui.")
    name = download_in(page.output)
    for thief, wanted in ((other, name), (page, "../screen.json"), (page, "")):
        thief.tell({"fetch": wanted})
    page.tell({"fetch": name})
    message = page.wait_for_message()
    assert message["name"] == name
    assert base64.b64decode(message["data"]).startswith(b"PK")
    assert not page.messages + other.messages
    page.tell(b"w")
    page.wait_for_text("page of the run")
    page.tell(2 * UP.encode() + ENTER.encode())
    page.wait_for_text("The page downloads regression-0.html.")
    page.tell({"upload": "x.csv", "data": "not base64", "last": True})
    other.tell(b"q")
    assert (page.wait_for_end(), other.wait_for_end()) == (1008, 1000)
    assert [names(folder / "files") for folder in server.states.iterdir() if folder.is_dir()].count([]) == 1


def test_the_end_of_the_server_ends_its_sessions_and_keeps_their_runs(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, port, "--paused") as (server, key):
        wait_until(lambda: descendants(server.pid), "the fork server")
        (fork_server,) = descendants(server.pid)
        os.kill(fork_server, signal.SIGKILL)  # another one takes its place
        wait_until(lambda: state(fork_server) == "Z", "its end")
        page = Page(port, {"key": key, "token": ALICE}, f"http://127.0.0.1:{port}")
        page.wait_for_text("ready")
        page.tell(b"s")
        page.wait_for_text("paused")
        (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
        begun = descendants(server.pid)
        assert len(begun) == 2
    assert page.wait_for_end() == 1001
    wait_until(lambda: not any(Path(f"/proc/{process}").exists() for process in begun), "the end of all")
    assert len(names(folder / "runs")) == 1


def test_twenty_visitors_train_at_the_same_time_and_each_key_is_answered(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, port) as (_, key):
        opening = {"key": key, "columns": 80, "rows": 24}
        pages = [
            Page(port, {**opening, "token": f"{number:032x}"}, f"http://127.0.0.1:{port}")
            for number in range(20)
        ]
        for page in pages:
            page.wait_for_text("running")
        for page in pages:
            page.tell(RIGHT.encode())
        for page in pages:
            page.wait_for_text("‹0.2›")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--port", "65536"), "argument --port: must be"),
        (("--host", "0.0.0.0"), "argument --public-url: must be what visitors type"),
        (("--host", "a" * 99), "can't serve: "),
        (("--public-url", "ftp://x"), "such as https://bptui.example.org, got"),
        (("--data", "/etc/passwd"), "argument --data: not allowed with --restricted"),
        (("--plain",), "argument --web: needs --restricted, and a screen"),
        (("--lessons", "/nowhere"), "/nowhere"),
        (("--lesson", "nothing"), "there is no lesson"),
        (("--lesson", "hidden-units", "spiral"), "not allowed with a lesson"),
        (("--hiden", "3"), "unrecognized arguments: '--hiden'"),
        (("--state", "/dev/null/x"), "can't serve: "),
    ],
)
def test_bad_use_is_refused_in_one_line(arguments: tuple[str, ...], line: str) -> None:
    done = call("serve", *arguments)
    assert (done.status, done.out) == (2, "")
    assert line in done.complaint
