"""Write a picture of the screen of `bptui attach`: a training that was changed, and has returned to a state.

Usage: python docs/steered.py COLUMNSxROWS FILE [KEY ...]
"""

import asyncio
import os
import sys
import tempfile
import threading
from pathlib import Path

import bpsteer
from bpengine import Trainer, TrainingConfig
from bpengine.checkpoint import from_bytes, to_bytes
from bptui.screen.terminal.textual_internals import screen_strips, until_idle
from bptui.session.saving.pictures.formats import picture_of
from bptui.steering.app import SteerApp
from bptui.steering.client import Client
from bptui.steering.runs import find

REQUESTS = (
    ("step", {"count": 45}),
    ("save", {}),
    ("set", {"name": "learning rate", "value": 1.0}),
    ("step", {"count": 90}),
    ("back", {"step": 45}),
    ("set", {"name": "learning rate", "value": 0.05}),
    ("step", {"count": 155}),
)
"""What the viewer of the training asks for: a rate that is too high, the way back, and a lower one."""

settings = {
    "hidden_units": (8, 8),
    "activation": "tanh",
    "init_scale": 0.5,
    "seed": 1,
    "epochs": 1000,
}
config = TrainingConfig.defaults(
    "classification", dataset="spiral", learning_rate=0.1, test_share=0.3, **settings
)
trainer = Trainer(config, kernel="auto")


def number(label, name, **limits):
    """A setting of the run."""

    def change(value):
        trainer.reconfigure(trainer.config.replace(**{name: value}))

    return bpsteer.number(label, lambda: getattr(trainer.config, name), change, **limits)


def train(run):
    """Train a step an epoch, as far as the viewer wants."""
    with run:
        for _ in run.steps(1000):
            record = trainer.run_epoch()
            test = trainer.test_metrics()
            run.report(loss=record.error, accuracy=trainer.metrics().accuracy)
            run.report(test_loss=record.test_error, test_accuracy=test.accuracy)


async def draw(size, keys):
    """The rows of the screen after these keys."""
    app = SteerApp(find("spirals"))
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        while len(app.view.metrics) < 4 or app.view.snapshot.status.branch != 1:
            await asyncio.sleep(0.01)
        for key in keys:
            await pilot.press(key)
            await until_idle(app)
        await until_idle(app)
        return screen_strips(app)


size, path, *keys = sys.argv[1:]
with tempfile.TemporaryDirectory(prefix="bptui-") as folder:
    os.environ |= {"XDG_STATE_HOME": folder, "XDG_RUNTIME_DIR": folder}
    rates = [
        number("learning rate", "learning_rate", low=1e-6, high=10, log=True),
        number("momentum", "momentum", low=0, high=0.99),
        number("L2 penalty", "l2", low=0, high=1, log=True),
    ]
    steered = bpsteer.start(
        "spirals",
        rates,
        lambda: to_bytes(trainer.run_state()),
        lambda data: trainer.restore(from_bytes(data)),
        paused=True,
        state_seconds=None,
        state_steps=50,
    )
    thread = threading.Thread(target=train, args=(steered,))
    thread.start()
    with Client(find("spirals").socket) as client:
        for verb, fields in REQUESTS:
            client.ask(verb, 1e9, **fields)
        rows = asyncio.run(draw(tuple(map(int, size.split("x"))), keys))
        client.ask("stop", 1e9)
    thread.join()
Path(path).write_text(picture_of(rows, Path(path).suffix))
