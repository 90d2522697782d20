"""`bptui verify`: one line, and an exit status for graders."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpengine.checkpoint import container
from bpengine.checkpoint.saving import KIND
from tests.engine.checkpoints import sealed
from tests.tui.support.running import call


def test_verify_tells_equal_runs_from_others_and_from_bad_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("run.bptui")
    call("train", "regression", "--epochs", "20", "--save", str(path))
    done = call("verify", str(path))
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"{path}: bit for bit the same (20 epochs)")
    value = container.read(path, KIND)
    value["runs"]["run"]["config"]["learning_rate"] = 0.2
    path.write_bytes(sealed(value))
    done = call("verify", str(path))
    assert (done.status, len(done.lines)) == (1, 1)
    assert "not the same: from epoch 0 on, whose error is" in done.out
    path.write_text("{}")
    assert call("verify", str(path)).complaint.endswith("is not a checkpoint that this version reads")
    assert call("verify", str(path)).status == 2


def test_a_run_on_many_rows_is_saved_verified_and_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{x / 100},{x % 7},{x % 11},{x * x % 13}\n" for x in range(3000))
    Path("big.csv").write_text(f"a,b,c,y\n{rows}")
    done = call("train", "regression", "--data", "big.csv", "--epochs", "2", "--save", "run.bptui")
    assert done.status == 0
    held_out = "25 % of the 3000 rows are held out for the test: --test-share none trains on all"
    assert done.err == f"bptui train: big.csv: {held_out}\n"
    Path("big.csv").unlink()
    assert call("verify", "run.bptui").out == "run.bptui: bit for bit the same (2 epochs)\n"
    done = call("train", "--resume", "run.bptui", "--epochs", "3", "--interval", "1")
    assert (done.status, done.out.startswith("Epoch:2/3 ")) == (0, True)
