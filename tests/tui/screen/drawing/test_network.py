"""The picture of a network: whole at every size, true to its weights, and walked through from end to end."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bpengine import Task
from bptui.experiments.grid import GRID, GRID_STEPS
from bptui.screen.drawing.network import ROLES, NetworkPicture
from bptui.screen.drawing.network_layout import lay_out_network, visible_items
from bptui.screen.drawing.spans import Span
from bptui.session.snapshot import Snapshot
from bptui.session.units import Place, move, nearest_unit, sizes_of, unit_words
from bpwords.numbers import signed
from tests.tui.support.plots import braille, texts
from tests.tui.support.snapshots import (
    changed,
    network,
    snapshot_of,
    with_unit_outputs,
    with_weight,
)

ODD = (np.nan, np.inf, -np.inf, 1e308, -1e308, 1e-308, 0.0)


def check(rows: list[list[Span]], width: int, height: int) -> None:
    """Of exactly this size, in characters of one cell, and no two runs that could be one."""
    lines = texts(rows)
    assert len(lines) == height
    assert {len(line) for line in lines} == {width}
    assert all(cell_len(line) == width for line in lines)
    for row in rows:
        assert all(span.text and (span.role is None or span.role in ROLES) for span in row)
        assert all(before[1:] != after[1:] for before, after in itertools.pairwise(row))


@pytest.mark.parametrize("snapshot", [network(1, 3, 1), network(2, 6, 2), network(4, 30, 20, 3)])
def test_the_network_is_drawn_whole_at_every_size(snapshot: Snapshot) -> None:
    sizes = {(120, 50), *((n, 1 + (n - 1) % 50) for n in (*range(1, 41), *range(41, 121, 8)))}
    sizes |= {size for n in range(1, 31, 2) for size in ((n, 8), (28, n), (120, n))}
    places = itertools.cycle((None, (0, 1), (len(snapshot.network.layers) - 1, 0)))
    for (width, height), chosen in zip(sorted(sizes), places, strict=False):
        check(NetworkPicture.of(snapshot, chosen, width, height).rows(), width, height)


@pytest.mark.parametrize(
    ("depth", "units"),
    [*itertools.product((1, 2, 3, 5, 8), (1, 2, 7, 100)), (1, 1000), (2, 1000)],
)
def test_networks_of_every_depth_and_breadth_are_drawn_with_the_chosen_unit(depth: int, units: int) -> None:
    snapshot = network(2, *[units] * depth, 2)
    for chosen in ((0, 0), (depth - 1, units // 2), (depth // 2, units - 1), (depth, 1)):
        for width, height in ((28, 8), (60, 20), (100, 40), (13, 3)):
            rows = NetworkPicture.of(snapshot, chosen, width, height).rows()
            check(rows, width, height)
            marked = [span.text for row in rows for span in row if span.role == "chosen"]
            assert len(marked) == 1, "the chosen unit must be seen"
            assert marked[0] == marked[0].strip(), "blanks beside it would be shown in reverse"


@given(
    sizes=st.lists(st.integers(1, 12), min_size=3, max_size=8).map(tuple),
    place=st.tuples(st.integers(0, 9), st.integers(0, 20)),
    size=st.tuples(st.integers(1, 120), st.integers(1, 50)),
    odd=st.lists(st.sampled_from(ODD), max_size=8),
    seed=st.integers(0, 5),
)
@settings(max_examples=80)
def test_any_network_is_drawn_whole_with_any_numbers(
    sizes: tuple[int, ...], place: Place, size: tuple[int, int], odd: list[float], seed: int
) -> None:
    snapshot = network(*sizes, seed=seed)
    for number, value in enumerate(odd):
        layer = snapshot.network.layers[number % len(snapshot.network.layers)]
        where = (number % layer.shape[0], number % layer.shape[1])
        snapshot = with_weight(snapshot, number % len(snapshot.network.layers), where, value)
    check(NetworkPicture.of(snapshot, place, *size).rows(), *size)


@pytest.mark.parametrize("value", ODD)
def test_weights_that_are_not_finite_are_written_in_the_picture(value: float) -> None:
    snapshot = network(2, 3, 2, weights=value)
    rows = NetworkPicture.of(snapshot, (0, 1), 60, 16).rows()
    check(rows, 60, 16)
    assert f"(1 {signed(value):>5})" in "\n".join(texts(rows))


def test_a_stronger_link_has_more_dots() -> None:
    counts = [
        braille(NetworkPicture.of(network(1, 1, 1, weights=weight), (0, 0), 60, 9).rows())
        for weight in (0.0, 0.05, 0.3, 0.9)
    ]
    assert counts[0] == 0
    assert counts[1] * 2 < counts[2] < counts[3] / 1.5


def test_a_negative_link_is_dashed_and_of_another_role() -> None:
    plus, minus = (
        NetworkPicture.of(network(1, 1, 1, weights=weight), None, 60, 9).rows() for weight in (0.9, -0.9)
    )
    assert braille(plus, "positive") == braille(plus) > 1.5 * braille(minus) > 0
    assert braille(minus, "negative") == braille(minus)
    line = next(line for line in texts(minus) if "⠶" in line)
    assert any(" " in part.strip("( ") for part in line.split("(")), "dashes have gaps"


def test_links_of_the_chosen_unit_bear_their_signs() -> None:
    snapshot = with_weight(network(2, 3, 2, weights=0.5), 0, (1, 1), -0.5)  # from the second input to unit 2
    lines = texts(NetworkPicture.of(snapshot, (0, 1), 40, 10).rows())
    assert any("feature 0 +" in line for line in lines)
    assert any("feature 1 -" in line for line in lines)
    assert sum("+(" in line for line in lines) == 2, "both outgoing links end in a +"
    wide = "\n".join(texts(NetworkPicture.of(snapshot, (0, 1), 100, 10).rows()))
    assert "+0.50" in wide and "-0.50" in wide


def test_links_of_units_that_are_not_chosen_are_drawn_as_far() -> None:
    snapshot = network(2, 6, 2)
    assert braille(NetworkPicture.of(snapshot, None, 60, 20).rows(), "far-positive", "far-negative") == 0
    rows = NetworkPicture.of(snapshot, (0, 2), 60, 20).rows()
    assert braille(rows, "far-positive", "far-negative") > 0
    assert braille(rows, "positive", "negative") > 0
    last = NetworkPicture.of(snapshot, (1, 0), 60, 20).rows()
    right = [line[35:] for line in texts(last)]
    assert any("-" in line or "+" in line for line in right)


def test_boxes_tell_names_numbers_and_biases() -> None:
    snapshot = snapshot_of(trained=30)
    picture = "\n".join(texts(NetworkPicture.of(snapshot, (0, 1), 60, 12).rows()))
    for unit in range(3):
        bias = signed(float(snapshot.network.layers[0][-1, unit]))
        left, right = "[]" if unit == 1 else "()"
        assert f"{left}{unit + 1} {bias}{right}" in picture
    assert "x" in picture and "(sin x " in picture
    assert "sigmoid" in picture and "identity" in picture
    assert "unit 2 of layer 1: bias" in picture


def test_captions_of_layers_are_whole_or_left_out() -> None:
    snapshot = snapshot_of(hidden_units=(3, 3, 3), activation=("leaky-relu",))
    seen = {
        word
        for width in range(10, 100)
        for word in texts(NetworkPicture.of(snapshot, (0, 1), width, 12).rows())[0].split()
    }
    assert seen == {"input", "leaky-relu", "identity"}


def test_names_are_cut_and_biases_left_out_only_where_there_is_no_room() -> None:
    snapshot = changed(
        network(2, 8, 8, 2), dataset=replace(network(2, 1, 2).run.dataset, classes=("virginica", "b"))
    )
    seen = {
        width: "\n".join(texts(NetworkPicture.of(snapshot, (0, 0), width, 14).rows()))
        for width in (40, 56, 84)
    }
    assert "(virgini…)" in seen[40]
    assert "(virginica)" in seen[56]
    assert "(virginica +" in seen[84] or "(virginica -" in seen[84]


def test_names_lose_their_units_before_they_are_cut() -> None:
    data = replace(network(2, 4, 1).run.dataset, features=("weight (kg)", "years"), target="price (k$)")
    snapshot = changed(network(2, 4, 1), dataset=data)
    narrow, wide = (
        "\n".join(texts(NetworkPicture.of(snapshot, (0, 0), width, 9).rows())) for width in (36, 84)
    )
    assert "weight" in narrow
    assert "(price)" in narrow
    assert "weight (kg)" in wide
    assert "(price (k$) " in wide


def test_names_of_wide_characters_keep_their_columns() -> None:
    data = replace(network(2, 4, 1).run.dataset, features=("花瓣长", "宽"), target="维吉尼亚鸢尾")
    snapshot = changed(network(2, 4, 1), dataset=data)
    for width in range(20, 90):
        lines = texts(NetworkPicture.of(snapshot, (0, 1), width, 9).rows())
        assert {cell_len(line) for line in lines} == {width}
    assert all(name in "".join(lines) for name in ("花瓣长", "宽", "(维吉尼亚鸢尾"))


def test_wide_layers_show_both_ends_and_say_what_is_left_out() -> None:
    lines = texts(NetworkPicture.of(network(1, 20, 1), (0, 0), 60, 10).rows())
    picture = "\n".join(lines)
    assert "[ 1 " in picture and "(20 " in picture
    assert "⋮ 13 more" in picture


def test_deep_networks_show_both_ends_and_the_chosen_layer() -> None:
    lines = texts(NetworkPicture.of(network(1, *[3] * 8, 1), (4, 1), 28, 8).rows())
    assert sum("⋯" in line for line in lines) == 1
    assert sum("■" in line for line in lines) == 1


def test_words_take_the_strongest_weights_where_not_all_fit() -> None:
    snapshot = with_weight(network(1, 30, 30, 1, weights=0.1), 1, (7, 3), -2.5)
    (line,) = unit_words(snapshot, (1, 3), 72, 1)
    assert line.startswith("unit 4 of layer 2: bias +0.10, in -2.50")
    assert "(of 30)" in line and len(line) <= 72
    assert unit_words(network(2, 3, 2, weights=0.1), (0, 0), 34, 2)[1] == "+0.10 +0.10, out +0.10 +0.10"
    assert unit_words(snapshot, (1, 3), 26, 1) == ["layer 2 unit 4 bias +0.10"]
    assert unit_words(snapshot, (2, 0), 60, 1)[0].startswith("output sin x: bias +0.10, in +0.10")
    low, high = (texts(NetworkPicture.of(snapshot, (1, 3), 72, height).rows()) for height in (4, 5))
    assert (line in "\n".join(low), high[-1].rstrip()) == (False, line), "where there is a row for them"


shapes = st.lists(st.integers(1, 40), min_size=1, max_size=9).map(tuple)
places = st.tuples(st.integers(-3, 12), st.integers(-3, 60))


@given(shapes, places, st.integers(-12, 12), st.integers(-60, 60))
def test_walking_through_units_never_leaves_the_network(
    sizes: tuple[int, ...], start: Place, dx: int, dy: int
) -> None:
    layer, unit = move(start, dx, dy, sizes)
    assert 0 <= layer < len(sizes)
    assert 0 <= unit < sizes[layer]


@pytest.mark.parametrize("sizes", [(3, 1), (6, 2), (1,), (1, 40, 2, 1, 7)])
def test_walking_through_units_visits_every_unit(sizes: tuple[int, ...]) -> None:
    reached = {(0, 0)}
    while True:
        more = {
            move(place, dx, dy, sizes) for place in reached for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
        }
        if more <= reached:
            break
        reached |= more
    assert reached == {(layer, unit) for layer, units in enumerate(sizes) for unit in range(units)}


def test_walking_through_layers_keeps_the_height() -> None:
    assert move((0, 0), 1, 0, (10, 4)) == (1, 0)
    assert move((0, 9), 1, 0, (10, 4)) == (1, 3)
    assert move((0, 5), 1, 0, (10, 4)) == (1, 2)
    assert move((1, 2), 5, 0, (10, 4)) == (1, 2)
    assert move((1, 0), 0, 2, (10, 4)) == (1, 2)
    assert nearest_unit((7, 7), (3, 2)) == (1, 1)


@given(st.integers(1, 200), st.integers(1, 40), st.data())
def test_visible_items_count_those_left_out_and_have_the_chosen_one(
    count: int, room: int, data: st.DataObject
) -> None:
    chosen = data.draw(st.integers(0, count - 1))
    items = visible_items(count, room, chosen)
    assert len(items) <= room
    assert chosen in items
    if room >= 3:
        assert len(items) == min(count, room)
        told = [number for item in items for number in (item if isinstance(item, range) else [item])]
        assert told == list(range(count))
        assert all(len(item) for item in items if isinstance(item, range))


def test_the_sizes_of_a_network_are_those_of_hidden_and_output_layers() -> None:
    assert sizes_of(network(2, 6, 4, 2)) == (6, 4, 2)


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_all_units_of_a_layer_are_drawn_with_pictures_or_none(task: Task) -> None:
    for units, height, count in (((3,), 31, 3), ((8, 8), 32, 16), ((8, 3), 13, 3), ((30,), 20, 0)):
        snapshot = snapshot_of(task, hidden_units=units)
        columns = lay_out_network(snapshot, (0, 1), 58, height, pictures=True)
        places = [
            (column.layer, box.place, box.picture)
            for column in columns
            for box in column.boxes
            if box.picture
        ]
        assert len(places) == count
        for layer in {place[0] for place in places}:
            tops = [place[2].top for place in places if place[2] and place[0] == layer]
            assert len(set(np.diff(tops))) == 1, "evenly placed"
        cells = [
            (row, column)
            for *_, (top, left, width, rows) in ((*place[:2], place[2]) for place in places)
            for row in range(top, top + rows)
            for column in range(left, left + width)
        ]
        assert len(cells) == len(set(cells)), "no picture covers another one"
        assert all(place[2].columns >= 8 and place[2].rows >= 3 for place in places)
        assert not cells or (min(cells)[0] >= 1 and max(cells)[0] < height)
        check(NetworkPicture.of(snapshot, (0, 1), 58, height, pictures=True).rows(), 58, height)


def test_the_picture_of_a_unit_shows_its_outputs_and_is_clicked_like_its_number() -> None:
    snapshot = snapshot_of("classification", hidden_units=(2,), activation=("tanh",))
    across = np.broadcast_to(np.linspace(-1, 1, GRID[1]), GRID)
    picture = NetworkPicture.of(with_unit_outputs(snapshot, across), (0, 1), 60, 20, pictures=True)
    rows = picture.rows()
    grounds = [[ground for text, _, ground in row for _ in text] for row in rows]
    painted = [(y, x) for y, row in enumerate(grounds) for x, ground in enumerate(row) if ground]
    (top, left), (bottom, right) = min(painted), max(painted)
    assert (grounds[top][left], grounds[bottom][right]) == ("diverging-0", "diverging-15")
    assert picture.unit_at(left, top) == (0, 0)
    assert picture.unit_at(right, bottom) == (0, 1)
    plain = NetworkPicture.of(
        with_unit_outputs(snapshot, across), (0, 1), 60, 20, pictures=True, colors=False
    )
    assert {"░", "█"} <= set("".join(texts(plain.rows())))


def test_of_the_other_units_only_the_strongest_links_are_drawn() -> None:
    snapshot = network(2, 8, 8, 2)
    rows = NetworkPicture.of(snapshot, (0, 0), 100, 30).rows()
    weak = snapshot.network.layers[1][:-1].copy()
    order = np.sort(np.abs(weak[1:]).ravel())[::-1]
    weak[1:][np.abs(weak[1:]) < order[10]] = 0.0  # eleven are left, of which ten are drawn
    layers = list(snapshot.network.layers)
    layers[1] = np.vstack([weak, layers[1][-1:]])
    assert NetworkPicture.of(changed(snapshot, layers=tuple(layers)), (0, 0), 100, 30).rows() == rows


def test_with_one_input_the_picture_of_a_unit_is_a_curve() -> None:
    snapshot = with_unit_outputs(snapshot_of(activation=("tanh",)), np.linspace(-1, 1, GRID_STEPS))
    rows = NetworkPicture.of(snapshot, (0, 0), 60, 30, pictures=True).rows()
    assert braille(rows, "map") > 20 and braille(rows, "below") > 20
    flat = with_unit_outputs(snapshot, np.full(GRID_STEPS, np.nan))
    assert not braille(NetworkPicture.of(flat, (0, 0), 60, 30, pictures=True).rows(), "map", "below")
