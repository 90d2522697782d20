"""The dialogue answers values as the library does, says what may be typed, and what is outside the data."""

from __future__ import annotations

import pytest

from bpengine import Trainer
from bpengine.data.csv import parse_csv
from bpwords.numbers import number
from tests.tui.support.dialogues import dialogue_of, said

TABLE = "city,day,new,price\n" + "".join(
    f"{'Bad Segeberg' if n % 3 else ''},2024-01-{n + 1:02},{'yes' if n % 2 else 'no'},{n}\n"
    for n in range(20)
)


def test_predict_answers_values_of_named_data() -> None:
    dialogue = dialogue_of("classification", dataset="spiral")
    assert said(dialogue, "predict").startswith('Say "predict" with a value for each input: x (-')
    said(dialogue, "run 3")
    trainer = Trainer.continuing(dialogue.session.run)
    shares = dict(zip(trainer.dataset.classes, trainer.predict_proba([[0.5, -0.25]])[0], strict=True))
    name = trainer.predict([[0.5, -0.25]])[0]
    answer = said(dialogue, "predict 0.5 -0.25")
    assert answer.startswith(f"Predicted class: {name}; P({name}) = {number(float(shares[name]))}, P(")
    for same in ("0.5, -0.25", "0.5,-0.25", "0,5 -0,25", "0,5; -0,25"):
        assert said(dialogue, f"predict {same}") == answer
    assert said(dialogue, "predict 9 0").endswith(" Outside the training data: x (-0.9942 to 0.9994).")
    assert said(dialogue, "predict 0.5") == "Must be a value for each of x, y, got 1."
    assert said(dialogue, "predict up 0.5") == "For x: must be a number, got 'up'."


@pytest.mark.parametrize("values", ["'Bad Segeberg' 2024-02-10 yes", "Bad Segeberg, 2024-02-10, yes"])
def test_predict_takes_texts_dates_and_truth_values(values: str) -> None:
    data = parse_csv(TABLE, "t.csv", "regression", missing="mean")
    dialogue = dialogue_of(start={"sources": {"regression": data}})
    expected = Trainer.continuing(dialogue.session.run).predict([("Bad Segeberg", "2024-02-10", True)])[0]
    answer = f"Predicted price: {number(float(expected), 6)}."
    assert said(dialogue, f"predict {values}") == (
        f"{answer} Outside the training data: day (2024-01-01 to 2024-01-20)."
    )
    asked = "city (Bad Segeberg, or empty), day (2024-01-01 to 2024-01-20, or empty), new (yes or no, or"
    assert asked in said(dialogue, "predict")
