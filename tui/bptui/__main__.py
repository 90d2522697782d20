"""The command `bptui`."""

from __future__ import annotations

import gc
import sys

from bptui.cli.streams import complain, prepare, silence


def main() -> int:
    """Run the command line; return the exit status, and let no traceback reach a person.

    0 done, 1 diverged, 2 bad use, 130 on ctrl+c.
    """
    prepare()
    gc.disable()  # until what was asked for is loaded, see `bptui.startup.gc_pause`
    try:
        from bptui.cli import run

        status = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has had enough. Nothing is left to say, not even at the interpreter's end.
        silence(sys.stdout)
        return 0
    except OSError as error:
        silence(sys.stdout)
        where = repr(str(error.filename)) if error.filename else "standard output"
        complain(f"bptui: error: {where}: {error.strerror or error}")
        return 2
    except KeyboardInterrupt:
        silence(sys.stdout)  # its reader may have stalled
        return 130
    finally:
        gc.enable()
    return status


if __name__ == "__main__":
    sys.exit(main())
