"""Numbers are read as people type them, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import FIELD, ConfigError, TrainingConfig
from bpengine.many.advice.experiment import Experiment
from bpengine.numbers import check_whole, is_ambiguous, parse_real, parse_whole, whole_in, whole_range


def test_real_numbers_are_read_as_people_type_them() -> None:
    for text, value in {
        "0.3": 0.3,
        "0,3": 0.3,
        " ,5 ": 0.5,
        "30%": 0.3,
        "30 %": 0.3,
        "0,7%": 0.007,  # 0.7 / 100 is another float
        "7%": 0.07,
        "1e3": 1000.0,
        "1,5e3": 1500.0,
        "0,125": 0.125,
        "1,0000": 1.0,
        "1000,5": 1000.5,
    }.items():
        assert parse_real(text) == value, text
    for text in (
        "",
        "%",
        "1,2,3",
        "1.000,5",
        "1,000.5",
        "1,000",
        "12,345",
        "1,234,567",
        "1,000%",
        "1e2%",
        "3%%",
    ):
        with pytest.raises(ValueError):
            parse_real(text)


def test_whole_numbers_are_read_as_people_type_them() -> None:
    for text, value in {"12": 12, " 12 ": 12, "1e3": 1000, "1.5e3": 1500, "100.0": 100, "1E2": 100}.items():
        assert parse_whole(text) == value, text
        assert type(parse_whole(text)) is int
    for text in ("", "1.5", "1,0", "1,000", "50%", "nan", "inf", "1e999", "1e-3", "9" * 5000):
        with pytest.raises(ValueError):
            parse_whole(text)


def test_settings_take_typed_numbers_and_say_what_is_unclear() -> None:
    assert FIELD["test_share"].parse("30%") == 0.3
    assert FIELD["epochs"].parse("1e3") == 1000
    assert FIELD["hidden_units"].parse("8,8") == (8, 8), "here a comma separates"
    assert FIELD["hidden_units"].parse("1e1, 8") == (10, 8)
    assert is_ambiguous(" 1,000 ")
    with pytest.raises(ConfigError, match="without a comma that may separate thousands, got '1,000'"):
        FIELD["learning_rate"].parse("1,000")
    with pytest.raises(ConfigError, match="got '200%'"):
        FIELD["test_share"].parse("200%")


def test_whole_numbers_out_of_range_are_refused() -> None:
    assert check_whole("starts", np.int64(3), 1, 3) == 3
    assert type(check_whole("starts", np.int64(3), 1)) is int
    for value in (0, 4, 2.0, 2.5, "2", True, None, 10**400):
        with pytest.raises(ConfigError, match="starts: must be a whole number from 1 to 3, got"):
            check_whole("starts", value, 1, 3)
    with pytest.raises(ConfigError, match=r"epoch: must be a whole number from 1 to 10, got '2.5'"):
        Experiment(TrainingConfig(epochs=10), epoch=2.5)  # type: ignore[arg-type]
    assert [whole_in(text, 1, 20) for text in ("7", "20", "007")] == [7, 20, 7]
    for text in ("", "0", "21", "+7", " 7", "7.0", "1e1", "٧", "9" * 5000):
        assert whole_in(text, 1, 20) is None
    assert (whole_range(0), whole_range(1, 5)) == ("a whole number from 0 on", "a whole number from 1 to 5")
