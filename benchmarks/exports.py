"""Exports: how far random runs differ from `Trainer.predict` in each format, and how fast and small C is."""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.table import Table

from benchmarks.tables import skipped, table
from bpengine import Trainer, TrainingConfig, export
from bpengine.kernels import loading
from bpengine.training.predictions import network_outputs
from tests.engine.exported import WAYS, Way, difference, fresh_rows, random_run

RUNS = 200
ROWS = 100
CALLS = 2_000_000
SIZES = {
    "1-3-1 sine": TrainingConfig.defaults("regression", epochs=50),
    "2-6-2 grid": TrainingConfig.defaults("classification", epochs=50),
    "2-8-8-2 tanh": TrainingConfig.defaults(
        "classification", dataset="spiral", hidden_units=(8, 8), activation=("tanh",), epochs=50
    ),
    "2-8-8-2 relu": TrainingConfig.defaults(
        "classification", dataset="spiral", hidden_units=(8, 8), activation=("relu",), epochs=50
    ),
}
_DRIVER = """
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "model.h"

int main(int count, char **arguments)
{
    long calls = atol(arguments[1]), call;
    double in[] = {0.1, 0.2}, out[2], sum = 0;
    clock_t start = clock();

    for (call = 0; call < calls; call++) {
        in[0] = call % 100 * 0.01;
        sum += model_predict(in, out) + out[0];
    }
    printf("%g %g\\n", (double)(clock() - start) / CLOCKS_PER_SEC / calls * 1e9, sum + count);
    return 0;
}
"""


def is_there(way: Way) -> bool:
    """Whether what it needs is installed."""
    return not way.needs or bool(shutil.which(way.needs) or importlib.util.find_spec(way.needs))


def tables(runs: int = RUNS, calls: int = CALLS) -> Iterator[Table]:
    """The differences, and the time and the size of C.

    Args:
        runs: how many random runs are exported.
        calls: how often C predicts.
    """
    yield _differences(runs)
    if shutil.which("cc"):
        yield _costs(calls)


def _differences(runs: int) -> Table:
    ways = [way for way in WAYS if is_there(way)]
    worst, places = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0)
    over, bytes_of = dict.fromkeys(ways, 0), {way: list[int]() for way in ways}
    for seed in range(runs):
        trainer = random_run(seed)
        rows = fresh_rows(trainer, ROWS, seed)
        for way in ways:
            with tempfile.TemporaryDirectory() as folder:
                found = difference(trainer, way.predict(trainer, Path(folder), rows), rows)
                sources = [
                    path for path in Path(folder).iterdir() if path.suffix in (".py", ".c", ".onnx", ".json")
                ]
                bytes_of[way].append(sum(path.stat().st_size for path in sources))
            over[way] += not found <= way.allowed
            if found > worst[way]:
                worst[way], places[way] = found, seed
    cells: list[tuple[str, ...]] = [
        (
            way.name,
            f"{runs}",
            f"{runs * ROWS:,}",
            f"{worst[way]:.1e}",
            f"{places[way]}",
            f"{way.allowed:.0e}" if way.allowed else "0",
            f"{over[way]}",
            f"{statistics.median(bytes_of[way]) / 1000:.1f} kB",
        )
        for way in ways
    ]
    headings = ("to", "runs", "rows", "largest", "in run", "allowed", "over", "median size")
    cells += [skipped(way.name, "not installed", len(headings)) for way in WAYS if way not in ways]
    caption = (
        "A difference is one of probabilities, or relative to the answer or the deviation of the target."
    )
    return table("Exports beside Trainer.predict", caption, headings, cells)


def _costs(calls: int) -> Table:
    if loading.is_installed():
        loading.load_numba()
    rows = []
    for label, config in SIZES.items():
        trainer = Trainer(config)
        trainer.fit()
        in_c, size, source = _of_c(trainer, calls)
        many, one = _of_kernel(trainer)
        figures = (f"{each:,.0f} ns" for each in (in_c, many, one))
        rows.append((label, *figures, f"{size:,} B", f"{source / 1000:.1f} kB"))
    headings = (
        "network",
        "C",
        "kernel, 10,000 rows",
        "kernel, 1 row",
        "C: code, data",
        "source",
    )
    caption = (
        f"Time for a prediction by cc -O2, and by {'machine code' if loading.loaded() else 'NumPy'} in bptui."
    )
    return table("A prediction in C", caption, headings, rows)


def _of_c(trainer: Trainer, calls: int) -> tuple[float, int, int]:
    """The nanoseconds of a prediction, the bytes of the object, and those of the source."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export(trainer, "c", folder / "model.h")
        (folder / "driver.c").write_text(_DRIVER)
        (folder / "model.c").write_text('#define MODEL_CODE\n#include "model.h"\n')
        compile_all = ["cc", "-std=c99", "-O2", "model.c", "driver.c", "-o", "driver", "-lm"]
        subprocess.run(compile_all, cwd=folder, check=True)
        subprocess.run(["cc", "-std=c99", "-O2", "-c", "model.c"], cwd=folder, check=True)
        times = [
            float(
                subprocess.run(
                    [folder / "driver", str(calls)], capture_output=True, check=True
                ).stdout.split()[0]
            )
            for _ in range(3)
        ]
        sizes = subprocess.run(["size", "model.o"], cwd=folder, capture_output=True, text=True, check=True)
        code, data = sizes.stdout.splitlines()[1].split()[:2]
        return min(times), int(code) + int(data), (folder / "model.h").stat().st_size


def _of_kernel(trainer: Trainer) -> tuple[float, float]:
    """The nanoseconds of a prediction among many rows, and of one alone."""
    inputs = np.resize(trainer.dataset.inputs, (10_000, trainer.sizes[0]))
    found = []
    for rows, repeats in ((inputs, 20), (inputs[:1], 2000)):
        network_outputs(trainer.network, rows)
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            for _ in range(repeats):
                network_outputs(trainer.network, rows)
            best = min(best, (time.perf_counter() - start) / repeats / len(rows))
        found.append(best * 1e9)
    return found[0], found[1]
