"""Which packages and modules commands load."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.tui.support.terminal import DEADLINE

_SCRIPT = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from bptui.__main__ import main
packages = {}
for command in sys.argv[1:]:
    sys.argv = ["bptui", *command.split()]
    with suppress(SystemExit), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        main()
    packages[command] = sorted(sys.modules)
print(json.dumps(packages))
"""


def packages_after(*commands: str, said: str = "") -> dict[str, set[str]]:
    """The packages and modules that are loaded after each of these commands.

    All of them run in one process with this input and without a terminal, one after the other, since nothing
    is ever unloaded.
    """
    done = subprocess.run(
        (sys.executable, "-c", _SCRIPT, *commands),
        input=said,
        capture_output=True,
        text=True,
        timeout=2 * DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = {command: set(packages) for command, packages in json.loads(done.stdout).items()}
    assert all({"bptui", "argparse"} <= packages for packages in found.values())
    return found
