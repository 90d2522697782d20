"""`bptui serve`: the screen in the browsers of visitors."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import socket
import sys
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bpengine.files import reason_of
from bpengine.many.jobs import processors
from bpengine.wording import must_be, printable_path
from bptui.cli import screen
from bptui.cli.files import bad_folder
from bptui.cli.parsing import BadUseError, Parser, add_number, make_parser
from bptui.kept.paths import state_path

PER_PROCESSOR, MEMORY = 30, 128 << 20
"""How many sessions a processor serves, and the memory of the machine that each needs, in bytes."""
LOCAL, EVERYWHERE = ("127.0.0.1", "localhost", "::1"), ("", "0.0.0.0", "::")


class _ServeParser(Parser):
    def parse(self, arguments: list[str]) -> argparse.Namespace:
        """Parse the arguments; `words` are those that the screens get, and that are checked as theirs."""
        options, words = self.parse_known_args(arguments)
        options.prog, options.words = self.prog, words
        return options


def parser() -> Parser:
    """Make the parser of `bptui serve`."""
    made = make_parser(
        "bptui serve",
        "[--port N] [--host ADDRESS] [--public-url URL] [words of bptui]",
        "Serve the screen to browsers: a restricted session for each visitor.",
        """The address is printed. Beyond this machine, it ends in a key, without which nobody gets a session.
The address that a browser then shows is that of the visitor's own session.

examples:
  bptui serve                                            on this machine
  bptui serve --host 192.168.1.5 --lesson hidden-units   in a classroom, with a lesson
  bptui serve --public-url https://bptui.example.org     behind a proxy on this machine

docs/serving.md has the limits, and files for nginx and Caddy.
Exit status: 0 after ctrl+c or SIGTERM, 2 bad use.""",
        kind=_ServeParser,
    )
    add_number(made, "--port", "the port; 0 takes a free one (default: 8000)", 0, 65_535, 8000)
    made.add_argument(
        "--host", default=LOCAL[0], metavar="ADDRESS", help="the address to listen on (default: 127.0.0.1)"
    )
    made.add_argument(
        "--public-url", metavar="URL", help="the address that visitors use, if it is another one"
    )
    most = f"{PER_PROCESSOR} for each processor, and one for each {MEMORY >> 20} MB of memory"
    add_number(made, "--sessions", f"how many sessions there may be (default: {most})", 1, 10_000)
    made.add_argument("--state", type=Path, metavar="DIR", help="where the state of each visitor is kept")
    made.add_argument(
        "--lessons", type=Path, metavar="DIR", help="a folder of lessons besides the shipped ones"
    )
    return made


def run(options: argparse.Namespace) -> int:
    """Serve until a signal comes; return the exit status."""
    try:
        from bptui.web.server import ServerSettings, WebServer
    except ModuleNotFoundError:
        raise BadUseError("needs the package websockets: pip install 'bptui[web]'") from None
    states = (options.state or state_path() / "served").absolute()
    words = options.words + ([f"--lessons={options.lessons.absolute()}"] if options.lessons else [])
    key = _key(states)
    screen.check_served([*words, "--state", str(states)])
    listener = _listener(options.host, options.port)
    port = listener.getsockname()[1]
    url = _url(options, port)
    is_local = url.hostname in LOCAL
    origins = [f"{url.scheme}://{url.netloc}"]
    if is_local:
        key = ""
        origins += [f"http://{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]")]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    settings = ServerSettings(
        command=(sys.executable, "-P", "-m", "bptui", "--restricted", "--web", *words, "--state"),
        states=states,
        origins=origins,
        key=key,
        most_sessions=options.sessions or min(PER_PROCESSOR * processors(), memory // MEMORY + 1),
    )
    print(f"{url.geturl()}/#{key}", flush=True)
    asyncio.run(WebServer(settings).run(listener))
    return 0


def _key(states: Path) -> str:
    """The key of this server, which stays the same so that links remain valid.

    Raises:
        BadUseError: it can't be kept.
    """
    path = states / "key"
    try:
        states.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        if not path.read_text():
            path.write_text(secrets.token_hex(16))
        return path.read_text()
    except (OSError, ValueError) as error:
        raise bad_folder(states, error) from None


def _listener(host: str, port: int) -> socket.socket:
    """A socket that waits for visitors.

    Raises:
        BadUseError: there can't be one at this address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise BadUseError(f"{printable_path(host)}, port {port}: {reason_of(error)}") from None
    except UnicodeError:
        raise BadUseError(f"argument --host: {must_be('an address or a name', host)}") from None


def _url(options: argparse.Namespace, port: int) -> SplitResult:
    """The address that visitors use.

    Raises:
        BadUseError: it is not known, or is none.
    """
    given, host = options.public_url, options.host
    if given is None and host in EVERYWHERE:
        raise BadUseError("argument --host: needs --public-url, which says what visitors type")
    url = urlsplit((given or f"http://{f'[{host}]' if ':' in host else host}:{port}").rstrip("/"))
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise BadUseError(f"argument --public-url: {must_be('such as https://bptui.example.org', given)}")
    return url
