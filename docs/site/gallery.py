"""Draw the pictures of the gallery and write its page: each picture is what the command below it writes."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent


class Entry(NamedTuple):
    """A picture."""

    name: str
    title: str
    text: str
    arguments: str


ENTRIES = (
    Entry("sine", "A sine", "Three hidden units, and the error of each epoch.", "regression --at 1000"),
    Entry("parts", "Its parts", "What each hidden unit adds to the fit.", "regression --at 1000 --press v"),
    Entry(
        "noisy", "Noise", "The same network, with noise on the targets.", "regression --noise 0.1 --at 1000"
    ),
    Entry("sinc", "A sinc", "Ripples that fade.", "regression --dataset sinc --at 200"),
    Entry("step", "A step", "A jump, which a network rounds off.", "regression --dataset step --at 200"),
    Entry("hills", "Hills", "Two inputs and one number: a landscape.", "regression --dataset hills --at 200"),
    Entry(
        "spiral",
        "A spiral",
        "Two classes that wind around each other.",
        "classification --dataset spiral --at 200",
    ),
    Entry("moons", "Moons", "Two crescents.", "classification --dataset moons --at 50"),
    Entry("blobs", "Blobs", "Three classes.", "classification --dataset blobs --at 50"),
    Entry(
        "starts",
        "Many starts",
        "The same settings from other random weights.",
        "regression --at 800 --press n",
    ),
    Entry(
        "map",
        "A map",
        "Two settings, and what each pair reaches.",
        "regression --at 0 --press M,right,down,down,down",
    ),
    Entry(
        "lesson",
        "A lesson",
        "A text beside the run, with goals and questions.",
        "regression --at 0 --press G,enter",
    ),
)


def write() -> None:
    """Write all pictures and the page."""
    pictures = FOLDER / "gallery"
    pictures.mkdir(exist_ok=True)
    lines = ["# Gallery", "", "Each picture is what its command writes, the same on every machine."]
    for name, title, text, arguments in ENTRIES:
        picture = str(pictures / f"{name}.svg")
        bptui = (sys.executable, "-m", "bptui", "snapshot")
        subprocess.run((*bptui, *shlex.split(arguments), "--output", picture), check=True)
        command = f"bptui snapshot {arguments} --output {name}.svg"
        lines += [
            "",
            f"## {title}",
            "",
            text,
            "",
            f"![{title}](gallery/{name}.svg)",
            "",
            "```sh",
            command,
            "```",
        ]
    (FOLDER / "gallery.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
