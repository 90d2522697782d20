"""The screen in other languages: the catalogues, how one is chosen, and widths, keys and names in Chinese."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from rich.console import Console

from bpengine import FIELD
from bptui.commands.matching import score
from bptui.screen.overlays.dialog import prose
from bptui.screen.terminal.input import InputDecoder
from bptui.screen.widgets.status_line import fitted
from bptui.settings.languages import FOLDER, MAX_BYTES, translations
from bpwords import columns, use
from bpwords.wrapping import broken
from tests import languages
from tests.languages import READ, ROOT, problems, texts
from tests.tui.support.running import call

SMALL = ("regression", "--epochs", "40", "--at", "20", "--size", "80x24", "--output", "screen.txt")
FRENCH = """
msgid "Paused. {toggle_run} continues, {step_epoch} trains one epoch"
"[, {less/more} change {what}][, {set} changes a setting]."
msgstr "En pause. {toggle_run} continue, {step_epoch} : une époque."
""" + "".join(
    f'\nmsgctxt "{context}"\nmsgid "{text}"\nmsgstr "{said}"\n'
    for context, text, said in (
        ("setting", "learning rate", "taux"),
        ("setting", "hidden units", "unités"),
        ("setting", "epochs", "époques"),
        ("tab", "regression", "régression"),
        ("state", "paused", "en pause"),
        ("key", "run", "lancer"),
        ("key", "quit", "quitter"),
        ("key", "help", "aide"),
        ("title", "settings", "réglages"),
    )
)
"""A language of ten entries."""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_text_is_in_chinese_with_the_same_slots_and_only_with_commands() -> None:
    assert {kind for kind, _ in problems(FOLDER / "zh.po", texts())} <= {"fuzzy"}  # make dist refuses these


@pytest.mark.parametrize(
    ("entry", "counted", "fails"),
    [
        ('msgid "Stopped."\nmsgstr "停。"', 0, ()),
        ('#, fuzzy\nmsgid "Stopped."\nmsgstr "停下。"', 1, ("dist",)),
        ('#, fuzzy\nmsgid "Stopped."\nmsgstr ""', 1, ("dist",)),
        ('msgid "Stopped."\nmsgstr ""', 0, ("languages", "dist", "check")),
        ("", 0, ("languages", "dist", "check")),
        ('#, fuzzy\nmsgid "Stopping."\nmsgstr ""', 0, ("languages", "dist", "check")),
    ],
)
def test_a_fuzzy_text_passes_make_check_but_not_make_dist_and_a_missing_one_neither(
    entry: str,
    counted: int,
    fails: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "zh.po").write_text(entry, "utf-8")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    monkeypatch.setattr(languages, "texts", lambda: {("Stopped.", ""): "session.py"})
    called = re.compile(r"^([a-z]+): .*\n(?:\t.*\n)*?\t.* -m tests.languages(.*)\n", re.MULTILINE)
    targets = dict(called.findall((ROOT / "Makefile").read_text("utf-8")))
    assert targets.keys() == {"languages", "dist", "check"}
    for target, flags in targets.items():
        monkeypatch.setattr("sys.argv", ["languages", *flags.split()])
        assert languages.main() == (target in fails), target
        *named, count = capsys.readouterr().out.splitlines()
        assert bool(named) is (target in fails or (counted == 1 and target == "languages")), target
        assert count == f"zh.po: 1 texts, {counted} of them fuzzy and said in English"


def test_no_module_calls_something_else_like_what_marks_its_texts() -> None:
    for path in (*(ROOT / "engine").rglob("*.py"), *(ROOT / "tui").rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        names = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        names += [node.arg for node in nodes if isinstance(node, ast.arg)]
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module == "bpwords":
                said = {name.name: name.asname for name in node.names if name.name in READ}
                assert not any(said.values()) and said.keys().isdisjoint(names), path


def screen(*flags: str) -> str:
    assert call("snapshot", *SMALL, *flags).status == 0
    return Path("screen.txt").read_text("utf-8")


def test_a_screen_is_in_the_language_of_the_flag_and_in_english_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    english, chinese = screen(), screen("--lang", "zh")
    assert "Paused. Space continues" in english
    for words in ("1 回归", "学习率", "轮误差", "已暂停。space 继续，s 训练一轮", "q 退出", "─网络（m）"):
        assert words in chinese
    assert "Paused" in screen("--lang", "zh", "--ascii")
    assert {columns(line) for line in chinese.splitlines() if "│" in line} <= set(range(40, 81))


def test_a_file_beside_the_settings_file_is_another_language() -> None:
    Path("languages").mkdir()
    Path("languages/fr.po").write_text(FRENCH, "utf-8-sig")
    Path("mine.toml").write_text("", "utf-8")
    french = screen("--lang", "fr", "--config", "mine.toml")
    assert all(words in french for words in ("1 Régression", "taux", "q quitter", "En pause. Space continue"))
    assert "init scale" in french, "what has no translation is in English"
    unknown = call("snapshot", *SMALL, "--lang", "cn", "--config", "mine.toml")
    assert (unknown.status, "argument --lang: must be en, zh or a language with" in unknown.err) == (2, True)
    for content, reason in (
        (b"msgid nothing", "line 1: must be a comment"),
        (b'msgid "a {b}"\nmsgstr "{b} {redo}: {c}"', "line 2: {c} is no command"),
        (b'msgid "Paused."\nmsgstr "a\x1b]0;x\x07"', r"line 2: has the control character '\x1b'"),
        (b'msgid "Paused."\nmsgstr "a\xc2\x9b2J"', r"line 2: has the control character '\x9b'"),
        (b'msgid "Paused.[ {run}]"\nmsgstr "[/x] [{run}]"', "line 2: has a [ that the text does not have"),
        (b"msgid \xe9", "is not UTF-8 text"),
        (b" " * (MAX_BYTES + 1), "is too large"),
        ('msgid "run"\nmsgstr "\u05e8\u05d5\u05e5"'.encode(), "is written from right to left"),
    ):
        Path("languages/fr.po").write_bytes(content)
        refused = call("snapshot", *SMALL, "--lang", "fr", "--config", "mine.toml")
        assert (refused.status, f"languages/fr.po: {reason}" in refused.complaint) == (2, True)


def test_chinese_is_cut_by_columns_found_by_its_words_and_pinyin_and_typed_in_full_width() -> None:
    use(translations("zh"))
    text = "训练已结束：r 重新开始；设定更多的轮数就能继续，或者换一个种子。"
    for width in range(20, 90):
        for rows in (1, 2):
            lines = fitted((text,), width, rows)
            assert len(lines) <= rows
            assert all(columns(line) <= width for line in lines)
    head, *filled = broken(f"English as it is\n{text}，样本 63 个，{text}", 30).split("\n")
    assert (head, "".join(filled)) == ("English as it is", f"{text}，样本 63 个，{text}")
    assert all(27 <= columns(row) <= 30 for row in filled[:-1]), "rows are full"
    console = Console(width=30)
    with console.capture() as shown:
        console.print(prose(f"{text}{text}"))
    assert [row.rstrip() for row in shown.get().splitlines()] == broken(f"{text}{text}", 30).split("\n")
    assert prose("in English") == "in English"
    names = FIELD["learning_rate"].names
    assert [score(typed, names) for typed in ("学习率", "xxl", "习率", "learning rate")] == [5, 5, 3, 5]
    keys = [getattr(key, "key", "") for key in InputDecoder().feed("？，。／３：".encode(), 0.0)]
    assert keys == ["question_mark", "comma", "full_stop", "slash", "3", "colon"]
