"""The SVG of a screen: places, looks, and text that XML can hold."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from bptui.session.saving.pictures.svg import HEIGHT, MARGIN, WIDTH, svg_of

SVG = "{http://www.w3.org/2000/svg}"
PLAIN = "#c0c0c0 on #101010"


def elements(*rows: list[tuple[str, str]], title: str = "a title") -> ElementTree.Element:
    """The document of rows of texts, each with its style."""
    strips = [Strip([Segment(text, Style.parse(style)) for text, style in row]) for row in rows]
    return ElementTree.fromstring(svg_of(strips, title=title))


def places(root: ElementTree.Element) -> list[tuple[float, str]]:
    """Every piece of text with the column where it begins or, alone in a cell, has its middle."""
    found = []
    for text in root.iter(f"{SVG}text"):
        for part in list(text) or [text]:
            assert part.text is not None
            assert part.text == part.text.strip()
            found.append((int(part.attrib["x"]) / WIDTH, part.text))
    return found


def text_elements(root: ElementTree.Element) -> list[ElementTree.Element]:
    return list(root.iter(f"{SVG}text"))


def test_each_word_of_an_svg_has_its_own_place() -> None:
    root = elements([("  two  words ", PLAIN), ("more", f"bold {PLAIN}")])
    assert places(root) == [(2, "two"), (7, "words"), (13, "more")]
    assert [text.attrib["textLength"] for text in text_elements(root)] == ["36", "60", "48"]


def test_each_character_of_an_svg_that_is_no_letter_has_its_own_place() -> None:
    root = elements([("a╌⊕ ⠀▸", PLAIN)])
    assert places(root) == [(0.5, "a"), (1.5, "╌"), (2.5, "⊕"), (5.5, "▸")]
    assert [text.get("text-anchor") for text in text_elements(root)] == ["middle"]


def test_lines_and_the_dots_of_braille_are_shapes() -> None:
    root = elements([("─┤⡁", PLAIN)])
    dots, lines = root.iter(f"{SVG}path")
    assert dots.attrib["d"] == f"M{2 * WIDTH + 3} 3h0M{2 * WIDTH + 3} 20h0"
    assert lines.attrib["d"].count("M") == 2 + 3
    assert places(root) == []


def test_the_points_of_a_plot_are_no_words() -> None:
    root = elements([("+++ xx x0", PLAIN)])
    assert places(root) == [(0.5, "+"), (1.5, "+"), (2.5, "+"), (4.5, "x"), (5.5, "x"), (7, "x0")]


def test_wide_and_combined_characters_keep_their_cells() -> None:
    root = elements([("漢e\u0301x\u2500\u0332 y", PLAIN)])
    assert places(root) == [(1, "漢"), (2, "e\u0301x"), (4.5, "\u2500\u0332"), (6.5, "y")]


def test_rows_of_an_svg_are_below_each_other() -> None:
    root = elements([("one", PLAIN)], [("two", PLAIN)])
    moved = [group.attrib["transform"] for group in root.iter(f"{SVG}g") if "transform" in group.attrib]
    assert moved[1:] == ["translate(0 0)", f"translate(0 {HEIGHT})"]


def test_the_size_of_an_svg_is_that_of_the_screen() -> None:
    root = elements([("12345", PLAIN)], [("67890", PLAIN)])
    assert root.attrib["viewBox"] == f"0 0 {5 * WIDTH + 2 * MARGIN} {2 * HEIGHT + 2 * MARGIN}"


def test_backgrounds_are_rectangles() -> None:
    other = "#ffffff on #0000ff"
    root = elements([("aa", PLAIN), ("bb", other), (" ", f"bold {other}"), ("a", PLAIN)], [("aaaaaa", PLAIN)])
    whole, rect = root.iter(f"{SVG}rect")
    assert whole.attrib["fill"] == "#101010"
    assert (rect.attrib["x"], rect.attrib["y"]) == (str(2 * WIDTH), "0")
    assert (rect.attrib["width"], rect.attrib["height"]) == (str(3 * WIDTH), str(HEIGHT))
    assert rect.attrib["fill"] == "#0000ff"


def test_half_blocks_are_rectangles() -> None:
    root = elements([("漢▀▀▄ ▌", "#ff0000 on #101010")])
    found = [
        tuple(int(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        for rect in root.iter(f"{SVG}rect")
        if rect.attrib["fill"] == "#ff0000"
    ]
    assert found == [
        (2 * WIDTH, 0, 2 * WIDTH, 12),
        (4 * WIDTH, 12, WIDTH, HEIGHT - 12),
        (6 * WIDTH, 0, WIDTH // 2, HEIGHT),
    ]
    assert [text for _, text in places(root)] == ["漢"]


@pytest.mark.parametrize(
    ("style", "attributes"),
    [
        ("#ff0000 on #000000", {"fill": "#ff0000"}),
        ("bold italic #ff0000 on #000000", {"font-weight": "bold", "font-style": "italic"}),
        ("underline strike #ff0000 on #000000", {"text-decoration": "underline line-through"}),
        ("reverse #ff0000 on #000000", {"fill": "#000000"}),
        ("dim #ff0000 on #000000", {"fill": "#990000"}),
        ("default on default", {"fill": "#c5c8c6"}),
        ("red", {"fill": "#cc555a"}),
    ],
)
def test_styles_become_attributes_of_svg(style: str, attributes: dict[str, str]) -> None:
    (text,) = text_elements(elements([("word", style)]))
    assert attributes.items() <= text.attrib.items()


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    root = elements([("<a>&\"'", PLAIN)], [("x\x1by\ufffez", PLAIN)], title="<&\x00>")
    assert "".join(text for _, text in places(root)) == "<a>&\"'x?y?z"
    assert root.findtext(f"{SVG}title") == "<&?>"


def test_an_svg_loads_nothing_from_elsewhere() -> None:
    strips = [Strip([Segment("word", Style.parse(PLAIN))])]
    assert svg_of(strips, title="x").count("http") == 1  # the name of the format
