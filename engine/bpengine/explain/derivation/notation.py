"""Writing expressions as plain ASCII text, and as TeX for Markdown."""

from __future__ import annotations

from bpengine.explain.derivation import expressions
from bpengine.explain.derivation.rounding import DIGITS, operand_digits
from bpengine.explain.derivation.symbols import Derived
from bpwords.numbers import with_digits

MAX_TERMS = 7
"""The most terms of a sum that are written. Of a longer sum, the first ones and the last one are written."""

SUM, PRODUCT, SIGNED, POWER, ATOM = range(5)
"""Operator precedence, from loose to tight. A part that binds more loosely than its place requires is put in
parentheses."""


def _written(count: int) -> list[int]:
    """The indices of the terms that are written of a sum of `count` terms."""
    return list(range(count)) if count <= MAX_TERMS else [*range(MAX_TERMS - 2), count - 1]


class Notation:
    """Writes expressions as plain text, in ASCII. See also `TeX`.

    The names of the symbols are those of docs/backpropagation.md.
    """

    times = " * "
    ellipsis = "..."
    minus = "-"
    letters = {"η": "eta", "μ": "mu", "ρ": "rho", "ε": "epsilon", "γ": "gamma", "π": "pi"}

    def number(self, number: float, digits: int = DIGITS) -> str:
        """Write a number with so many digits; see `with_digits`."""
        return with_digits(number, digits)

    def symbol(self, symbol: expressions.Symbol) -> str:
        """Write a symbol."""
        name = self.letters.get(symbol.name, symbol.name)
        if symbol.of is not None:
            of = self.symbol(symbol.of)
            name = f"{name}{of}" if name == "dL/d" else f"{name}({of})"
        layer = "" if symbol.layer is None else str(symbol.layer)
        indices = f"[{','.join(map(str, symbol.indices))}]" if symbol.indices else ""
        return f"{'new ' if symbol.is_new else ''}{name}{layer}{indices}"

    def quotient(self, above: tuple[str, int], below: tuple[str, int]) -> tuple[str, int]:
        """Write a quotient of two parts, each with its precedence."""
        return f"{self._bound(above, PRODUCT)} / {self._bound(below, SIGNED)}", PRODUCT

    def power(self, base: str, exponent: tuple[str, int]) -> str:
        """Write a power."""
        return f"{base}^{self._bound(exponent, ATOM)}"

    def call(self, function: str, arguments: list[str]) -> str:
        """Write the value of a function."""
        return f"{function}({', '.join(arguments)})"

    def parentheses(self, text: str) -> str:
        """Put parentheses around a text."""
        return f"({text})"

    def mean(self, text: str) -> str:
        """Write the mean of a formula over the batch."""
        return f"mean of {text} over the batch"

    def condition(self, then: str, tested: str, limit: str, otherwise: str) -> str:
        """Write a choice."""
        return f"{then} if {tested} > {limit} else {otherwise}"

    def write(self, expression: expressions.Expression, *, digits: int = 0) -> str:
        """Write an expression.

        Args:
            expression: the expression.
            digits: the digits of the numbers to write in place of the symbols; 0 to write the symbols.
        """
        return self._write(expression, digits)[0]

    def _write(self, expression: expressions.Expression, digits: int) -> tuple[str, int]:  # noqa: PLR0911, PLR0912  one for each kind
        """The text, and its precedence."""

        def inner(part: expressions.Expression, binding: int) -> str:
            return self._bound(self._write(part, digits), binding)

        match expression:
            case expressions.Constant(number, text):
                written = self.fraction(text) if "/" in text else self.letters.get(text, text)
                every_digit = len(repr(number))  # at least, since a constant is not rounded
                return written or self.number(number, every_digit), SIGNED if number < 0 else ATOM
            case expressions.Variable(_, number) if digits:
                text = self.number(number, digits)
                return text, self._binding_of(text)
            case expressions.Variable(symbol):
                return self.symbol(symbol), self._binding_of_symbol(symbol)
            case expressions.Negative(operand):
                text = inner(operand, PRODUCT)
                if text.startswith(self.minus):
                    text = self.parentheses(text)
                return f"{self.minus}{text}", SIGNED if digits else PRODUCT
            case expressions.Sum(term, count):
                return self._sum([inner(term(i), PRODUCT) for i in _written(count)], count)
            case expressions.Mean(total) if digits:
                return self.quotient(self._write(total, digits), (str(total.count), ATOM))
            case expressions.Mean(total):
                return self.mean(inner(total.term(0), PRODUCT)), SUM
            case expressions.Product((first, *rest)):
                between = self.times if digits else " "
                # A negative number needs parentheses except at the beginning.
                return between.join(
                    [inner(first, PRODUCT), *(inner(factor, POWER) for factor in rest)]
                ), PRODUCT
            case expressions.Quotient(above, below):
                return self.quotient(self._write(above, digits), self._write(below, digits))
            case expressions.Power(base, exponent):
                return self.power(inner(base, ATOM), self._write(exponent, digits)), POWER
            case expressions.Call(function, arguments):
                return self.call(function, [self._write(argument, digits)[0] for argument in arguments]), ATOM
            case expressions.Where(then, tested, limit, otherwise):
                parts = [
                    self._write(expression, digits)[0] for expression in (then, tested, limit, otherwise)
                ]
                return self.condition(*parts), SUM
        raise TypeError(f"cannot write a {type(expression).__name__}")

    def fraction(self, text: str) -> str:
        """Write a fraction such as 1/2."""
        return text

    def _binding_of(self, number: str) -> int:
        return SIGNED if number.startswith("-") else ATOM

    def _binding_of_symbol(self, symbol: expressions.Symbol) -> int:
        if symbol.is_new or " " in symbol.name:
            return SIGNED
        return POWER if symbol.name == "dL/d" else ATOM

    def _bound(self, part: tuple[str, int], binding: int) -> str:
        text, bound = part
        return self.parentheses(text) if bound < binding else text

    def _sum(self, texts: list[str], count: int) -> tuple[str, int]:
        if count > len(texts):
            texts.insert(-1, self.ellipsis)
        signed = [
            f" - {text[len(self.minus) :]}" if text.startswith(self.minus) else f" + {text}"
            for text in texts[1:]
        ]
        return "".join([texts[0], *signed]), SUM


class TeX(Notation):
    """Writes expressions as TeX. A subscript comes before a superscript, for Markdown's sake.

    In Markdown, an underscore after a brace could begin or end italics; one after a letter never does.
    """

    times = r" \cdot "
    ellipsis = r"\dots"
    letters = {
        "η": r"\eta",
        "μ": r"\mu",
        "ρ": r"\rho",
        "ε": r"\varepsilon",
        "γ": r"\gamma",
        "π": r"\pi",
        "delta": r"\delta",
        "l1": r"\lambda_1",
        "l2": r"\lambda_2",
        "norm": r"\lVert g \rVert",
        "clip": "c",
        "clipped g": r"g_{\text{clip}}",
    }

    def number(self, number: float, digits: int = DIGITS) -> str:
        """Write a number with so many digits; one with an exponent as a product."""
        text, _, exponent = with_digits(number, digits).partition("e")
        if text.endswith(("inf", "nan")):
            return text.replace("inf", r"\infty").replace("nan", r"\text{NaN}")
        return rf"{text} \cdot 10^{{{int(exponent)}}}" if exponent else text

    def symbol(self, symbol: expressions.Symbol) -> str:
        """Write a symbol."""
        name = self.letters.get(symbol.name, symbol.name)
        if symbol.of is not None:
            of = self.symbol(symbol.of)
            name = rf"\frac{{\partial L}}{{\partial {of}}}" if name == "dL/d" else rf"{name}({of})"
        indices = f"_{{{','.join(map(str, symbol.indices))}}}" if symbol.indices else ""
        layer = "" if symbol.layer is None else f"({symbol.layer})"
        new = r"\text{new}" if symbol.is_new else ""
        above = ",".join(part for part in (layer, new) if part)
        return f"{name}{indices}" + (f"^{{{above}}}" if above else "")

    def quotient(self, above: tuple[str, int], below: tuple[str, int]) -> tuple[str, int]:
        """Write a fraction, which needs no parentheses."""
        return rf"\frac{{{above[0]}}}{{{below[0]}}}", SIGNED

    def fraction(self, text: str) -> str:
        """Write a small fraction."""
        above, below = text.split("/")
        return rf"\tfrac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: tuple[str, int]) -> str:
        """Write a power."""
        return f"{base}^{{{exponent[0]}}}"

    def call(self, function: str, arguments: list[str]) -> str:
        """Write the value of a function."""
        if function == "sqrt":
            return rf"\sqrt{{{arguments[0]}}}"
        if function == "floor":
            return rf"\lfloor {arguments[0]} \rfloor"
        name = r"\operatorname{sign}" if function == "sign" else rf"\{function}"
        return rf"{name}\left({', '.join(arguments)}\right)"

    def parentheses(self, text: str) -> str:
        """Put parentheses around a text."""
        return rf"\left({text}\right)"

    def mean(self, text: str) -> str:
        """Write the mean of a formula over the batch."""
        return rf"\text{{mean of }} {text} \text{{ over the batch}}"

    def condition(self, then: str, tested: str, limit: str, otherwise: str) -> str:
        """Write a choice."""
        return rf"{then} \text{{ if }} {tested} > {limit} \text{{ else }} {otherwise}"

    def _binding_of(self, number: str) -> int:
        return PRODUCT if r"\cdot" in number and not number.startswith("-") else super()._binding_of(number)

    def _binding_of_symbol(self, symbol: expressions.Symbol) -> int:
        has_superscript = symbol.layer is not None or symbol.is_new
        return POWER if has_superscript or symbol.of is not None else ATOM


TEXT, TEX = Notation(), TeX()


def equation(derived: Derived, notation: Notation, digits: int = DIGITS) -> tuple[str, str, str, str]:
    """Return the symbol, the formula, the formula with its numbers, and the result of a derived number.

    The result has so many digits, and the numbers in the formula have as many as it takes to compute it from
    them. If terms of a long sum are left out, it cannot be computed, and they have no more.
    """
    formula, result = derived.formula, derived.result.number
    numbers = notation.write(formula, digits=digits)
    if notation.ellipsis not in numbers:
        numbers = notation.write(formula, digits=operand_digits(formula, result, digits))
    return (
        notation.symbol(derived.result.symbol),
        notation.write(formula),
        numbers,
        notation.number(result, digits),
    )
