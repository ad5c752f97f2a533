"""Asks for refunds in plain words: the short way for tests that are about one rule."""

from collections.abc import Sequence
from typing import Any

from service_refunds.domain.calculation.calculation import Calculation, calculate
from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.order import Order
from tests.unit.refunds.vector_reader import figures_of, read_order, read_request


def an_order(paid: Sequence[str] = ("100.00",), currency: str = "EUR", **but: Any) -> Order:
    """Lines L1, L2 … of one unit each that cost these amounts; `lines` replaces them."""
    lines = [{"id": f"L{place}", "paid": amount} for place, amount in enumerate(paid, 1)]
    return read_order({"currency": currency, "lines": lines, **but})


def calculation_of(order: Order, history: RefundHistory | None = None, **words: Any) -> Calculation:
    """The calculation for a request in the words of the vectors; `back` counts units by line."""
    if "back" in words:
        words["return"] = words.pop("back")
    return calculate(read_request(words, order, history or RefundHistory()))


def answer_of(order: Order, history: RefundHistory | None = None, **words: Any) -> dict[str, Any]:
    """The same, as the figures that a person would check."""
    return figures_of(calculation_of(order, history, **words))
