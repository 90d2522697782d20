"""Keeping Dask's log off the terminal, which may be showing a screen."""

from __future__ import annotations

import contextlib
import logging
import threading
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_dask() -> Iterator[None]:
    """Drop what Dask logs in this thread: what matters of it is told in exceptions.

    Its warning about other versions of libraries is dropped for good: a test run tells what matters.
    """
    from distributed.versions import VersionMismatchWarning

    warnings.simplefilter("ignore", VersionMismatchWarning)
    thread = threading.get_ident()
    handlers = logging.getLogger("distributed").handlers

    def is_from_elsewhere(record: logging.LogRecord) -> bool:
        return record.thread != thread

    for handler in handlers:
        handler.addFilter(is_from_elsewhere)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(is_from_elsewhere)
