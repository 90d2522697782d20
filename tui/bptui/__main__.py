"""The command `bptui`."""

from __future__ import annotations

import gc
import os
import sys

from bptui.process.preparation import begin_gc_pause, prepare_home
from bptui.process.streams import prepare_streams, prepare_width, print_error, redirect_to_null


def main() -> int:
    """Run the command line and return the exit status; errors are printed without a traceback.

    The status is 0 for success, 1 if the run diverged, 2 for bad use, and 130 after ctrl+c.
    """
    # NumPy's OpenBLAS would start a thread for each processor and reserve memory for it, though nothing here
    # multiplies matrices with it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    prepare_streams()
    prepare_width()
    note = prepare_home()
    if note:
        print_error(f"bptui: {note}")
    begin_gc_pause()
    try:
        from bptui.cli import run

        status = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has closed its end of the pipe. Python would try to flush the rest at exit.
        redirect_to_null(sys.stdout)
        return 0
    except OSError as error:
        redirect_to_null(sys.stdout)
        where = repr(str(error.filename)) if error.filename else "standard output"
        print_error(f"bptui: error: {where}: {error.strerror or error}")
        return 2
    except KeyboardInterrupt:
        redirect_to_null(sys.stdout)  # its reader may have stopped reading
        return 130
    finally:
        gc.enable()
    return status


if __name__ == "__main__":
    sys.exit(main())
