"""Puts the manual pages that `make dist` has written into the wheel, so that `man bptui` finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPages(BuildHookInterface[Any]):
    """Adds the folder `man` to the files that an installation shares, if there is one: a clone has none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Called by hatchling before it builds."""
        if (Path(self.root) / "man").is_dir():
            build_data["shared_data"]["man"] = "share/man/man1"
