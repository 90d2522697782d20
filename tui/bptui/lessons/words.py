"""The program's own words around a lesson, by language."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "look": "Look",
        "predict": "Predict",
        "do": "Do",
        "explain": "Explain",
        "on": "on",
        "back": "back",
        "answer": "answer",
        "skip": "skip",
        "end": "end",
        "hint": "hint",
        "text": "task",
        "show": "show me",
        "stop": "stop",
        "leave": "leave",
        "reached": "reached",
        "open": "not reached yet",
        "asked": "not answered yet",
        "right": "right",
        "wrong": "not so",
        "said right": "You said {given}. Right.",
        "said wrong": "You said {given}. It is {answer}.",
        "hint is": "Hint: {text}",
        "choices": "choose   enter take   esc back",
        "number": "Type a number.",
        "not a number": "An answer is a number such as 0.05.",
        "take": "enter take   esc back",
        "showing": "{command}   (keys: {keys})",
        "minutes": "{minutes} min",
        "done": "done",
        "finished": "The lesson is done.",
    },
    "zh": {
        "look": "观察",
        "predict": "预测",
        "do": "动手",
        "explain": "解释",
        "on": "继续",
        "back": "返回",
        "answer": "回答",
        "skip": "跳过",
        "end": "结束",
        "hint": "提示",
        "text": "任务",
        "show": "演示",
        "stop": "停止",
        "leave": "离开",
        "reached": "已达成",
        "open": "尚未达成",
        "asked": "尚未回答",
        "right": "正确",
        "wrong": "不对",
        "said right": "你的回答是 {given}。正确。",
        "said wrong": "你的回答是 {given}。正确答案是 {answer}。",
        "hint is": "提示：{text}",
        "choices": "选择   enter 确定   esc 返回",
        "number": "请输入一个数。",
        "not a number": "答案是一个数，例如 0.05。",
        "take": "enter 确定   esc 返回",
        "showing": "{command}   （按键：{keys}）",
        "minutes": "{minutes} 分钟",
        "done": "已完成",
        "finished": "本课完成。",
    },
}


def word(language: str, name: str) -> str:
    """A word or a sentence in a language; in English if the program does not speak it."""
    return WORDS.get(language, WORDS["en"])[name]
