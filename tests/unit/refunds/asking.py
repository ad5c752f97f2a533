"""Asks for refunds in plain words: the short way for tests that are about one rule."""

from collections.abc import Sequence
from typing import Any

from service_refunds.domain.calculation import Calculation, calculate
from service_refunds.domain.history import History
from service_refunds.domain.order import Order
from tests.unit.refunds.reading import read_order, read_request, said


def an_order(paid: Sequence[str] = ("100.00",), currency: str = "EUR", **but: Any) -> Order:
    """Lines L1, L2 … of one unit each that cost these amounts; `lines` replaces them."""
    lines = [{"id": f"L{place}", "paid": amount} for place, amount in enumerate(paid, 1)]
    return read_order({"currency": currency, "lines": lines, **but})


def ask(order: Order, history: History | None = None, **words: Any) -> Calculation:
    """The calculation for a request in the words of the vectors; `back` counts units by line."""
    if "back" in words:
        words["return"] = words.pop("back")
    return calculate(read_request(words, order, history or History()))


def answer(order: Order, history: History | None = None, **words: Any) -> dict[str, Any]:
    """The same, as the figures that a person would check."""
    return said(ask(order, history, **words))
