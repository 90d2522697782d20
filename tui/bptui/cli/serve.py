"""`bptui serve`: the screen in the browsers of visitors."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bpengine.wording import must_be
from bptui.cli import DONE, screen
from bptui.cli.parsing import BadUseError, Parser, add_folder, add_number, make_parser
from bptui.cli.screen_flags import restrictions_of
from bptui.process.restrictions import most_sessions
from bptui.session.autosave.paths import state_path

LOCAL, NOBODYS = ("127.0.0.1", "localhost"), (None, "0.0.0.0", "::")
"""Addresses of this machine alone, and those that no visitor can type."""
EXAMPLE = "https://bptui.example.org"


def parser() -> Parser:
    """Make the parser of `bptui serve`."""
    made = make_parser(
        "bptui serve",
        "[--port N] [--host ADDRESS] [--public-url URL] [words of bptui]",
        "Serve the screen to browsers: a restricted session for each visitor. The address is printed.",
        f"""examples:
  bptui serve                                            on this machine
  bptui serve --host 192.168.1.5 --lesson hidden-units   in a classroom, with a lesson
  bptui serve --public-url {EXAMPLE}     behind a proxy on this machine

docs/serving.md has the limits, and files for nginx and Caddy.
Exit status: 0 after ctrl+c or SIGTERM, 2 bad use.""",
    )
    made.keeps_words = True
    add_number(made, "--port", "the port (default: 8000)", 1, 65_535, 8000)
    made.add_argument("--host", default=LOCAL[0], help=f"the address to listen on (default: {LOCAL[0]})")
    made.add_argument("--public-url", metavar="URL", help="the address that visitors use, if it is another")
    add_number(made, "--sessions", "how many sessions there may be (default: by the machine)", 1, 10_000)
    add_folder(made, "--state", "where the state of each visitor is kept")
    add_folder(made, "--lessons", "a folder of further lessons")
    return made


def run(options: argparse.Namespace) -> int:
    """Serve until a signal comes; return the exit status."""
    try:
        from bptui.cli.web.server import WebServer
    except ModuleNotFoundError:
        raise BadUseError("needs the package websockets: pip install 'bptui[web]'") from None
    host, port, states = options.host, options.port, Path(options.state or state_path() / "served").absolute()
    url = urlsplit(options.public_url or f"http://{f'[{host}]' if ':' in host else host}:{port}")
    if url.scheme not in ("http", "https") or url.hostname in NOBODYS or url.query or url.fragment:
        typed = f"what visitors type, such as {EXAMPLE}"
        raise BadUseError(f"argument --public-url: {must_be(typed, url.geturl())}")
    words = ["--restricted", "--web", *options.words]
    words += [f"--lessons={options.lessons.absolute()}"] if options.lessons else []
    served = screen.parser().parse([*words, "--state", str(states)])
    restrictions_of(served)
    try:
        key = _key(states)
        screen.start_settings(served)  # raises what is wrong with the words
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
    except (OSError, ValueError) as error:
        raise BadUseError(f"can't serve: {error}") from None
    origins = [f"{url.scheme}://{url.netloc}"]
    if url.hostname in LOCAL:
        key = ""
        origins += [f"http://{local}:{port}" for local in LOCAL]
    command = (sys.executable, "-P", "-m", "bptui.cli.fork_server", *words)
    print(f"{url.geturl().rstrip('/')}/#{key}", flush=True)
    asyncio.run(WebServer(command, states, origins, key, options.sessions or most_sessions()).run(listener))
    return DONE


def _key(states: Path) -> str:
    """The key of this server, which stays the same so that links remain valid."""
    states.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = states / "key"
    path.touch(mode=0o600)
    path.write_text(path.read_text() or secrets.token_hex(16))
    return path.read_text()
