"""What commands say to people follows --lang; what programs read is the same in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tui.support.running import call

WIDE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
STATE = ("--state", "state")
TRAIN = ("train", "regression", "--epochs", "50", "--test-share", "0.2")
TOLD = {
    (*TRAIN, "--describe"): "所有轮都已完成",
    (*TRAIN, "--format", "csv"): "所有轮都已完成",
    (*TRAIN, "--format", "jsonl", "--summary"): "所有轮都已完成",
    ("train", "regression", "--epochs", "9", "--learning-rate", "10"): "请试试更小的学习率",
    ("predict", "run.bptui", "0.3"): "",
    ("predict", "run.bptui", "x.csv"): "参数 ROWS：x.csv：没有这个文件",
    ("predict", "run.bptui", "rows.csv", "--skip-bad"): "2 行中有 1 行没有答案；其中第一行：rows.csv",
    (
        "predict",
        "run.bptui",
        "0.3",
        "--format",
        "xml",
    ): "参数 --format：必须是 csv、jsonl 或 text，",
    ("importance", "run.bptui"): "",
    ("importance", "run.bptui", "--format", "csv"): "",
    ("importance", "no.bptui"): "错误：参数 RUN：no.bptui：没有这个文件",
    ("advise", "regression", "--epochs", "3", "--starts", "8"): "",
    ("advise", "regression", "--epochs", "3", "--starts", "8", "--format", "json"): "",
    ("advise", "regression", "--epoch", "9999"): "参数 --epoch：必须是",
    ("lessons", *STATE): "",
    ("lessons", "new", "rows.csv"): "参数 FILE：rows.csv：已经存在，不会被替换",
    ("lessons", "check", "no.toml"): "",
    ("learn", "first-steps", "--hand-in", "x.bptui", *STATE): "'first-steps' 中还什么都没有做",
    ("learn", "no.toml", "--plain"): "没有这个文件",
}
"""Commands, and what each of them says in Chinese on stderr."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("state").mkdir()
    Path("rows.csv").write_text("x\n0.5\nbad\n")
    call("train", "regression", "--epochs", "9", "--test-share", "0.2", "--save", "run.bptui")


@pytest.mark.usefixtures("few_changes")
@pytest.mark.parametrize("arguments", TOLD, ids=" ".join)
def test_a_pipe_gets_the_same_bytes_in_every_language_and_people_read_theirs(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, *others = arguments
    english, chinese = (call(name, "--lang", language, *others) for language in ("en", "zh"))
    outs = [re.sub(r'"seconds": [\d.]+', "", done.out) for done in (english, chinese)]
    assert (english.status, outs[0]) == (chinese.status, outs[1])
    assert not WIDE.search(f"{english.err}{english.summary}")
    assert TOLD[arguments] in chinese.err
    assert not TOLD[arguments] or chinese.summary == "", "no line of the summary is in English"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert TOLD[arguments] in call(*arguments).err, "without the flag, the locale chooses"


def test_a_language_without_translations_is_refused_by_all_commands_alike() -> None:
    for arguments in (("learn",), ("learn", "--plain"), ("lessons",), TRAIN, ("predict", "run.bptui", "0.3")):
        done = call(*arguments, "--lang", "fr")
        assert (done.status, done.out) == (2, "")
        assert "argument --lang: must be en, zh or a language with a file languages/fr.po" in done.err


def test_the_language_is_that_of_the_flag_then_of_the_settings_file_then_of_the_locale() -> None:
    Path("bp.toml").write_text('language = "zh"\nepochs = 3\ntask = "regression"\n')
    for named in (("bp.toml",), ("regression", "--config", "bp.toml")):
        assert "已完成" in call("train", *named).err
    assert "completed" in call("train", "regression", "--config", "bp.toml", "--lang", "en").summary
    assert "completed" in call("train", "regression", "--epochs", "3").summary, "the next start is in English"
