"""The signals that end a program, on the screen and in the dialogue."""

from __future__ import annotations

import signal

END_SIGNALS = (
    *(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGABRT, signal.SIGUSR1, signal.SIGUSR2),
    *(signal.SIGTERM, signal.SIGXCPU),
)
"""Signals that end a program which does not handle them. SIGALRM is another one; the dialogue uses it."""
