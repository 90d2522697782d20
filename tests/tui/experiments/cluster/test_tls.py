"""A cluster with TLS, whose certificates are made here."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from bpengine import TrainingConfig
from bpengine.many.sweeps import Sweep
from bptui.experiments.cluster import executor as module
from bptui.experiments.cluster.address import ClusterAddress
from bptui.experiments.cluster.executor import ClusterExecutor
from tests.tui.support.clusters import Processes
from tests.tui.support.running import call
from tests.tui.support.terminal import DEADLINE

Certificates = tuple[Path, Path, Path]
"""PEM files: the authority's certificate, a certificate from it and the key of that one."""
EXTENSIONS = """
[req]
distinguished_name = name
prompt = no
x509_extensions = authority
[name]
CN = a test of bptui
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[holder]
basicConstraints = critical, CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
"""
"""Everything that Python's strict checks ask for."""


def certificates(folder: Path) -> Certificates:
    """Make an authority, and a certificate from it."""
    folder.mkdir()
    (folder / "settings").write_text(EXTENSIONS)
    new_key = "req -config settings -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    for arguments in (
        f"{new_key} -x509 -days 2 -keyout ca-key.pem -out ca.pem",
        f"{new_key} -keyout key.pem -out request.pem",
        "x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out cert.pem "
        "-extfile settings -extensions holder",
    ):
        subprocess.run(
            ["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True, timeout=DEADLINE
        )
    return folder / "ca.pem", folder / "cert.pem", folder / "key.pem"


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")
@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to make certificates with")
def test_a_cluster_with_tls_gives_the_same_numbers_and_lets_nobody_else_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, others = certificates(tmp_path / "mine"), certificates(tmp_path / "others")
    authority, certificate, key = map(str, mine)
    tls = "DASK_DISTRIBUTED__COMM__TLS"
    variables = {
        "DASK_DISTRIBUTED__COMM__DEFAULT_SCHEME": "tls",
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True",
        f"{tls}__CA_FILE": authority,
        **{f"{tls}__{role}__CERT": certificate for role in ("SCHEDULER", "WORKER")},
        **{f"{tls}__{role}__KEY": key for role in ("SCHEDULER", "WORKER")},
    }
    sweep = Sweep(TrainingConfig(samples=12, epochs=9), {"learning_rate": (0.1, 0.3)}, 3, kernel="numpy")
    expected = {result.run: result for result in sweep}
    with Processes(tmp_path, variables) as cluster:
        assert cluster.url.startswith("tls://127.0.0.1:")
        cluster.workers("worker")
        with ClusterExecutor(ClusterAddress(cluster.url, mine)) as executor:
            sweep.executor = executor
            assert {result.run: result for result in sweep} == expected
        monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
        command = ("sweep", "regression", "--vary", "epochs=3", "--starts", "1", "--kernel", "numpy")
        for url, flags, reason in (
            (cluster.url, ("--cluster-tls", *map(str, others)), "TLS certificate does not match. "),
            (
                cluster.url.replace("tls", "tcp"),
                (),
                "it closed the connection; if it uses TLS, ",
            ),
        ):
            done = call(*command, "--cluster", url, *flags)
            assert (done.status, done.out) == (2, "")
            assert f"argument --cluster: the scheduler at {url} can't be used: {reason}" in done.complaint
