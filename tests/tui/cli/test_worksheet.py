"""`bptui worksheet`: every blank can be worked out from what the sheet gives."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from bpengine import Task, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.checkpoint import save
from bptui.cli.worksheet import guidance_for
from bptui.session.worked_step.position import Guidance
from tests.tui.support.running import Done, call

BLANK = r"\underline{\qquad\qquad}"
Place = tuple[int, int, int | None]
"""Layer, unit and input, counted from 0; None for a bias."""


def number_in(tex: str) -> float:
    """The number that TeX spells."""
    return float(re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", tex))


def name_of(place: Place, new: str = "") -> str:
    """The symbol of a weight or bias."""
    layer, unit, source = place
    letter, indices = ("b", unit + 1) if source is None else ("W", f"{source + 1},{unit + 1}")
    return f"{letter}_{{{indices}}}^{{({layer + 1}){new}}}"


class Step:
    """A step of a sheet: what it gives, and its lines, to be read from top to bottom.

    Args:
        sheet: the step as it is on the sheet.
        solved: the same step in the solutions.
    """

    def __init__(self, sheet: str, solved: str) -> None:
        given, _, lines = sheet.partition("### Given")[2].partition("Forward:")
        parts = [
            {symbol: number_in(value) for symbol, value in re.findall(r"^- \$(.+?) = (.+)\$$", part, re.M)}
            for part in re.split(r"#### ", given)
        ]
        *self.samples, self.settings = parts[1:] if len(parts) > 1 else (parts[0], parts[0])
        self.tables: dict[str, Array] = {}
        for name, rows in re.findall(r"^\| (.+?) \|.*\n\| ---.*\n((?:\|.*\n)+)", given, re.M):
            values = np.array([[float(cell) for cell in row.split("|")[2:-1]] for row in rows.splitlines()])
            self.tables[name] = np.hstack([self.tables[name], values]) if name in self.tables else values
        self.depth = sum(name.startswith("W") for name in self.tables)
        answers = solved.partition("Forward:")[2]
        self._lines, self._answers = (
            iter(re.findall(r"^- \$(.+)\$$", text, re.M)) for text in (lines, answers)
        )
        self.blanks = 0

    def places(self, layer: int) -> Iterator[Place]:
        """The weights and biases of a layer in the order of the sheet."""
        inputs, units = self.tables[f"W, b of layer {layer + 1}"].shape
        yield from ((layer, *place) for place in product(range(units), (*range(inputs - 1), None)))

    def given(self, letters: str, place: Place) -> float:
        """A number of a table."""
        layer, unit, source = place
        return float(self.tables[f"{letters} of layer {layer + 1}"][-1 if source is None else source, unit])

    def fill(self, symbol: str, value: float) -> float:
        """Check the next number against the solution; return what a reader continues with.

        That is the number itself where the sheet has a blank, and otherwise the printed one.
        """
        line, answer = next(self._lines), next(self._answers)
        assert (line.split(" = ")[0], answer.split(" = ")[0]) == (symbol, symbol)
        printed = number_in(answer.split(" = ")[-1])
        is_blank = line.endswith(BLANK)
        unit = 10.0 ** (math.floor(math.log10(abs(printed))) - 4) if printed else 0.0
        assert abs(value - printed) <= unit * (1 + 1e-6), (line, value, answer)
        self.blanks += is_blank
        return float(value) if is_blank else printed

    def end(self) -> None:
        """Assert that nothing is left."""
        assert next(self._lines, None) is next(self._answers, None) is None


def solve(step: Step, task: Task) -> None:
    """Work the step out from what its sheet gives: sigmoid units in the first layer, tanh units in others."""
    depth, places = step.depth, [place for layer in range(step.depth) for place in step.places(layer)]
    w = {place: step.given("W, b", place) for place in places}
    units = [len({unit for _, unit, _ in step.places(layer)}) for layer in range(depth)]
    gradient = dict.fromkeys(places, 0.0)

    def fill_gradient(layer: int) -> None:
        for place in step.places(layer):
            symbol = rf"\frac{{\partial L}}{{\partial {name_of(place)}}}"
            gradient[place] = step.fill(symbol, gradient[place] / len(step.samples))

    for sample in step.samples:
        a = [[sample[symbol] for symbol in sorted(sample) if symbol.startswith("x")]]
        t = [sample[f"t_{{{k + 1}}}"] for k in range(units[-1])]
        for layer in range(depth):
            above, letters = (f"^{{({layer + 1})}}", "za") if layer < depth - 1 else ("", "uy")
            z = [
                sum(value * w[layer, j, i] for i, value in enumerate(a[-1])) + w[layer, j, None]
                for j in range(units[layer])
            ]
            z = [step.fill(f"{letters[0]}_{{{j + 1}}}{above}", value) for j, value in enumerate(z)]
            if layer < depth - 1:
                f = [math.tanh(each) if layer else 1 / (1 + math.exp(-each)) for each in z]
            else:
                f = z if task == "regression" else [math.exp(each) / sum(map(math.exp, z)) for each in z]
            a.append([step.fill(f"{letters[1]}_{{{j + 1}}}{above}", value) for j, value in enumerate(f)])
        pairs = list(zip(a[-1], t, strict=True))
        step.fill(
            "L",
            sum((y - t) ** 2 for y, t in pairs) / 2
            if task == "regression"
            else -sum(t * math.log(y + 1e-7) for y, t in pairs),
        )
        delta = [y - t for y, t in pairs]
        for layer in range(depth - 1, -1, -1):
            if layer < depth - 1:
                slopes = [1 - each**2 if layer else each * (1 - each) for each in a[layer + 1]]
                delta = [
                    sum(value * w[layer + 1, k, j] for k, value in enumerate(delta)) * slope
                    for j, slope in enumerate(slopes)
                ]
            above = f"^{{({layer + 1})}}"
            delta = [step.fill(rf"\delta_{{{j + 1}}}{above}", value) for j, value in enumerate(delta)]
            for place in step.places(layer):
                _, unit, source = place
                gradient[place] += delta[unit] * (1 if source is None else a[layer][source])
            if len(step.samples) == 1:
                fill_gradient(layer)
    if len(step.samples) > 1:
        for layer in range(depth - 1, -1, -1):
            fill_gradient(layer)
    _update(step, places, w, gradient)
    step.end()


def _update(step: Step, places: list[Place], w: dict[Place, float], g: dict[Place, float]) -> None:
    """Work out the update by sgd, momentum or adam."""
    settings = step.settings
    if r"\lambda_2" in settings:
        for place in places:
            if place[2] is not None:
                g[place] = step.fill(f"g({name_of(place)})", g[place] + settings[r"\lambda_2"] * w[place])
    if "c" in settings:
        norm = step.fill(r"\lVert g \rVert", math.hypot(*g.values()))
        if norm > settings["c"]:
            for place in places:
                clipped = g[place] * settings["c"] / norm
                g[place] = step.fill(rf"g_{{\text{{clip}}}}({name_of(place)})", clipped)
    mu, rho, count = settings.get(r"\mu", 0), settings.get(r"\rho", 0), settings.get("t", 0)
    new = r"^{\text{new}}"
    for place in places:
        change = g[place]
        if "v of layer 1" in step.tables:
            change = step.fill(f"v({name_of(place)}){new}", mu * step.given("v", place) + change)
        elif "m of layer 1" in step.tables:
            m = step.fill(f"m({name_of(place)}){new}", mu * step.given("m", place) + (1 - mu) * g[place])
            s = step.fill(
                f"s({name_of(place)}){new}", rho * step.given("s", place) + (1 - rho) * g[place] ** 2
            )
            size = math.sqrt(s / (1 - rho**count)) + settings[r"\varepsilon"]
            change = m / (1 - mu**count) / size
        step.fill(name_of(place, r",\text{new}"), w[place] - settings[r"\eta"] * change)


@pytest.mark.parametrize(
    ("task", "flags"),
    [
        ("regression", ""),
        ("regression", "--optimizer adam --batch-size 2 --hidden 3,2 --activation sigmoid,tanh"),
        ("regression", "--hidden 8 --optimizer momentum --epoch 300"),
        ("classification", "--batch-size 3 --l2 0.1 --clip 0.01"),
        ("classification", "--learning-rate 3 --epoch 60"),
    ],
)
def test_every_blank_can_be_worked_out_from_what_the_sheet_gives(
    task: Task, flags: str, tmp_path: Path
) -> None:
    sheet, key = tmp_path / "sheet.md", tmp_path / "key.md"
    files = ("--output", str(sheet), "--solutions", str(key))
    assert call("worksheet", task, *flags.split(), "--steps", "6", *files) == Done(0, "", "")
    steps = zip(*(path.read_text(encoding="utf-8").split("\n## ")[1:] for path in (sheet, key)), strict=True)
    blanks = []
    for number, (blank, solved) in enumerate(steps):
        step = Step(blank, solved)
        if guidance_for(number, 6) is not Guidance.WORKED:
            solve(step, task)
            blanks.append(step.blanks)
    assert blanks[0] == blanks[1] < blanks[2] == blanks[3]


def test_a_worksheet_gives_the_values_that_are_frozen(tmp_path: Path) -> None:
    path, sheet = tmp_path / "run.json", tmp_path / "sheet.md"
    trainer = Trainer(TrainingConfig.defaults("regression", hidden_units=2, epochs=9))
    trainer.freeze(0, 1)
    save(trainer, path)
    assert call("worksheet", "--resume", str(path), "--steps", "3", "--output", str(sheet)).status == 0
    last = sheet.read_text(encoding="utf-8").split("\n## ")[-1]
    assert r"- $W_{1,1}^{(1),\text{new}} = \underline" in last
    assert r"- $W_{1,2}^{(1),\text{new}} = W_{1,2}^{(1)} = " in last


def test_a_worksheet_of_a_network_that_is_too_large_is_refused(tmp_path: Path) -> None:
    for flags in ("--batch-size 8", "--batch-size 0", "--hidden 13"):
        done = call("worksheet", "regression", *flags.split(), "--output", str(tmp_path / "sheet.md"))
        assert done.status == 2
        told = (
            "a worksheet has at most 12 inputs, units or outputs in a layer and at most 7 samples in a batch"
        )
        assert told in done.complaint
    assert not list(tmp_path.iterdir())


def test_a_worksheet_fades_and_its_solutions_do_not(tmp_path: Path) -> None:
    sheet, key = tmp_path / "sheet.md", tmp_path / "key.md"
    files = ("--output", str(sheet), "--solutions", str(key))
    assert call("worksheet", "regression", "--hidden", "2", "--steps", "6", *files) == Done(0, "", "")
    steps = sheet.read_text(encoding="utf-8").split("\n## ")[1:]
    solved = key.read_text(encoding="utf-8").split("\n## ")[1:]
    kinds = ["worked", "worked", "half worked", "half worked", "all yours", "all yours"]
    assert [step.splitlines()[0] for step in steps] == [
        f"Epoch 0, sample {number} ({kind})" for number, kind in enumerate(kinds)
    ]
    blanks = [step.count(r"\underline") for step in steps]
    # Up to the loss there are 7 numbers, from there to the new weights 3 + 7 + 7.
    assert blanks == [0, 0, 17, 17, 24, 24]
    assert "underline" not in key.read_text(encoding="utf-8")
    for blank, full in zip(steps, solved, strict=True):
        answers = iter(full.splitlines())
        for line in blank.splitlines()[1:]:
            known = line.partition(r" = \underline")[0].rstrip("$")
            assert any(answer.startswith(known) for answer in answers), line
    assert [guidance_for(step, 3) for step in range(3)] == [Guidance.WORKED, Guidance.HALF, Guidance.NONE]
    assert [guidance_for(step, 1) for step in range(1)] == [Guidance.WORKED]
    assert [guidance_for(step, 4) for step in range(4)] == [
        Guidance.WORKED,
        Guidance.WORKED,
        Guidance.HALF,
        Guidance.NONE,
    ]
