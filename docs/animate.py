"""Several pictures as one that moves: `python docs/animate.py FRAME.svg ... > moving.svg`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

SECONDS = 0.7
"""For each frame; the last one stays three times as long."""
LAST = 3


def animated(frames: list[str]) -> str:
    """The frames, each shown for its time, again and again; the last one for who wants nothing to move."""
    beats = len(frames) - 1 + LAST
    box = re.search(r'viewBox="[^"]+"', frames[0])
    if box is None:
        raise ValueError("the first frame has no viewBox")
    layers = [
        f'<g class="frame" style="animation-delay: {number * SECONDS:.1f}s">{frame}</g>'
        for number, frame in enumerate(frames[:-1])
    ]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {box[0]}>
<style>
.frame {{ visibility: hidden; animation: frame {beats * SECONDS:.1f}s steps(1) infinite; }}
@keyframes frame {{ 0% {{ visibility: visible; }} {100 / beats:.3f}% {{ visibility: hidden; }} }}
@media (prefers-reduced-motion) {{ .frame {{ animation: none; }} }}
</style>
{frames[-1]}
{"".join(layers)}
</svg>
"""


if __name__ == "__main__":
    sys.stdout.write(animated([Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]]))
