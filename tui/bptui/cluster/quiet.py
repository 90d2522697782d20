"""Keeping Dask's log off the terminal, which may be showing a screen."""

from __future__ import annotations

import contextlib
import logging
import threading
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_dask() -> Iterator[None]:
    """Suppress Dask's log messages in this thread: exceptions report what matters.

    Dask's warning about other versions of libraries is turned off permanently: the test run decides.
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
