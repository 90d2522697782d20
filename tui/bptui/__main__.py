"""The command `bptui`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command line; return the exit status, and let no traceback reach a person.

    0 done, 1 diverged, 2 bad use, 130 on ctrl+c.
    """
    try:
        from bptui.cli import run

        status = run(sys.argv[1:])
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has had enough. Nothing is left to say, not even at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        print(f"bptui: error: {error.filename or 'standard output'}: {error.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
