"""`python -m tests.benchmarks`: what a training step costs, in bpengine and in the plainest NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bpengine import Trainer, TrainingConfig
from tests.benchmarks.baseline import Baseline
from tests.benchmarks.race import Contender, race

ROUNDS = 7
PLAIN, ENGINE = "plain NumPy", "bpengine"


@dataclass(frozen=True, slots=True)
class Case:
    """One row: a run, and how much of the plain one's time the engine may take."""

    label: str
    config: TrainingConfig
    epochs: int
    """In each round: enough for about half a second."""
    bar: float


CASES = (
    Case("1-3-1 sine", TrainingConfig.defaults("regression", epochs=100_000), epochs=300, bar=0.60),
    Case("2-6-2 grid", TrainingConfig.defaults("classification", epochs=100_000), epochs=40, bar=0.60),
)


def contenders(config: TrainingConfig) -> list[Contender]:
    """All that can train this run."""

    def plain() -> Callable[[], object]:
        return Baseline(
            config.task,
            hidden_units=config.hidden_units,
            learning_rate=config.learning_rate,
            init_scale=config.init_scale,
            seed=config.seed,
        ).epoch

    return [Contender(PLAIN, plain), Contender(ENGINE, lambda: Trainer(config).run_epoch)]


def main() -> None:
    """Measure every case and print the table."""
    table = Table(title="Microseconds per training step", caption=f"medians of {ROUNDS} rounds, run in turn")
    table.add_column("network")
    for heading in (PLAIN, ENGINE, "ratio", "bar", "met"):
        table.add_column(heading, justify="right")
    console = Console()
    with console.status("") as status:
        for case in CASES:
            status.update(f"measuring {case.label}")
            times = race(
                contenders(case.config),
                epochs=case.epochs,
                steps_per_epoch=len(Trainer(case.config).dataset),
                rounds=ROUNDS,
            )
            ratio = times[ENGINE] / times[PLAIN]
            table.add_row(
                case.label,
                *(f"{times[name]:.2f}" for name in (PLAIN, ENGINE)),
                f"{ratio:.2f}",
                f"≤ {case.bar:.2f}",
                "yes" if ratio <= case.bar else "NO",
            )
    console.print(table)


if __name__ == "__main__":
    main()
