"""Any two columns of a table: the outputs over them, what the others are held at, and how that is said."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import DataError, Dataset, TrainingConfig
from bpengine.data.csv import parse_csv
from bptui.screen.drawing import ColorMap
from bptui.screen.tabs.panels import plot_figure
from bptui.session import commands
from bptui.session.description import describe
from bptui.session.plane import Plane, first_plane, plane_named, plane_text, projection, suited
from bptui.session.session import Session
from tests.tui.support.dialogues import dialogue_of, said

ROWS = [
    f"{n % 7},{n % 5 / 10},2024-01-{n % 28 + 1:02},{'BABC'[n % 4]},{'yes' if n % 4 else 'no'},"
    for n in range(40)
]


def table(answer: str = "class") -> Dataset:
    """Columns of each kind, and a class that follows from the second one, or a number."""
    lines = ["size,length,day,place,ready,answer"]
    for n, row in enumerate(ROWS):
        lines.append(row + (["low", "high"][n % 5 > 2] if answer == "class" else f"{n % 5 * 7 + n / 100}"))
    return parse_csv("\n".join(lines), "t.csv", "classification" if answer == "class" else "regression")


def session_of(source: Dataset) -> Session:
    config = TrainingConfig.defaults(source.task, epochs=30, hidden_units=(4,), test_share=0.25)
    session = Session(config, source)
    session.advance_to(29)
    return session


@pytest.mark.parametrize(("answer", "row"), [("class", None), ("class", 7), ("number", None)])
def test_the_outputs_over_a_plane_are_those_of_the_network_for_rows_of_the_table(
    answer: str, row: int | None
) -> None:
    session = session_of(table(answer))
    dataset = session.dataset
    shown = projection(session.snapshot(), Plane(2, 3, row))  # the day, and the place
    flat, grid = shown.snapshot.run.dataset, shown.snapshot.network.grid_outputs
    assert grid is not None
    (first, last), (below, above) = flat.domain
    assert (below, above) == (-0.5, 2.5), "a step for each place"
    held = np.median(dataset.coordinates, axis=0) if row is None else dataset.coordinates[row].copy()
    if row is None:
        held[6] = round(held[6])
    for y, x in ((0, 0), (30, 40), (59, 79)):
        held[2] = np.linspace(first, last, 80)[x] - dataset.raw_columns[2].origin
        held[3:6] = np.eye(3)[[0, 1, 2][round(float(np.clip(np.linspace(below, above, 60)[y], 0, 2)))]]
        outputs = session.outputs(dataset.inputs_at(held[np.newaxis]))
        np.testing.assert_allclose(grid[y, x], dataset.target_scaling.undo(outputs)[0], rtol=1e-12)
    categories = flat.coordinates[:, 1].round().astype(int)
    np.testing.assert_array_equal(categories, dataset.coordinates[:, 3:6].argmax(axis=1))


def test_samples_that_differ_in_the_other_columns_are_far() -> None:
    session = session_of(table())
    dataset = session.dataset
    first = Plane(0, 1, 0)
    (far, far_tests), places = projection(session.snapshot(), first).far, dataset.coordinates
    assert not far[0] and far.any() and not far.all() and far_tests is not None
    spread = places.std(axis=0)
    for number, is_far in enumerate(far):
        day = ((places[number, 2] - places[0, 2]) / spread[2]) ** 2
        place, ready = (places[number, 3:6] != places[0, 3:6]).any(), places[number, 6] != places[0, 6]
        assert is_far == ((day + place + ready) / 3 >= 1), number
    figure, _ = plot_figure(session.snapshot(), plane=first)
    faint = [series for series in figure.series if "-faint" in series.role and series.is_plotted]
    assert sum(len(series.x) for series in faint) == far.sum() + far_tests.sum()


def test_a_plane_is_named_begins_with_what_matters_and_moves() -> None:
    dataset = table()
    assert first_plane(dataset).x == 1, "the class follows from the length"
    plane = plane_named("DAY by Len at 17", dataset)
    assert plane == Plane(2, 1, 16) and plane_text(plane, dataset) == "day by length at 17"
    assert plane_named(" ", dataset) == first_plane(dataset)
    assert Plane(0, 1).moved(5, 1, 0) == Plane(2, 1), "never the same column on both axes"
    assert Plane(0, 1).moved(5, 0, -1) == Plane(0, 4)
    assert suited(plane, table("number")) == plane and suited(Plane(0, 9), dataset) is None
    for text in (
        "day",
        "day by l at 41",
        "day by DAY",
        "lenght by day",
        "day by length at",
        "day by length 3 4",
    ):
        with pytest.raises(
            DataError, match=r"a sample from 1 to 40, as in length by .*; the columns are size, "
        ):
            plane_named(text, dataset)
    with pytest.raises(DataError, match=r"^the plot shows all inputs already"):
        plane_named("x by y", Session(TrainingConfig.defaults("classification")).dataset)
    for task in ("regression", "classification"):
        assert suited(plane, Session(TrainingConfig.defaults(task)).dataset) is None


def test_the_title_and_the_words_say_what_is_held() -> None:
    session, numbers = session_of(table()), session_of(table("number"))
    session.do(commands.toggle_pin)
    figure, legend = plot_figure(session.snapshot(), plane=Plane(1, 3))
    assert str(legend).startswith("place over length, others at medians: ") and "A pinned" in str(legend)
    for width in range(10, 80):
        title = str(legend.within(width))
        assert "at medians" in title[: max(width, 10)], title
    assert [label for _, label in figure.y.ticks] == ["A", "B", "C"]
    assert any(series.role == "pin-A" for series in figure.series), "a pinned run has its border"
    surface, legend = plot_figure(numbers.snapshot(), plane=Plane(2, 1, 4), detail=True)
    assert isinstance(surface.shade, ColorMap)
    assert all("as in sample 5" in str(legend.within(width)) for width in range(14, 90))
    assert [label for _, label in surface.x.ticks][:1] == ["2024-01-01"]
    words = describe(numbers.snapshot(), Plane(2, 1, 4))
    assert "day goes from left to right and length upward, the others as in sample 5. The fitted" in words
    assert words.startswith(describe(numbers.snapshot()).split("\n")[0])
    dialogue = dialogue_of("classification", start={"sources": {"classification": table()}}, epochs=9)
    answer = said(dialogue, "run", "plane length by size")
    assert answer.startswith(
        "length goes from left to right and size upward, the others at medians. The netw"
    )
    assert said(dialogue, "plane foo by size").startswith(
        "Name two columns and, with at, a sample from 1 to "
    )
