"""`bptui serve` for tests, and pages that show its sessions."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyte
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.tui.support.running import running
from tests.tui.support.terminal import DEADLINE, REQUEST, answer_to, wait_until

_KEPT: list[socket.socket] = []
"""Sockets that do not listen, so that the system gives their ports to nobody else while the tests run."""


def free_port() -> int:
    """A port on which only a server of these tests will listen."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # it does not stand in the server's way
    kept.bind(("127.0.0.1", 0))
    _KEPT.append(kept)
    return int(kept.getsockname()[1])


@contextlib.contextmanager
def served(state: Path, port: int, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Serve for a block, which gets the process and the key; the server says nothing but its address.

    Args:
        state: the folder of the states.
        port: the port.
        arguments: further arguments.
    """
    with running("serve", f"--port={port}", f"--state={state}", *arguments) as process:
        assert process.stdout is not None
        address, _, key = process.stdout.readline().decode().strip().partition("/#")
        assert address, process.stderr and process.stderr.read()
        yield process, key
        process.terminate()
        assert process.communicate(timeout=DEADLINE) == (b"", b"")
        assert process.returncode == 0


@contextlib.contextmanager
def served_to(state: Path, port: int, shell: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Serve for a block as a line of sh starts the server, in which "$@" is the command."""
    with running("serve", f"--port={port}", f"--state={state}", *arguments, shell=shell) as process:
        wait_until(lambda: is_reached(port), "the server")
        yield process
        process.terminate()
        process.wait(DEADLINE)


def is_reached(port: int) -> bool:
    """Whether a server listens."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Page:
    """A page with a terminal of 80 columns and 24 rows, but without a browser.

    Args:
        port: the port of the server.
        opening: the fields of the first message, such as the token of a session and the key of the server.
        origin: the address from which the page came; None for no page.

    Attributes:
        output: all bytes that the session has written.
        messages: all other messages.
    """

    def __init__(self, port: int, opening: object, origin: str | None = "http://bptui.test") -> None:
        self.output, self.messages = bytearray(), list[dict[str, Any]]()
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        connecting = connect(
            f"ws://127.0.0.1:{port}/socket",
            origin=None if origin is None else Origin(origin),
            max_size=None,
            proxy=None,
        )
        self.socket = contextlib.ExitStack().enter_context(connecting)
        self.tell(opening)

    def tell(self, fields: object) -> None:
        """Send a message with fields, or one with other content."""
        self.socket.send(fields if isinstance(fields, str | bytes) else json.dumps(fields))

    def pump(self, seconds: float = 0.05) -> None:
        """Wait for a moment for a message, and answer what the session asks the terminal."""
        with contextlib.suppress(TimeoutError):
            message = self.socket.recv(seconds)
            if isinstance(message, str):
                self.messages.append(json.loads(message))
                return
            self.output += message
            self._stream.feed(message)
            for request in REQUEST.finditer(message):
                self.socket.send(answer_to(request))

    def wait_for_text(self, text: str) -> None:
        """Show what comes until the text is on the screen.

        Raises:
            AssertionError: it was not within the deadline.
        """
        until = time.monotonic() + DEADLINE
        while text not in (shown := "\n".join(self._screen.display)):
            assert time.monotonic() < until, f"no {text!r} on the screen:\n{shown}"
            self.pump()

    def wait_for_message(self) -> dict[str, Any]:
        """Show what comes until there is a message that was not taken; take it."""
        until = time.monotonic() + DEADLINE
        while not self.messages:
            assert time.monotonic() < until, "no message"
            self.pump()
        return self.messages.pop(0)

    def wait_for_end(self) -> int:
        """Show what comes until the page is closed; return the code."""
        with contextlib.suppress(ConnectionClosed):
            until = time.monotonic() + DEADLINE
            while time.monotonic() < until:
                self.pump()
        assert self.socket.close_code is not None
        return self.socket.close_code


def download_in(output: bytearray) -> str:
    """The name of the last file that a session offers to its page."""
    return bytes(re.findall(rb"\x1b\]7348;download;([^\x07]*)\x07", output)[-1]).decode()
