"""The examples in the documentation print what the documentation says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(r"```python\n(.*?)```(?:\s+(?:prints\s+)?```text\n(.*?)```)?", re.DOTALL)
ENGINE = EXAMPLE.findall((ROOT / "docs" / "engine.md").read_text(encoding="utf-8"))
BACKPROPAGATION = EXAMPLE.findall((ROOT / "docs" / "backpropagation.md").read_text(encoding="utf-8"))
TRACING = EXAMPLE.findall((ROOT / "docs" / "tracing.md").read_text(encoding="utf-8"))
EXPERIMENTS = EXAMPLE.findall((ROOT / "docs" / "experiments.md").read_text(encoding="utf-8"))
GUIDE = EXAMPLE.findall((ROOT / "docs" / "guide.md").read_text(encoding="utf-8"))
EXPORTS = EXAMPLE.findall((ROOT / "docs" / "export.md").read_text(encoding="utf-8"))


OPTIONAL = re.compile(r'(?:^from |^import |kernel=")(sklearn|matplotlib|numba|onnxruntime)\b', re.MULTILINE)


def output_of(code: str, session: dict[str, object] | None = None) -> str:
    """What the code prints, run on the names of the session, or on none."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {"__name__": "example"} if session is None else session)
    return printed.getvalue()


@pytest.mark.parametrize(("code", "output"), [*ENGINE, *EXPERIMENTS, *EXPORTS])
def test_an_example_of_the_engine_s_page_prints_what_it_says(
    code: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in OPTIONAL.findall(code):
        pytest.importorskip(package, reason=f"{package} is not installed; the example needs it")
    monkeypatch.chdir(tmp_path)
    assert output, "every example must show what it prints"
    assert output_of(code) == output


def test_every_example_of_the_engine_s_page_is_found() -> None:
    assert len(ENGINE) == 28


@pytest.mark.parametrize(
    "code", [code for code, _ in ENGINE if re.search(r"product\(|sklearn|matplotlib", code)]
)
def test_a_recipe_has_twenty_lines(code: str) -> None:
    assert len([line for line in code.splitlines() if line.strip()]) <= 20


def test_the_blocks_of_the_backpropagation_page_run_in_one_session() -> None:
    assert len(BACKPROPAGATION) == 8
    session: dict[str, object] = {"__name__": "session"}
    for code, output in BACKPROPAGATION:
        assert output, "each block shows what it prints"
        assert output_of(code, session) == output


def test_the_training_on_the_backpropagation_page_has_forty_lines() -> None:
    training = BACKPROPAGATION[1][0]
    assert len([line for line in training.splitlines() if line.strip()]) <= 40


def test_the_example_of_the_page_on_tracing_prints_what_it_says() -> None:
    ((code, output),) = TRACING
    assert output_of(code) == output


def test_the_example_of_the_guide_runs() -> None:
    """With fewer epochs."""
    ((code, _),) = GUIDE
    assert code.count("seed=3)") == 1
    assert (
        len(output_of(code.replace("seed=3)", "seed=3, epochs=401, report_interval=40)")).splitlines()) > 10
    )
