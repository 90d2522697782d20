"""The dialogue in Chinese: its words, its answers, and what it completes and suggests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bpengine import FIELDS
from bptui.commands.naming import spoken
from bptui.commands.phrases import in_english, in_language, typed
from bptui.dialogue.conversation import greeting
from bptui.dialogue.line_editor import completions
from bptui.dialogue.table import ENTRIES, command_named
from bptui.session.description.words import line_of
from bptui.settings.languages import translations
from bptui.settings.start_settings import LessonStart
from bpwords import in_context, use
from tests.tui.support.dialogues import dialogue_of, said


@pytest.fixture(autouse=True)
def chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    use(translations("zh"))
    yield
    use({})


def test_no_chinese_word_means_two_commands_and_each_command_has_one() -> None:
    words = [text for texts in in_context("dialogue").values() for text in texts.split(", ")]
    words += [field.said for field in FIELDS]
    assert not [word for word, count in Counter("".join(word.split()) for word in words).items() if count > 1]
    assert not [word for word in words if word.isascii() and "{" not in word]
    for entry in ENTRIES:
        name = spoken(entry.word)
        assert command_named(in_english(f"{name} 3")) == (entry, "3")
        assert command_named(in_english(f"{name}３"))[0] is entry
        for word in in_context("dialogue")[entry.word].split(", "):
            assert command_named(in_english(word)) == (entry, ""), word
            assert command_named(in_english(entry.word)) == (entry, ""), "English words are valid"
    for field in FIELDS:
        assert in_english(f"设置{field.said}0.3") == f"set {field.label} 0.3"
    for text, english in typed().items():
        if "{" not in text:
            assert in_english(text) == english


@pytest.mark.parametrize(
    ("line", "english"),
    [
        ("学习率０．３。", "learning rate 0.3"),
        ("把学习率改成0.3", "set learning rate 0.3"),
        ("学习率 零点三", "learning rate 0.3"),
        ("三个单元", "set units 3"),
        ("二十个单元", "set units 20"),
        ("训练十轮", "run 10 epochs"),
        ("训练三百二十轮", "run 320 epochs"),
        ("训练到第一万二千零五轮", "run to 12005"),
        ("学习率一百点五", "learning rate 100.5"),
        ("预测 一千零二十，零点三", "predict 1020,0.3"),
        ("保存检查点 二十", "save checkpoint 二十"),
        ("训练 三百二轮", "run 三百二 epochs"),
        ("训练 十百轮", "run 十百 epochs"),
        ("预测 统一", "predict 统一"),
        ("优化器 随机梯度下降", "optimizer 随机梯度下降"),
        ("描述我的网络", "描述我的网络"),
        ("分类任务", "classification"),
        ("先训练五十轮看看", "run 50 epochs"),
        ("隐藏单元改成十个", "set hidden units 10"),
        ("误差怎么样了", "what is error"),
        ("试试分类任务", "classification"),
        ("训练五十轮", "run 50 epochs"),
        ("换一个种子", "new seed"),
        ("打开 三.csv", "open 三.csv"),
        ("请把动量调高一下", "raise momentum"),
        ("隐藏单元 ８，８", "hidden units 8,8"),
        ("训练到第100轮", "run to 100"),
        ("训练 100 轮", "run 100 epochs"),
        ("第2层第1个单元", "unit 1 of layer 2"),
        ("冻结第 2 层的第 1 个单元", "freeze unit 1 of layer 2"),
        ("设置权重 W1[1,2] 0.5", "set weight W1[1,2] 0.5"),
        ("热图 学习率=0.1,0.3 乘 隐藏单元=1,2", "map learning rate=0.1,0.3 by hidden units=1,2"),
        ("什么是动量？", "what is what is momentum"),
        ("怎么重新开始", "how do i restart"),
        ("打开 数据/训练，一.csv", "open 数据/训练，一.csv"),
        ("open 训练.csv", "open 训练.csv"),
        ("导出 onnx 训练.onnx", "export onnx 训练.onnx"),
        ("预测 是，4", "predict 是,4"),
        ("天气真好", "天气真好"),
        ("请" * 900, "请" * 896),
    ],
)
def test_a_line_becomes_english_but_names_of_files_and_values_stay(line: str, english: str) -> None:
    assert in_english(line) == english


def test_what_a_screen_reader_stumbles_over_is_spelled() -> None:
    assert line_of("函数 sin(x) + x → cos(x)") == "函数从 sin(x) + x 变为 cos(x)"
    assert line_of("学习率 η → R² 与 β₁") == "学习率从 eta 变为 R 平方与 beta1"


def test_commands_that_are_named_are_said_as_they_can_be_typed() -> None:
    for command in (
        "run to 20",
        "set hidden units 8,8",
        "predict 71, yes",
        "cloud on",
        "lesson hidden-units",
    ):
        text = in_language(command)
        assert not text.isascii()
        assert in_english(text) == command
    assert in_language("map learning rate=0.1 by seed=1") == "热图 学习率=0.1 乘 种子=1"
    assert in_language("map seed=1 by optimizer=sgd,momentum,adam") == "热图 种子=1 乘 优化器=sgd,动量,adam"


QUESTIONS = {
    "什么是动量": "what is momentum",
    "误差是多少": "what is the error",
    "adam 是什么？": "how does adam work",
    "什么是神经元": "what is a neuron",
    "怎么重新开始": "how do I restart",
    "我能做什么？": "what can I do?",
    "看看权重": "show weights",
    "怎么打开 CSV": "how do I open a CSV",
    "为什么这么慢": "why is it so slow",
    "效果怎么样": "how good is it",
    "训练完了吗？": "is it done",
    "报告间隔是多少": "what is report every",
    "现在误差是多少": "what is the error",
}


def test_each_question_has_a_chinese_form_with_the_same_answer_that_changes_nothing() -> None:
    dialogue = dialogue_of()
    before = dialogue.session.document
    for chinese, english in QUESTIONS.items():
        answer = said(dialogue, chinese)
        assert answer == said(dialogue, english), chinese
        assert re.search("[\u4e00-\u9fff]", answer), chinese
    assert dialogue.session.document == before


ENGLISH = re.compile(r"[A-Za-z]{3,}")
NAMES = {
    *("sin", "sine", "sigmoid", "identity", "RMSE", "regression", "bptui", "ctrl", "tanh", "adam", "spiral"),
    *("csv", "train", "continue", "space", "none", "settings", "toml", "first", "steps", "sgd", "constant"),
    *(
        "normal",
        "own",
        "all",
        "off",
        "momentum",
        "above",
        "below",
        "softmax",
        "border",
        "foo",
        "fooling",
        "dropout",
        "plane",
        "delta",
    ),
}


TALK = (
    "帮助|帮助 训练|状态|显示|学习率|学习率 ０．３|训练 50 轮|描述|描述 趋势|指标|误差表 3|诊断|权重|"
    "各单元|第1层第2个单元|固定|新种子|训练50轮|比较|固定列表|取消固定|假设对比|隐藏单元 4|撤销|重做|"
    "退回|查看第20轮|前进|保存|保存检查点 我的训练.bptui|保存检查点 我的训练.bptui|打开 我的训练.bptui|"
    "冻结第1层|解冻第1层|关掉 单元 1|恢复 单元 1|设置权重 W1[1,2] 0.5|单步演算|单步演算 下一步 层|"
    "求导链 W1[1,2]|猜|猜 +|猜 关|预测 1|预测|螺旋|分类|回归|课程|课程 first-steps|提示|下一步|课程 关|重复|"
    "默认设置|天气真好|设置|单步 3 foo|查看 99|起点云 x|描述 foo|采用|学率 0.3|退出"
)


def test_a_learner_who_knows_no_english_gets_from_the_start_to_the_end() -> None:
    dialogue = dialogue_of(start={"lessons": LessonStart(language="zh")})
    lines = list(greeting(dialogue))
    for line in TALK.split("|"):
        answer = said(dialogue, line)
        assert answer or line == "退出", line
        lines += answer.splitlines()
    assert dialogue.is_over
    for line in lines:
        assert not {*ENGLISH.findall(re.sub("[a-z]+(-[a-z]+)+", "", line))} - NAMES, line
        assert "  " not in line, line
        assert not re.search("[:;] |[\u4e00-\u9fff], ", line), line
        prose = re.sub("“[^”]*”|^[^：]*：", "", line)
        assert not re.search("[\u4e00-\u9fff] [\u4e00-\u9fff]", prose), line


def test_completion_and_what_was_meant_are_in_the_language_that_is_typed() -> None:
    dialogue = dialogue_of()
    Path("数据 一.bptui").touch()
    for begun, whole in {
        "训": ["训练 "],
        "设置 学": ["设置 学习率 ", "设置 学习率调度 "],
        "设置学": ["设置学习率 ", "设置学习率调度 "],
        "设置 优化器 ad": ["设置 优化器 adam"],
        "描述 趋": ["描述 趋势"],
        "打开 数": ["打开 数据 一.bptui"],
        "保存 检": ["保存 检查点 "],
        "des": ["describe "],
        "set lea": ["set learning rate "],
    }.items():
        assert completions(dialogue, begun) == whole, begun
    assert "帮助 " in completions(dialogue, "")
    for wrong, right in {"训炼100轮": "训练", "学率 0.3": "学习率", "描素": "描述", "trian": "train"}.items():
        assert said(dialogue, wrong) == f"没有以 '{wrong}' 开头的命令；是不是{' ' * right.isascii()}{right}？"
    assert said(dialogue, "训练三百二轮").endswith("必须是从 1 到 999999999 的整数，不能是 '三百二'。")
    assert said(dialogue, "课程 没有") == "课程：没有课程 '没有'；“课程”列出所有课程。"
    assert said(dialogue, "天气真好") == "没有以 '天气真好' 开头的命令；输入“帮助”列出所有命令。"
