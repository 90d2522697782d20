"""The plane of the classes: whose it is, where the border runs, and how sure the network is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpengine import TrainingConfig
from bptui.screen.drawing import Kind, draw
from bptui.screen.drawing.roles import DIVERGING
from bptui.screen.tabs.panels import plot_figure
from tests.tui.support.figures import pinned, places_of, separated, series_of
from tests.tui.support.snapshots import changed, snapshot_of


@pytest.mark.parametrize("epochs", [0, 3, 20])
def test_a_sign_tells_the_true_class_and_whether_it_is_predicted_wrong(epochs: int) -> None:
    config = TrainingConfig.defaults("classification", test_share=0.3)
    snapshot = snapshot_of(config, trained=epochs)
    figure, legend = plot_figure(snapshot)
    shown = {
        (each.marker, each.role.endswith("-wrong")): places_of(each)
        for each in figure.series
        if each.is_sample
    }
    test = snapshot.run.dataset.test
    assert test is not None
    assert snapshot.network.test_outputs is not None
    counts = []
    for dataset, outputs, signs in (
        (snapshot.run.dataset, snapshot.network.outputs, "+x"),
        (test, snapshot.network.test_outputs, "12"),
    ):
        predicted, true = outputs.argmax(axis=1), dataset.targets.argmax(axis=1)
        for truth in range(2):
            all_of_it = dataset.coordinates[true == truth]
            assert shown[signs[truth], False] == set(map(tuple, all_of_it.tolist()))
            wrong = dataset.coordinates[(true == truth) & (predicted != truth)]
            sign = "#X"[truth] if signs == "+x" else signs[truth]
            assert shown[sign, True] == set(map(tuple, wrong.tolist()))
        counts.append(str((predicted != true).sum()))
    assert str(legend).startswith(f"+1 above x2 below #X12 {'+'.join(counts)} wrong ─ true")
    assert [span.text for span in legend.spans if span.role == "wrong"] == ["#X12"], "marked as in the plot"


def test_regions_have_their_class_behind_them_and_a_line_between() -> None:
    figure, _ = plot_figure(separated(5.0))
    figure = replace(figure, series=tuple(series_of(figure, "border")), one_scale=False)
    for row in draw(figure, 85, 24)[:22]:
        behind = "".join(
            {"above-2": "a", "below-2": "b"}.get(ground or "", " ") * len(text) for text, _, ground in row
        )
        left, right = behind.count("a"), behind.count("b")
        assert behind.rstrip() == " " * 6 + "a" * left + "b" * right, "over the whole plot"
        assert left + right >= 79 - 3
        assert abs(left / (left + right) - 1.3 / 2.1) < 0.02
    (line,) = series_of(figure, "border")
    assert line.pieces
    assert line.x == pytest.approx(np.full(len(line.x), 0.25), abs=1e-3)
    assert (line.y.min(), line.y.max()) == pytest.approx((-1.0, 1.0))


def test_lines_are_drawn_over_samples_but_wrong_samples_over_everything() -> None:
    snapshot = pinned(snapshot_of(TrainingConfig.defaults("classification"), trained=3), separated(5.0))
    figure, _ = plot_figure(snapshot)
    order = list(dict.fromkeys(each.role for each in figure.series))
    assert order == ["above", "below", "target", "pin-A", "border", "above-wrong", "below-wrong"]


def test_a_pinned_run_has_a_dotted_border() -> None:
    now, before = separated(5.0, 0.25), separated(5.0, -0.5)
    figure, legend = plot_figure(pinned(now, before))
    dotted, letters = series_of(figure, "pin-A")
    assert (dotted.kind, letters.kind, letters.marker) == (Kind.DOTTED, Kind.SIGNS, "A")
    assert dotted.x == pytest.approx(np.full(len(dotted.x), -0.5), abs=1e-3)
    assert "⠂A pinned" in str(legend)
    other = separated(5.0, config=TrainingConfig.defaults("classification", dataset="xor"))
    figure, legend = plot_figure(pinned(now, other))
    assert not series_of(figure, "pin-A"), "it has learned something else"
    assert "pinned" not in str(legend)


def test_in_detail_the_regions_show_how_sure_they_are() -> None:
    figure, legend = plot_figure(separated(10.0, 0.0), detail=True)
    figure = replace(figure, series=(), one_scale=False)
    row = draw(figure, 85, 24, colors=False)[10]
    assert [(set(text), role, ground) for text, role, ground in row[1:] if ground] == [
        ({" "}, None, "above-3"),
        ({"·"}, "above", "above-2"),
        ({":"}, "above", "above-1"),
        ({"░"}, "above", "above-0"),
        ({"░"}, "below", "below-0"),
        ({":"}, "below", "below-1"),
        ({"·"}, "below", "below-2"),
        ({" "}, None, "below-3"),
    ]
    assert "░:· (v)" in str(legend.within(46))
    sure = np.arctanh(0.9) / 5  # where the winning class has 95 %
    assert len(row[1][0]) == pytest.approx(79 * (1.05 - sure) / 2.1, abs=1.5)
    row = draw(figure, 85, 24)[10]
    levels = [DIVERGING.index(ground) for _, _, ground in row[1:] if ground]
    assert levels == sorted(levels, reverse=True), "in colors, from one class to the other"
    assert len(levels) > 8 and {levels[0], levels[-1]} == {0, 15}


def test_outputs_that_are_not_finite_leave_no_region() -> None:
    snapshot = separated(5.0)
    assert snapshot.network.grid_outputs is not None
    across = snapshot.network.grid_outputs.copy()
    across[:, :40] = np.nan
    for detail in (False, True):
        figure, _ = plot_figure(changed(snapshot, grid_outputs=across), detail=detail)
        for colors in (False, True):
            row = draw(replace(figure, series=(), one_scale=False), 85, 24, colors=colors)[10]
            behind = [ground for text, _, ground in row for _ in text]
            assert set(behind[:40]) == {None}
            assert behind[-3] == ("below-2" if not detail else DIVERGING[0] if colors else "below-3")
