"""The promotion rules of the day of purchase as data, so that the kept goods can be priced again.

A `Threshold` takes an amount off once an amount or a number of pieces is reached (满300减50, 每满100减10, 10 % off,
tiers). A `SetPrice` takes an amount off for every complete set (a bundle price, the second piece at half price, buy two
get one).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service_refunds.domain.calculation.inputs.field_check import (
    check_count,
    check_flag,
    check_keys,
    check_kind,
    check_list,
    check_money,
    check_optional_money,
    check_share,
)
from shared.kernel.money import Money, half_up

Amounts = Mapping[str, int]
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ThresholdStep:
    """From this amount and number of pieces on: so much off, or so many basis points of the amount."""

    minimum: Money
    off: Money | None = None
    percent_bp: int = 0
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Threshold:
    """The last step that is reached counts; `repeats` gives its `off` once for every full `minimum`
    (每满).
    """

    steps: tuple[ThresholdStep, ...]
    repeats: bool = False
    at_most: Money | None = None


@dataclass(frozen=True, slots=True)
class SetPart:
    """A number of pieces of one line."""

    line: str
    pieces: int


@dataclass(frozen=True, slots=True)
class SetPrice:
    """`off` for every complete set of these parts."""

    parts: tuple[SetPart, ...]
    off: Money


PromotionRule = Threshold | SetPrice


def discount_of(rule: PromotionRule, amounts: Amounts, pieces: Counts) -> int:
    """The discount of this rule on these lines in minor units, never more than the sum of the lines."""
    whole = sum(amounts.values())
    if isinstance(rule, SetPrice):
        sets = min(pieces.get(part.line, 0) // part.pieces for part in rule.parts)
        return min(whole, rule.off.minor * sets)
    off = _off_by_steps(rule, whole, sum(pieces.values()))
    return min(whole, off if rule.at_most is None else min(off, rule.at_most.minor))


def _off_by_steps(rule: Threshold, whole: int, pieces: int) -> int:
    reached = [step for step in rule.steps if whole >= step.minimum.minor and pieces >= step.pieces]
    if not reached:
        return 0
    step = max(reached, key=lambda each: (each.minimum.minor, each.pieces))
    if step.off is None:
        return half_up(whole * step.percent_bp, 10_000)
    times = whole // step.minimum.minor if rule.repeats and step.minimum else 1
    return step.off.minor * times


def check_rule(rule: object, pointer: str, currency: str, lines: frozenset[str]) -> None:
    """Refuse a rule with an invalid field."""
    if isinstance(rule, SetPrice):
        _check_set(rule, pointer, currency, lines)
    else:
        _check_threshold(check_kind(rule, pointer, Threshold), pointer, currency)


def _check_set(rule: SetPrice, pointer: str, currency: str, lines: frozenset[str]) -> None:
    check_list(rule.parts, f"{pointer}/parts", SetPart)
    check_count(len(rule.parts), f"{pointer}/parts", 1)
    check_keys(((f"{pointer}/parts/{place}/line", part.line) for place, part in enumerate(rule.parts)), lines)
    for place, part in enumerate(rule.parts):
        check_count(part.pieces, f"{pointer}/parts/{place}/pieces", 1)
    check_money(rule.off, f"{pointer}/off", currency)


def _check_threshold(rule: Threshold, pointer: str, currency: str) -> None:
    check_list(rule.steps, f"{pointer}/steps", ThresholdStep)
    check_flag(rule.repeats, f"{pointer}/repeats")
    check_optional_money(rule.at_most, f"{pointer}/at_most", currency)
    for place, step in enumerate(rule.steps):
        here = f"{pointer}/steps/{place}"
        check_money(step.minimum, f"{here}/minimum", currency)
        check_optional_money(step.off, f"{here}/off", currency)
        check_share(step.percent_bp, f"{here}/percent_bp")
        check_count(step.pieces, f"{here}/pieces")
