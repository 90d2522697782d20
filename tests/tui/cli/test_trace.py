"""`bptui trace`, `worksheet` and `gradcheck`: derivations in each format, against plain NumPy."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import Task, TrainingConfig, make_dataset
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.checkpoint import load, save
from bpengine.network.activations import ACTIVATIONS
from tests.tui.support.running import Done, call, names
from tests.tui.support.terminal import bptui

PAGE = Path(__file__).parents[3] / "docs" / "tracing.md"
KEYS = ["epoch", "sample", "index", "inputs", "target", "output", "loss", "learning_rate", "layers"]
LAYER_KEYS = ["z", "a", "delta", "weights", "biases", "gradient", "new"]


def traced(*arguments: str) -> dict[str, Any]:
    done = call("trace", *arguments, "--format", "json")
    assert (done.status, done.err, len(done.lines)) == (0, "", 1)
    content: dict[str, Any] = json.loads(done.out)
    return content


class Plain:
    """A run with sigmoids and momentum in plain NumPy, which shares only the samples with the engine."""

    def __init__(self, task: Task, hidden: tuple[int, ...], batch: int, momentum: float) -> None:
        data = make_dataset(TrainingConfig.defaults(task))
        self.task, self.batch, self.momentum = task, batch, momentum
        self.inputs, self.targets = data.inputs, data.targets
        self.random = np.random.RandomState(0)
        sizes = (self.inputs.shape[1], *hidden, self.targets.shape[1])
        self.layers: list[tuple[Array, Array]] = []
        for below, units in pairwise(sizes):
            weights = 0.5 * self.random.standard_normal((below, units))
            self.layers.append((weights, 0.5 * self.random.standard_normal(units)))
        self.velocity = [(np.zeros_like(w), np.zeros_like(b)) for w, b in self.layers]

    def step_to(self, epoch: int, sample: int) -> dict[str, Any]:
        """Train up to the step of this sample, and return what belongs to the step."""
        for number in range(epoch + 1):
            order = np.arange(len(self.inputs))
            self.random.shuffle(order)
            for start in range(0, len(order), self.batch):
                step = self.step(order[start : start + self.batch])
                if number == epoch and start <= sample < start + self.batch:
                    return step
        raise AssertionError

    def step(self, batch: IntArray) -> dict[str, Any]:
        x, t = self.inputs[batch], self.targets[batch]
        z: list[Array] = []
        a = [x]
        for w, b in self.layers:
            z.append(a[-1] @ w + b)
            a.append(1 / (1 + np.exp(-z[-1])))
        y = z[-1]
        if self.task == "classification":
            y = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
        a[-1] = y
        deltas = [y - t]
        for layer in range(len(self.layers) - 1, 0, -1):
            deltas.insert(0, deltas[0] @ self.layers[layer][0].T * a[layer] * (1 - a[layer]))
        before, velocity = list(self.layers), list(self.velocity)
        size = len(batch)
        gradients = [
            (below.T @ delta / size, delta.mean(axis=0)) for below, delta in zip(a, deltas, strict=False)
        ]
        for layer, (gw, gb) in enumerate(gradients):
            (w, b), (vw, vb) = self.layers[layer], self.velocity[layer]
            self.velocity[layer] = (self.momentum * vw + gw, self.momentum * vb + gb)
            self.layers[layer] = (w - 0.1 * self.velocity[layer][0], b - 0.1 * self.velocity[layer][1])
        new, new_velocity = list(self.layers), list(self.velocity)
        return locals()


@pytest.mark.parametrize(
    ("task", "hidden", "batch", "momentum", "epoch", "sample"),
    [
        ("regression", (3,), 1, 0.0, 3, 7),
        ("regression", (3, 2), 5, 0.9, 2, 62),
        ("classification", (2, 3), 4, 0.9, 1, 5),
    ],
)
def test_a_trace_in_json_has_the_numbers_of_an_independent_calculation(
    task: Task, hidden: tuple[int, ...], batch: int, momentum: float, epoch: int, sample: int
) -> None:
    optimizer = "momentum" if momentum else "sgd"
    found = traced(
        *(task, "--hidden", ",".join(map(str, hidden)), "--batch-size", str(batch), "--optimizer", optimizer),
        *("--init-scale", "0.5", "--epoch", str(epoch), "--sample", str(sample)),
    )
    step = Plain(task, hidden, batch, momentum).step_to(epoch, sample)
    row, position = sample % batch, sample - sample % batch
    further = [*(["batch"] if batch > 1 else [])]
    assert list(found) == KEYS + further
    assert (found["epoch"], found["sample"], found["index"]) == (epoch, sample, step["batch"][row])
    assert found["learning_rate"] == 0.1

    def check(name: str, number: Any, expected: Array) -> None:
        assert np.shape(number) == np.shape(expected), name
        np.testing.assert_allclose(number, expected, rtol=1e-9, atol=1e-13, err_msg=name)

    t, y = step["t"], step["y"]
    losses = ((y - t) ** 2).sum(axis=1) / 2
    if task == "classification":
        losses = -(t * np.log(y + 1e-7)).sum(axis=1)
    for name, expected in (("inputs", step["x"]), ("target", t), ("output", y), ("loss", losses)):
        check(name, found[name], expected[row])
    if batch > 1:
        assert (found["batch"]["sample"], found["batch"]["indices"]) == (position, step["batch"].tolist())
        check("mean loss", found["batch"]["mean_loss"], losses.mean())
    buffers = ["first_moment", "new_first_moment"] if momentum else []
    for index, layer in enumerate(found["layers"]):
        assert list(layer) == LAYER_KEYS + buffers
        for name, values in (("z", step["z"]), ("a", step["a"][1:]), ("delta", step["deltas"])):
            check(name, layer[name], values[index][row])
        pairs = [(layer, "before"), (layer["gradient"], "gradients"), (layer["new"], "new")]
        pairs += [(layer[name], of) for name, of in zip(buffers, ("velocity", "new_velocity"), strict=False)]
        for part, name in pairs:
            check(name, part["weights"], step[name][index][0])
            check(name, part["biases"], step[name][index][1])


def test_a_trace_in_json_shows_penalties_and_clipping_where_they_apply() -> None:
    found = traced("regression", "--l2", "0.1", "--clip", "0.01", "--optimizer", "adam", "--hidden", "2")
    assert list(found) == [*KEYS, "clip", "gradient_norm"]
    buffers = ["first_moment", "second_moment", "new_first_moment", "new_second_moment"]
    norm = 0.0
    for layer in found["layers"]:
        assert list(layer) == [*LAYER_KEYS, "penalized_gradient", "clipped_gradient", *buffers]
        weights, penalized = np.array(layer["weights"]), np.array(layer["penalized_gradient"]["weights"])
        expected = np.array(layer["gradient"]["weights"]) + 0.1 * weights
        np.testing.assert_allclose(penalized, expected, rtol=1e-12)
        assert layer["penalized_gradient"]["biases"] == layer["gradient"]["biases"]
        clipped = np.array(layer["clipped_gradient"]["weights"])
        np.testing.assert_allclose(clipped, penalized * 0.01 / found["gradient_norm"], rtol=1e-12)
        norm += (penalized**2).sum() + (np.array(layer["penalized_gradient"]["biases"]) ** 2).sum()
    assert found["gradient_norm"] == pytest.approx(norm**0.5)


def test_a_trace_names_the_penalty_that_is_on() -> None:
    lines = call("trace", "regression", "--hidden=1", "--l1=0.02").lines
    assert [line.strip() for line in lines if line.startswith(("  l1 =", "  l2 ="))] == ["l1 = 0.02"]


def test_a_derivation_is_written_as_text_and_as_markdown(tmp_path: Path) -> None:
    arguments = ("trace", "classification", "--hidden", "2", "--epoch", "3", "--sample", "7")
    text = call(*arguments)
    assert (text.status, text.err) == (0, "")
    assert max(map(len, text.lines)) <= 120
    assert "Epoch 3, sample 7" in text.lines
    assert text.out.isascii()
    found = traced(*arguments[1:])
    hidden = found["layers"][0]
    sums = re.search(r"  z1\[2\] = x\[1\](?:.|\n   )* = (\S+)\n", text.out)
    assert sums
    assert sums[1] == f"{hidden['z'][1]:.5g}"
    assert "  delta1[2] = (delta2[1] W2[2,1] + delta2[2] W2[2,2]) a1[2] (1 - a1[2])" in text.lines
    assert f"falls from {found['loss']:.5g} to " in text.out
    path = tmp_path / "board.md"
    assert call(*arguments, "--format", "markdown", "--output", str(path)) == Done(0, "", "")
    markdown = path.read_text(encoding="utf-8")
    assert r"- $\delta_{1}^{(2)} = y_{1} - t_{1} = " in markdown
    equations = [line for line in markdown.splitlines() if "$" in line]
    assert all(line.startswith("- $") and line.endswith("$") and line.count("$") == 2 for line in equations)
    assert len(equations) > 30


def test_a_large_network_is_shown_in_part() -> None:
    done = call("trace", "regression", "--hidden", "100,100", "--batch-size", "0", "--clip", "1")
    assert done.status == 0
    assert "At most 12 units and inputs of a layer are shown; the network has 10401 parameters." in done.out
    assert "z2[12] = a1[1] W2[1,12] + a1[2] W2[2,12]" in done.out
    assert "z2[13]" not in done.out
    assert max(map(len, done.lines)) < 300


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("trace regression --epoch 2001", "argument --epoch: must be an epoch from 0 to 2000, got '2001'"),
        ("trace regression --epoch -1", "argument --epoch: "),
        ("trace regression --epoch x", "argument --epoch: must be a whole number from 0 on, got 'x'"),
        ("trace regression --sample 63", "argument --sample: must be a position from 0 to 62, got '63'"),
        ("trace regression --sample ²", "argument --sample: must be a whole number from 0 on, got '²'"),
        ("trace regression --target-error 0.2 --epoch 99", "the run ends after 12 epochs (target error)"),
        ("trace regression --format xml", "argument --format: must be text, markdown or json, got 'xml'"),
        ("trace", "TASK|DATASET|FILE"),
        ("trace regression --output missing/x.md", "argument --output: missing/x.md: can't be written"),
        (
            "gradcheck regression --epoch 2001",
            "argument --epoch: must be an epoch from 0 to 2000, got '2001'",
        ),
        ("worksheet regression", "--output"),
        (
            "worksheet regression --output x.md --steps 0",
            "argument --steps: must be a whole number from 1 to 100, got '0'",
        ),
        ("worksheet regression --output x.md --solutions x.md", "is also the file of --output"),
        (
            "worksheet regression --output x.md --epochs 1 --sample 60",
            "--steps: the run has only 3 more, got '6'",
        ),
        ("worksheet regression --output x.md --solutions missing/x.md", "argument --solutions: "),
    ],
)
def test_bad_use_of_trace_is_refused_in_one_line(
    arguments: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*arguments.split())
    assert (done.status, done.out) == (2, "")
    assert told in done.complaint
    assert not list(tmp_path.iterdir())


def test_the_examples_of_the_page_print_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```sh\nbptui (.*)\n```(?:\n\n```text\n((?:.*\n)*?)```)?", PAGE.read_text("utf-8"))
    assert [command.split()[0] for command, _ in examples] == ["trace", "worksheet", "gradcheck"]
    for command, output in examples:
        done = call(*command.split())
        assert (done.status, done.err) == (0, "")
        printed = iter(done.lines)
        for line in output.splitlines():
            assert line in printed, f"{line} is missing or in another order"
    assert names(tmp_path) == ["key.md", "sheet.md"]


def test_a_trace_of_a_step_that_diverges_says_so(tmp_path: Path) -> None:
    wild = ("regression", "--learning-rate", "1000", "--activation", "identity", "--epoch", "50")
    for command in (("trace",), ("gradcheck",), ("worksheet", "--output", str(tmp_path / "x.md"))):
        done = call(*command, *wild)
        assert (done.status, done.out) == (1, "")
        assert done.complaint.startswith(f"bptui {command[0]}: diverged in epoch ")


def test_a_check_of_zeros_or_at_a_corner_says_that_it_proves_nothing() -> None:
    command = ("gradcheck", "regression", "--activation", "relu")
    for settings, results, told in (
        ((), "agrees agrees both 0 agrees agrees both 0 agrees agrees both 0 agrees", "3 with 0 both ways"),
        (
            ("--init-scale", "0"),
            "corner " * 6 + "both 0 " * 3 + "agrees",
            "3 with 0 both ways, 6 at a corner",
        ),
        (("--initializer", "he"), " ".join(["agrees"] * 10), ""),
    ):
        done = call(*command, *settings)
        assert done.status == 0
        assert " ".join(line.split("\t")[-1] for line in done.lines) == results
        assert (f"({told}" in done.complaint) if told else not done.err
        assert "-0" not in done.out.split("\t"), "a zero has no sign"


def test_a_trace_begins_where_a_resumed_run_is(tmp_path: Path) -> None:
    path = str(tmp_path / "run.bptui")
    settings = ("regression", "--optimizer", "adam", "--batch-size", "4")
    assert call("train", *settings, "--epochs", "5", "--save", path).status == 0
    resumed = ("--resume", path, "--epochs", "9")
    assert traced(*resumed) == traced(*settings, "--epoch", "5")
    assert traced(*resumed, "--epoch", "7", "--sample", "62") == traced(
        *settings, "--epoch", "7", "--sample", "62"
    )
    trainer = load(Path(path))
    trainer.freeze(0, 1)
    trainer.knock_out(0, 2)
    save(trainer, Path(path))
    edited = traced(*resumed)
    assert edited.pop("edited") == "edited 2 times from epoch 5 on"
    hidden = edited["layers"][0]
    assert hidden["new"]["biases"][1:] == hidden["biases"][1:]
    told = "The run was edited 2 times from epoch 5 on. Knocked out, so that their outgoing weights are 0:"
    assert f"{told} unit 3 of layer 1." in " ".join(call("trace", *resumed).out.split())
    assert "from 5 to 8, got '4'" in call("trace", *resumed, "--epoch", "4").complaint
    assert "the run has ended after 5 epochs" in call("trace", "--resume", path).complaint


def test_the_gradient_check_is_a_table_in_a_pipe_and_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    done = call("gradcheck", "classification", "--hidden", "2", "--epoch", "1")
    assert (done.status, done.err) == (0, "")
    rows = [line.split("\t") for line in done.lines]
    assert [row[0] for row in rows[:3]] == ["W1[1,1]", "W1[1,2]", "W1[2,1]"]
    assert len(rows) == 6 + 6
    assert {row[-1] for row in rows} == {"agrees"}
    assert all(float(row[1]) == pytest.approx(float(row[2]), rel=1e-5) for row in rows)
    with bptui("gradcheck", "regression") as terminal:
        assert terminal.wait_for_exit() == 0
        assert "relative error" in terminal.text

    def without_slope(z: Array, out: Array) -> None:
        right.function(z, out)
        z[:] = 1.0

    right = ACTIVATIONS["sigmoid"]
    wrong = replace(right, function=without_slope)
    monkeypatch.setitem(ACTIVATIONS, "sigmoid", wrong)
    monkeypatch.setattr("bpengine.kernels.loading._result", None)  # machine code would not know it
    done = call("gradcheck", "regression", "--init-scale", "1")
    assert done.status == 1
    assert (
        done.complaint
        == "bptui gradcheck: 6 of 10 derivatives disagree with central differences, first W1[1,1]"
    )
    assert [line.split("\t")[-1] for line in done.lines] == ["disagrees"] * 6 + ["agrees"] * 4
