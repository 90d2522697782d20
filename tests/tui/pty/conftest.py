"""What tests on a real terminal share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def remembering(state_home: Path) -> dict[str, str]:
    """The environment variable of a terminal whose state is kept."""
    return {"XDG_STATE_HOME": str(state_home)}
