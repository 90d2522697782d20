"""The commands of a session by their names, as the table of commands has them."""

from __future__ import annotations

from collections.abc import Callable

from bptui.session.session import Session


def session_command(session: Session, name: str) -> Callable[..., None]:
    """The command of a session that has this name in the table, such as undo."""
    command: Callable[..., None] = getattr(session, name)
    return command
