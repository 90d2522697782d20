"""Show one training step of the run, number by number: forward, loss, backward and update.

usage: bptui trace TASK|DATASET|FILE [settings] [--epoch N] [--sample N] [--format F] [--output FILE]

examples:
  bptui trace regression --hidden 2
  bptui trace regression --epoch 3 --sample 7
  bptui trace classification --optimizer adam --format markdown --output board.md
  bptui trace regression --epoch 3 --sample 7 --format json | jq .layers[0].delta

docs/tracing.md explains the formulas and the keys of the JSON object.
Exit status: 0 done, 1 diverged before or in that step, 2 bad use.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from bpengine import Dataset, Trace
from bpengine.network.optimizers import OPTIMIZERS
from bpengine.training.edits import edited_at
from bpengine.training.tracing import LayerTrace, Parameters
from bptui.cli.file_checks import write_output
from bptui.cli.flags import run_parser
from bptui.cli.formats import finite
from bptui.cli.inputs import begin, checked_inputs
from bptui.cli.parsing import Parser, add_choice, add_file
from bptui.cli.positions import add_position, train_to_position
from bptui.cli.worked_step import SHEETS, text_of_lines, worked_step


def parser() -> Parser:
    """Make the parser of `bptui trace`."""
    made = run_parser(__doc__)
    add_position(made, "of the step")
    group = made.add_argument_group("output")
    kinds = "text, markdown (with formulas in TeX) or json (full precision) (default: text)"
    add_choice(group, "--format", (*SHEETS, "json"), kinds, default="text")
    add_file(group, "--output", "write to a file instead of stdout")
    return made


def run(options: argparse.Namespace) -> int:
    """Write the derivation; return the exit status."""
    inputs = checked_inputs(options, {"--output": options.output})
    begin(inputs, options.prog)
    trainer = inputs.trainer()
    row = train_to_position(trainer, options)
    trace = trainer.trace()
    assert trace is not None, "the run is not finished"
    if options.format == "json":
        text = trace_json(trace, trainer.dataset, row)
    else:
        text = text_of_lines(worked_step(SHEETS[options.format], trace, trainer.dataset, row))
    if options.output is None:
        print(text)
    else:
        write_output(options.output, f"{text}\n")
    return 0


def trace_json(trace: Trace, dataset: Dataset, row: int) -> str:
    """Return the object as one line; docs/tracing.md describes its keys.

    Args:
        trace: the step.
        dataset: the training data.
        row: the index in the batch of the sample whose numbers are written.
    """
    content: dict[str, Any] = {
        "epoch": trace.epoch,
        "sample": trace.sample + row,
        "index": trace.indices[row],
        "inputs": trace.inputs[row].tolist(),
        "target": trace.targets[row].tolist(),
        "output": trace.outputs[row].tolist(),
        "loss": float(trace.losses[row]),
        "learning_rate": trace.learning_rate,
        "layers": [_layer(trace, layer, row) for layer in trace.layers],
    }
    if dataset.feature_map is not None:
        pairs = zip(dataset.features, trace.coordinates[row].tolist(), strict=True)
        content["features"], content["coordinates"] = list(dataset.input_names), dict(pairs)
    if trace.edits:
        content["edited"] = edited_at(trace.edits)
    if len(trace.indices) > 1:
        content["batch"] = {
            "sample": trace.sample,
            "indices": list(trace.indices),
            "mean_loss": trace.mean_loss,
        }
    if trace.config.clip > 0:
        content |= {"clip": trace.config.clip, "gradient_norm": trace.norm}
    return json.dumps(finite(content), allow_nan=False)


def _layer(trace: Trace, layer: LayerTrace, row: int) -> dict[str, Any]:
    content: dict[str, Any] = {
        "z": layer.z[row].tolist(),
        "a": layer.a[row].tolist(),
        **({"m": layer.mask[row].tolist()} if trace.has_dropout else {}),
        "delta": layer.delta[row].tolist(),
        **_parameters(layer.before),
        "gradient": _parameters(layer.gradient),
        "new": _parameters(layer.new),
    }
    names = [buffer.name for buffer in OPTIMIZERS[trace.config.optimizer].buffers]
    further = {
        "penalized_gradient": layer.penalized if trace.is_penalized else None,
        "clipped_gradient": layer.clipped if trace.config.clip > 0 else None,
        **dict(zip(names, layer.buffers, strict=True)),
        **dict(zip((f"new_{name}" for name in names), layer.new_buffers, strict=True)),
    }
    return content | {name: _parameters(arrays) for name, arrays in further.items() if arrays is not None}


def _parameters(parameters: Parameters) -> dict[str, Any]:
    return {"weights": parameters.weights.tolist(), "biases": parameters.biases.tolist()}
