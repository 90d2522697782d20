"""Print which share of the lines of each folder the suite runs: `python -m tests.coverage FILE`."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path


def main(file: Path) -> None:
    """Print a line for each folder. The file is what coverage.py wrote as JSON."""
    lines: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, measured in json.loads(file.read_text())["files"].items():
        summary = measured["summary"]
        lines[str(Path(name).parent)][0] += summary["covered_lines"]
        lines[str(Path(name).parent)][1] += summary["num_statements"]
    for folder, (run, there) in sorted(lines.items()):
        print(f"{folder:<45}{run:>7} of {there:>6}{run / max(there, 1):>8.1%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
