"""A search path that holds in every folder, since tests start processes in folders of their own."""

from __future__ import annotations

import os
from pathlib import Path

if "PYTHONPATH" in os.environ:
    parts = os.environ["PYTHONPATH"].split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(str(Path(part).absolute()) for part in parts)
