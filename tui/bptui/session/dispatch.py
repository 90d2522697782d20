"""Commands of a session by their names, as the table of commands has them."""

from __future__ import annotations

from bptui.session.session import Session


def do_named(session: Session, name: str, *arguments: object) -> None:
    """Run the command of a session that has this name, such as undo."""
    getattr(session, name)(*arguments)
