"""`bptui serve`, and pages without a browser."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import html
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import termios
from collections.abc import Coroutine, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
from websockets.exceptions import InvalidStatus

from bptui.cli.serve import _public
from bptui.cli.web.fork_server import ForkServer
from bptui.cli.web.server import tidy
from bptui.cli.web.visitor import WebSession
from bptui.process.restrictions import DRAW_SECONDS, MAX_MESSAGE, MIN_SIZE, PAGE
from tests.ssh.test_ssh import descendants
from tests.tui.support.running import call, names
from tests.tui.support.served import Page, download_in, free_port, served, served_to
from tests.tui.support.terminal import ENTER, RIGHT, UP, bptui, state, wait_until

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


def test_the_page_gets_its_limits_from_the_table(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/")
    page = gzip.decompress(connection.getresponse().read()).decode()
    connection.close()
    (limits,) = re.findall('data-limits="([^"]*)"', page)
    assert json.loads(html.unescape(limits)) == {
        "size": [*MIN_SIZE],
        "upload": PAGE.max_upload,
        "ending": PAGE.upload_ending,
        "message": MAX_MESSAGE,
    }


def test_an_upload_beyond_the_limit_is_refused_also_without_the_script_of_the_page(server: Server) -> None:
    page = server.page(ALICE)
    page.wait_for_text("epoch")
    piece = 3 << 13
    data = base64.b64encode(bytes(piece)).decode()
    for start in range(0, PAGE.max_upload + 1, piece):
        page.tell({"upload": "x.csv", "data": data, "start": start, "last": False})
    assert page.wait_for_end() == 1003


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
    for name in ("x.csv", "../../<b>h & m</b>.csv"):  # the first upload is interrupted
        page.tell({"upload": name, "data": data[:8], "start": 0, "last": False})
    page.tell({"upload": "../../<b>h & m</b>.csv", "data": data[8:], "start": 6, "last": True})
    page.wait_for_text("learn from")
    page.tell(ENTER.encode())
    page.wait_for_text("settings that suit it")
    page.tell(b" ")  # the end of the run would say something else than what is waited for
    page.wait_for_text("space run")  # paused, or ready if no epoch was trained yet
    page.tell(b"w")
    page.wait_for_text("enter download")
    page.tell(ENTER.encode())
    page.wait_for_text(".bptui.")  # "The page downloads regression-0.bptui.", or of the epoch at the key
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
    page.wait_for_text(".html.")
    page.tell({"upload": "x.csv", "data": "not base64", "start": 0, "last": True})
    other.tell(b"q")
    assert (page.wait_for_end(), other.wait_for_end()) == (1003, 1000)
    assert [names(folder / "files") for folder in server.states.iterdir() if folder.is_dir()].count([]) == 1


@pytest.mark.parametrize("shell", ["terminal", 'exec "$@" >> log', 'exec "$@" >&-'])
def test_a_page_shows_its_session_wherever_the_output_of_the_server_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    monkeypatch.chdir(tmp_path)
    port = free_port()
    with contextlib.ExitStack() as stack:
        if shell == "terminal":
            terminal = stack.enter_context(bptui("serve", f"--port={port}", f"--state={tmp_path}"))
            terminal.wait_for_text(f"http://127.0.0.1:{port}/#")
        else:
            server = stack.enter_context(served_to(tmp_path / "states", port, shell))
        page = Page(port, {"key": "", "token": ALICE}, f"http://127.0.0.1:{port}")
        page.wait_for_text("epoch")
        page.tell(b"q")
        assert page.wait_for_end() == 1000
    assert shell == "terminal" or server.returncode == 0


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


def test_ten_visitors_train_at_the_same_time_and_each_key_is_answered(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, port) as (_, key):
        opening = {"key": key, "columns": 80, "rows": 24}
        pages = [
            Page(port, {**opening, "token": f"{number:032x}"}, f"http://127.0.0.1:{port}")
            for number in range(10)
        ]
        for page in pages:
            page.wait_for_text("running")
        for page in pages:
            page.tell(RIGHT.encode())
        for page in pages:
            page.wait_for_text("‹0.2›")


def test_after_many_redraws_and_resizes_the_screen_has_the_last_size(server: Server) -> None:
    page = server.page(ALICE)
    page.wait_for_text("epoch")
    for number in range(300):
        page.tell({"shown": True})
        page.tell({"columns": 80 - number % 2, "rows": 24})
        page.pump(0.001)
    page.tell({"columns": 50, "rows": 20})
    page.wait_for_text("this terminal has 50 and 20")
    page.tell({"columns": 80, "rows": 24})


async def test_redraws_and_resizes_are_limited_to_a_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    terminals, drawn, now = list[int](), list[tuple[int, float]](), 1000.0

    class Sessions(ForkServer):
        async def begin(self, state: Path, terminal: int) -> tuple[int, socket.socket]:
            terminals.append(os.dup(terminal))
            return 2**30, ours  # no process has this number

    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
    monkeypatch.setattr("os.kill", lambda _, number: drawn.append((number, now)))
    with ours, theirs:
        session = WebSession(tmp_path / "state")
        await session.begin(Sessions(()))
        session.connect(mock.Mock())
        for number in range(300):
            session.show()
            session.resize(79 + number % 2, 24)
            now += DRAW_SECONDS / 10
            await asyncio.sleep(0)
        session.resize(50, 20)
        now += DRAW_SECONDS
        for _ in range(2):  # the first has the timer called after this test
            await asyncio.sleep(0)
        assert termios.tcgetwinsize(terminals[0]) == (20, 50)
        os.close(terminals[0])
        session.forget()
    for kind in (signal.SIGWINCH, signal.SIGCONT):
        times = [time for number, time in drawn if number == kind]
        assert len(times) > 20
        assert all(later - earlier > 0.99 * DRAW_SECONDS for earlier, later in pairwise(times))


def test_the_unit_file_of_the_docs_serves_and_its_journal_says_why_a_session_can_not_begin(
    tmp_path: Path,
) -> None:
    unit = dict(
        line.split("=", 1)
        for line in Path("docs/serving.md")
        .read_text()
        .partition("[Service]\n")[2]
        .split("```")[0]
        .splitlines()
        if line
    )
    _, word, *arguments = shlex.split(unit["ExecStart"])
    assert word == "serve"
    arguments[arguments.index("--state") + 1] = str(tmp_path / "states")
    to = {"null": "/dev/null", "journal": "journal"}
    outputs = [to[unit[name]] for name in ("StandardOutput", "StandardError")]
    shell = f'exec "$@" < /dev/null > {outputs[0]} 2> {tmp_path / outputs[1]}'
    port = free_port()
    with served_to(tmp_path / "states", port, shell, *arguments[2:]):
        opening = {"key": (tmp_path / "states" / "key").read_text(), "token": ALICE}
        origin = arguments[arguments.index("--public-url") + 1]
        page = Page(port, opening, origin)
        page.wait_for_text("epoch")
        page.tell(b"q")
        assert page.wait_for_end() == 1000
        (folder,) = (path for path in (tmp_path / "states").iterdir() if path.is_dir())
        shutil.rmtree(folder / "files")
        (folder / "files").symlink_to(tmp_path / "nowhere")
        page = Page(port, opening, origin)
        assert page.wait_for_end() == 4003
        assert not page.output
    assert "bptui serve: a session could not begin: " in (tmp_path / "journal").read_text()


def test_a_session_that_fails_before_its_screen_or_is_killed_says_so(tmp_path: Path) -> None:
    port, lesson = free_port(), tmp_path / "my-lesson.toml"
    call("lessons", "new", str(lesson))
    words = (f"--lessons={tmp_path}", "--lesson=my-lesson")
    with served_to(tmp_path / "states", port, f'exec "$@" 2> {tmp_path / "log"}', *words) as server:
        first = Page(port, {"key": "", "token": ALICE}, f"http://127.0.0.1:{port}")
        first.wait_for_text("my-lesson")
        lesson.unlink()
        second = Page(port, {"key": "", "token": BOB}, f"http://127.0.0.1:{port}")
        assert second.wait_for_end() == 4003
        assert not second.output
        os.kill(descendants(server.pid)[1], signal.SIGKILL)
        assert first.wait_for_end() == 4004
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert line.startswith("bptui serve: a session could not begin: bptui: error: ")
    assert "there is no lesson" in line


def test_a_fork_server_that_does_not_answer_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, port) as (server, key):
        pages = [Page(port, {"key": key, "token": ALICE}, f"http://127.0.0.1:{port}")]
        pages[0].wait_for_text("running")
        fork_server = descendants(server.pid)[0]
        os.kill(fork_server, signal.SIGSTOP)
        pages += [Page(port, {"key": key, "token": name}, f"http://127.0.0.1:{port}") for name in (BOB, BOB)]
        pages[0].tell(RIGHT.encode())
        pages[0].wait_for_text("‹0.2›")
        os.kill(fork_server, signal.SIGCONT)
        assert pages[1].wait_for_end() == 4001
        pages[2].wait_for_text("running")


@pytest.mark.parametrize("command", [("sleep", "60"), ("true",)])
def test_a_fork_server_that_does_not_answer_is_the_cause_in_the_error(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bptui.cli.web.fork_server.ANSWER_SECONDS", 0.01)
    fork_server = ForkServer(command)
    fork_server.start()
    with pytest.raises(OSError, match="does not answer"):
        asyncio.run(fork_server.begin(Path("x"), 0))
    assert fork_server._process is not None
    fork_server._process.kill()
    fork_server._process.wait()
    fork_server._socket.close()


def test_thirty_visits_need_no_more_files_than_one(tmp_path: Path) -> None:
    port = free_port()
    with served_to(tmp_path, port, 'ulimit -n 32; exec "$@"') as server:
        wait_until(lambda: descendants(server.pid), "the fork server")
        known = set(descendants(server.pid))
        for number in range(30):
            page = Page(port, {"key": "", "token": f"{number:032x}"}, f"http://127.0.0.1:{port}")
            wait_until(lambda: not known.issuperset(descendants(server.pid)), "the session")
            (session,) = set(descendants(server.pid)) - known
            os.kill(session, signal.SIGKILL)  # before it has spent its time on a screen
            known.add(session)
            assert page.wait_for_end() in (4003, 4004)


def test_the_folders_of_visitors_stay_within_a_bound_and_the_oldest_go_first(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "run").write_bytes(bytes(1_000_000))
        os.utime(tmp_path / str(number), (number, number))
    tidy(tmp_path, 3_100_000, {"1"})
    assert names(tmp_path) == ["1", "2", "3", "4"]
    tidy(tmp_path, 2_100_000, ())
    assert names(tmp_path) == ["3", "4"]


LOOPBACK = ("localhost", "127.0.0.1", "127.0.0.2", "[::1]")
ELSEWHERE = ("bptui.test", "192.0.2.1", "localhost.test")


@pytest.mark.parametrize("public", [None, *LOOPBACK, *ELSEWHERE])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "::1", "0.0.0.0", "::", "0"])
def test_only_a_server_for_this_machine_alone_needs_no_key(
    host: str, public: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_self: object, listener: socket.socket) -> Coroutine[object, object, None]:
        listener.close()
        return asyncio.sleep(0)

    monkeypatch.setattr("bptui.cli.web.server.WebServer.run", run)
    monkeypatch.setattr("gc.freeze", lambda: None)
    words = () if public is None else ("--public-url", f"http://{public}:8000")
    done = call("serve", "--host", host, f"--port={free_port()}", f"--state={tmp_path}", *words)
    if public is None and host in ("0.0.0.0", "::", "0", "127.1"):
        assert done.status == 2
        return
    is_local = host in ("127.0.0.1", "localhost", "127.1", "::1") and public in (None, *LOOPBACK)
    assert bool(done.out.strip().partition("/#")[2]) is not is_local


def test_the_origin_is_written_as_browsers_write_it() -> None:
    origin = "https://xn--bcher-kva.test"
    assert _public("https://B\u00fccher.TEST:443/bptui/") == (origin, "xn--bcher-kva.test", "/bptui")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--port", "65536"), "argument --port: must be"),
        (("--host", "0.0.0.0"), "argument --public-url: must be what visitors type"),
        (("--host", "a" * 60), "can't serve: "),
        (("--host", "0"), "argument --public-url: must be what visitors type"),
        *(
            (("--public-url", url), "such as https://bptui.example.org, got")
            for url in (
                *("ftp://x", "http://", "http://[::1", "http://x:99999", "http://x:0", "http://x:y"),
                *("http://a:b@x", "http://x?a", "http://x#a", "http://a..b", "http://a b", "http://0", "x"),
            )
        ),
        (("--data", "/etc/passwd"), "argument --data: not allowed with --restricted"),
        (("--plain",), "argument --web: needs --restricted, and a screen"),
        (("--lessons", "/nowhere"), "/nowhere"),
        (("--lesson", "nothing"), "there is no lesson"),
        (("--lesson", "hidden-units", "spiral"), "not allowed with a lesson"),
        (("--hiden", "3"), "unrecognized arguments: '--hiden'"),
        (("--state", "/dev/null/x"), "argument --state: /dev/null/x: not a directory"),
    ],
)
def test_bad_use_is_refused_in_one_line(arguments: tuple[str, ...], line: str) -> None:
    done = call("serve", *arguments)
    assert (done.status, done.out) == (2, "")
    assert line in done.complaint
