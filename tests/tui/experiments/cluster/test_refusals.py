"""What is refused before anything is trained: addresses, workers, and flags that do not go together."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import pytest

from bptui.experiments.cluster import executor
from bptui.experiments.cluster.address import ClusterAddress
from bptui.experiments.cluster.tasks import refusal, refusal_after
from tests.tui.support.running import call

SWEEP = ("sweep", "regression", "--vary", "epochs=3", "--starts", "1", "--kernel", "numpy")


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")
def test_a_cluster_that_can_t_be_used_gets_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent, broken = tmp_path / "absent", tmp_path / "broken"
    broken.write_text("no certificate")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        tls = ("--cluster", f"tls://127.0.0.1:{port}", "--cluster-tls")
        for flags, reason in (
            (
                ("--cluster", "localhost:8786"),
                "must be an address such as tcp://localhost:8786, got 'localhost:",
            ),
            (("--cluster", "tcp://localhost:99999"), "must be an address such as tcp://localhost:8786"),
            (("--cluster", "tcp://u@h:1"), "must be an address such as"),
            (
                ("--cluster", "tls://h:1"),
                "must be an address with tcp:// without certificates, got 'tls://h:1'",
            ),
            (
                ("--cluster", "tcp://h:1", "--cluster-tls", "a", "b", "c"),
                "an address with tls:// for certificates",
            ),
            (("--cluster-tls", "a", "b", "c"), "argument --cluster-tls: needs --cluster"),
            ((*tls, str(absent), "b", "c"), f"argument --cluster: {absent}: no such file or directory"),
            ((*tls, str(broken), "b", "c"), f"{broken}: is no such certificate, or not that of the key"),
        ):
            done = call(*SWEEP, *flags)
            assert (done.status, done.out) == (2, ""), flags
            assert reason in done.complaint, flags
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    done = call(*SWEEP, "--cluster", "tcp://127.0.0.1:1")
    assert done.complaint.endswith("Dask is not installed; pip install 'bptui[cluster]' installs it")
    done = call("--restricted", "--plain", "--cluster", "tcp://127.0.0.1:1")
    assert done.complaint.endswith("argument --cluster: not allowed with --restricted")


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")
def test_a_scheduler_that_accepts_and_never_answers_gets_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:  # the system accepts connections for it
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        done = call(*SWEEP, "--cluster", address)
        with pytest.raises(TimeoutError):  # a map that is closed does not wait for the answer
            executor.ClusterExecutor(ClusterAddress(address), stopped=lambda: True)
    assert (done.status, done.out) == (2, "")
    assert (
        done.complaint
        == f"bptui sweep: error: argument --cluster: the scheduler at {address} does not answer"
    )


def test_addresses_of_clusters_may_be_of_ipv6() -> None:
    address = ClusterAddress("tcp://[::1]:8786")
    assert (address.host, address.port, address.security()) == ("::1", 8786, None)


def test_the_reason_why_a_worker_is_not_used_is_told() -> None:
    mine = ("0.2", "aa", True)
    assert refusal(mine, ("0.2", "aa", False)) == ""
    assert refusal(mine, ("0.1", "aa", True)) == "it has bptui 0.1, this machine has 0.2"
    assert refusal(mine, ("0.2", "bb", True)) == "a test run has other numbers there: bb, here aa"
    for name, reason in (
        ("bptui", "bptui is not installed there"),
        ("bpengine.many.jobs", "it has another version of bpengine"),
        ("numpy", "numpy is not installed there"),
    ):
        assert refusal_after(ModuleNotFoundError(name=name)) == reason
    assert refusal_after(OSError("disk\nfull")) == "the test run failed there: disk"
