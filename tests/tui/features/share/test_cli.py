"""What `bptui share` writes: a page and a moving picture of a run, with nothing from elsewhere."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bpengine import Dataset, Trainer, TrainingConfig, save
from tests.tui.support.running import Done, run

HOSTILE = "{{FRAMES}}<script>alert(1)</script>"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose learning rate was changed after ten epochs, on samples with a hostile name."""
    data = Dataset.from_arrays([0.0, 1.0, 2.0], [0.0, 1.0, 0.5], name=HOSTILE)
    trainer = Trainer(TrainingConfig.defaults("regression", epochs=31), data)
    trainer.run_for(1e9, max_samples=trainer.samples_to(10))
    trainer.reconfigure(trainer.config.replace(learning_rate=0.05))
    trainer.run_for(1e9)
    path = tmp_path_factory.mktemp("shared") / "a.bptui"
    save(trainer, path)
    return path


def shared(checkpoint: Path, output: Path) -> Done:
    return run("share", str(checkpoint), "--output", str(output), "--frames", "4", "--size", "80x24")


@pytest.fixture(scope="module")
def page(checkpoint: Path) -> str:
    output = checkpoint.with_name("a.html")
    done = shared(checkpoint, output)
    assert (done.status, done.err) == (0, "")
    return output.read_text()


@pytest.fixture(scope="module")
def frames(page: str) -> list[dict[str, Any]]:
    return frames_in(page)


def frames_in(page: str) -> list[dict[str, Any]]:
    """What a page shows at each epoch."""
    packed = re.search(r'id="frames">([^<]+)<', page)
    assert packed is not None
    told = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    for frame in told["frames"]:
        frame["drawn"] = "\n".join(told["rows"][number] for number in frame["rows"])
    return list(told["frames"])


def test_the_pictures_of_a_page_go_from_the_start_to_the_end_of_the_run(frames: list[dict[str, Any]]) -> None:
    assert [frame["name"] for frame in frames] == ["the start", "epoch 2", "epoch 13", "epoch 30"]
    assert ["0.1" in frame["drawn"] and "0.05" not in frame["drawn"] for frame in frames[:2]] == [True, True]
    assert all("0.05" in frame["drawn"] for frame in frames[2:])
    assert "It finished after epoch 30" in frames[-1]["words"]


def test_a_page_tells_what_was_changed_and_how_the_run_is_made_again(page: str) -> None:
    assert "epoch 10: η 0.1 → 0.05" in page
    assert "bptui verify" in page
    assert "learning_rate = 0.05" in page


def test_a_page_takes_names_for_text_and_loads_nothing(page: str) -> None:
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    assert set(re.findall(r"https?://[^\"' )]+", page)) == {"http://www.w3.org/2000/svg"}


def test_a_moving_picture_ends_with_the_end_of_the_run(checkpoint: Path) -> None:
    output = checkpoint.with_name("a.svg")
    assert shared(checkpoint, output).status == 0
    root = ElementTree.fromstring(output.read_text())
    layers = [group for group in root.iter() if group.get("class") == "frame"]
    assert len(layers) == 3
    assert "30/31" in "".join(root.itertext())


def test_a_file_of_another_kind_is_refused(checkpoint: Path) -> None:
    done = shared(checkpoint, checkpoint.with_name("a.gif"))
    assert done.status == 2
    assert "must be a name ending in .html or .svg" in done.complaint
    assert "required: --output" in run("share", "newest").complaint
