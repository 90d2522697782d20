"""Serve the screen to browsers: a restricted session for each visitor. The address is printed.

usage: bptui serve [--port N] [--host ADDRESS] [--public-url URL] [words of bptui]

examples:
  bptui serve                                            on this machine
  bptui serve --host 192.168.1.5 --lesson hidden-units   in a classroom, with a lesson
  bptui serve --public-url {example}     behind a proxy on this machine

docs/serving.md has the limits, and files for nginx and Caddy.
Exit status: 0 after ctrl+c or SIGTERM, 2 bad use.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import secrets
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bptui.cli import DONE, screen
from bptui.cli.parsing import BadUseError, Parser, add_folder, add_number, make_parser
from bptui.cli.screen_flags import restrictions_of, state_folder
from bptui.process.preparation import end_gc_pause
from bptui.process.restrictions import most_sessions
from bptui.process.streams import redirect_to_null
from bptui.session.autosave.paths import state_path
from bpwords import must_be

LOCAL, NOBODYS = ("127.0.0.1", "localhost"), ("0.0.0.0", "::")
"""Addresses of this machine alone, and those that no visitor can type."""
EXAMPLE = "https://bptui.example.org"
_PORTS = {"http": 80, "https": 443}
"""The ports that browsers leave out."""
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")


def parser() -> Parser:
    """Make the parser of `bptui serve`."""
    made = make_parser((__doc__ or "").format(example=EXAMPLE))
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
    typed = options.public_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        origin, public_host, folder = _public(typed)
    except ValueError:
        allowed = f"what visitors type, such as {EXAMPLE}"
        raise BadUseError(f"argument --public-url: {must_be(allowed, typed)}") from None
    words = ["--restricted", "--web", *options.words]
    words += [f"--lessons={options.lessons.absolute()}"] if options.lessons else []
    served = screen.parser().parse([*words, "--state", str(states)])
    restrictions_of(served)
    state_folder(served)
    try:
        key = _key(states)
        screen.start_settings(served)  # raises what is wrong with the words
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
    except (OSError, ValueError) as error:
        raise BadUseError(f"can't serve: {error}") from None
    origins = [origin]
    if _is_loopback(public_host) and _is_loopback(listener.getsockname()[0]):  # nobody else gets here
        key = ""
        origins += [f"http://{local}:{port}" for local in LOCAL]
    command = (sys.executable, "-P", "-m", "bptui.cli.fork_server", *words)
    try:
        print(f"{origin}{folder}/#{key}", flush=True)
    except OSError:  # nobody reads it; the state folder has the key
        redirect_to_null(sys.stdout)
    end_gc_pause()  # connections that have ended are garbage
    asyncio.run(WebServer(command, states, origins, key, options.sessions or most_sessions()).run(listener))
    return DONE


def _public(typed: str) -> tuple[str, str, str]:
    """The origin of an address as browsers write it, its host, and its folder.

    Raises:
        ValueError: visitors can't type the address.
    """
    url = urlsplit(typed)
    host = (url.hostname or "").encode("idna").decode()
    if ":" in host or host.replace(".", "").isdigit():
        host = str(ip_address(host))
    elif not _HOST.fullmatch(host):
        raise ValueError
    others = url.username, url.password, url.query, url.fragment
    if url.scheme not in _PORTS or host in NOBODYS or any(others) or url.port == 0 or not typed.isprintable():
        raise ValueError
    port = "" if url.port in (None, _PORTS[url.scheme]) else f":{url.port}"
    return f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}", host, url.path.rstrip("/")


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):  # it is a name
        return ip_address(host).is_loopback
    return host == "localhost"


def _key(states: Path) -> str:
    """The key of this server, which stays the same so that links remain valid."""
    path = states / "key"
    path.touch(mode=0o600)
    path.write_text(path.read_text() or secrets.token_hex(16))
    return path.read_text()
