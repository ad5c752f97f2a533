"""The refund rules a second time, slow and obvious: fractions, one unit after the other, no cleverness
shared.

It values everything that is back, subtracts what it gave before, and answers with plain numbers; the tests hold the
real calculation against it (Z08).
"""

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import floor
from typing import Any

from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.policy import PromotionMode, RefundPolicy, TenderOrder
from service_refunds.domain.calculation.inputs.promotion_rule import SetPrice
from service_refunds.domain.calculation.inputs.refund_request import LegalFacts, Regime
from service_refunds.domain.calculation.inputs.tender import CREDIT_KINDS


def nearest(value: Fraction) -> int:
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))


def shared_out(whole: int, weights: list[int]) -> list[int]:
    """Give everybody the whole units of his exact share, then one each to whoever misses most."""
    if whole < 0:
        return [-part for part in shared_out(-whole, weights)]
    exact = [Fraction(whole * weight, sum(weights)) if sum(weights) else Fraction(0) for weight in weights]
    given = [floor(share) for share in exact]
    while sum(given) < whole:
        missing = [share - got for share, got in zip(exact, given, strict=True)]
        given[missing.index(max(missing))] += 1
    return given


@dataclass
class ReferenceLine:
    name: str
    bought: int
    before_promotions: int
    figures: dict[str, int]
    gone: int = 0

    def share(self, units: int) -> dict[str, int]:
        """What so many units carry of each figure."""
        return {key: nearest(Fraction(whole * units, self.bought)) for key, whole in self.figures.items()}


@dataclass
class ReferenceOrder:
    """`figures` of a line are its canonical amount under "amount" and each tax under its rate."""

    order: Order
    lines: dict[str, ReferenceLine] = field(default_factory=dict)
    left_in: dict[str, int] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    freight_given: int = 0
    labels: int = 0
    fees_given: list[int] = field(default_factory=lambda: [0, 0])

    def __post_init__(self) -> None:
        ruled = {discount.id for discount in self.order.discounts if discount.rule is not None}
        for line in self.order.lines:
            figures = {"amount": line.paid.minor} | {tax.rate: tax.amount.minor for tax in line.taxes}
            before = line.paid.minor + sum(s.amount.minor for s in line.shares if s.discount in ruled)
            self.lines[line.id] = ReferenceLine(line.id, line.quantity, before, figures)
        self.left_in = {tender.id: tender.captured.minor for tender in self.order.tenders}
        self.given = dict.fromkeys(self.keys(), 0)

    def gross(self, figures: dict[str, int]) -> int:
        return figures["amount"] if self.order.mode == "inclusive" else sum(figures.values())

    def net(self, figures: dict[str, int]) -> int:
        taxes = sum(minor for key, minor in figures.items() if key != "amount")
        return figures["amount"] - taxes if self.order.mode == "inclusive" else figures["amount"]

    def refund(self, back: dict[str, int], facts: LegalFacts, policy: RefundPolicy, label: int = 0) -> dict[str, Any]:
        """Take these units back and say what that gives: the value of everything that is back, less what was given."""
        gone_before = {name: line.gone for name, line in self.lines.items()}
        for name, count in back.items():
            self.lines[name].gone += count
        gone = {name: line.gone for name, line in self.lines.items()}
        value = self.best_value(gone) if self.prices_again(facts, policy) else self.kept_share(gone)
        goods = {key: value[key] - self.given[key] for key in value}
        self.given = value
        before = self.freight_given
        freight = self.freight(facts, gone_before)
        self.labels += label
        wanted = [0, 0]
        if not facts.seller_at_fault:
            if facts.fees_disclosed and not (facts.statutory_withdrawal and facts.regime is not Regime.US):
                wanted[0] = nearest(Fraction(max(0, self.net(value)) * policy.restocking_bp, 10_000))
            told = facts.freight_told_before_contract or facts.regime not in {Regime.EU, Regime.UK}
            wanted[1] = self.labels if facts.freight_disclosed and told else 0
        worth = self.gross(goods) + freight
        paid = self.gross(value) - self.gross(goods) + before - sum(self.fees_given)
        charged = [0, 0]
        charged[0] = min(wanted[0], self.gross(value) + before + freight - paid)
        charged[1] = min(wanted[1], self.gross(value) + before + freight - paid - charged[0])
        refund = worth - sum(charged) + sum(self.fees_given)
        self.fees_given = charged
        return {
            "refund": refund,
            "taxes": {key: minor for key, minor in goods.items() if key != "amount"},
            "tenders": self.pay(refund, policy.tender_order),
        }

    def kept_share(self, gone: dict[str, int]) -> dict[str, int]:
        value = dict.fromkeys(self.keys(), 0)
        for name, units in gone.items():
            for key, minor in self.lines[name].share(units).items():
                value[key] += minor
        return value

    def best_value(self, gone: dict[str, int]) -> dict[str, int]:
        """The most that a part of the returned units gives; of equal parts the one with most units."""
        names = sorted(gone)
        tried = []
        for counts in product(*[range(gone[name] + 1) for name in names]):
            value = self.price_again(dict(zip(names, counts, strict=True)))
            if value["amount"] >= 0 and self.gross(value) >= 0:
                tried.append((self.gross(value), sum(counts), counts, value))
        return max(tried, key=lambda each: each[:3])[3]

    def keys(self) -> list[str]:
        return list(dict.fromkeys(key for line in self.lines.values() for key in line.figures))

    def prices_again(self, facts: LegalFacts, policy: RefundPolicy) -> bool:
        if facts.seller_at_fault or not any(discount.rule for discount in self.order.discounts):
            return False
        if policy.promotion_mode is None:
            return facts.regime is Regime.CN
        asked = policy.promotion_mode is PromotionMode.RE_RATE
        return asked and (facts.re_rating_disclosed or facts.regime is Regime.CN)

    def price_again(self, gone: dict[str, int]) -> dict[str, int]:
        """What was paid minus what the kept lines cost now. Nothing when nothing is back."""
        kept = {name: line.bought - gone[name] for name, line in self.lines.items() if line.bought > gone[name]}
        if not any(gone.values()):
            return dict.fromkeys(self.keys(), 0)
        cost = {}
        for name in sorted(kept):
            line = self.lines[name]
            cost[name] = line.before_promotions - nearest(Fraction(line.before_promotions * gone[name], line.bought))
        for discount in self.order.discounts:
            covered = [name for name in cost if not discount.lines or name in discount.lines]
            off = self.discount(discount.rule, {n: cost[n] for n in covered}, {n: kept[n] for n in covered})
            for name, part in zip(covered, shared_out(off, [cost[name] for name in covered]), strict=True):
                cost[name] -= part
        value = {key: sum(line.figures.get(key, 0) for line in self.lines.values()) for key in self.keys()}
        for name in kept:
            line = self.lines[name]
            share = line.share(gone[name])
            left = {key: whole - share[key] for key, whole in line.figures.items()}
            for key, minor in left.items():
                taxed = nearest(Fraction(minor * cost[name], left["amount"])) if left["amount"] else 0
                value[key] -= cost[name] if key == "amount" else taxed
        return value

    def discount(self, rule: Any, cost: dict[str, int], pieces: dict[str, int]) -> int:
        if rule is None:
            return 0
        whole = sum(cost.values())
        if isinstance(rule, SetPrice):
            sets = 0
            while all(pieces.get(part.line, 0) >= part.pieces * (sets + 1) for part in rule.parts):
                sets += 1
            return min(whole, rule.off.minor * sets)
        best = 0
        for step in sorted(rule.steps, key=lambda step: (step.minimum.minor, step.pieces)):
            if whole >= step.minimum.minor and sum(pieces.values()) >= step.pieces:
                times = whole // step.minimum.minor if rule.repeats and step.minimum.minor else 1
                best = step.off.minor * times if step.off else nearest(Fraction(whole * step.percent_bp, 10_000))
        return min(whole, best)

    def freight(self, facts: LegalFacts, gone_before: dict[str, int]) -> int:
        """By fault only: all with the last unit, until then by the share of what is back, of free goods by pieces."""
        if not self.order.shipments or not facts.seller_at_fault:
            return 0
        paid = self.order.shipments[0].paid.minor
        if all(line.gone == line.bought for line in self.lines.values()):
            due = paid - self.freight_given
        else:
            whole = sum(self.gross(line.figures) for line in self.lines.values())
            pieces = sum(line.bought for line in self.lines.values())

            def back(gone: dict[str, int]) -> int:
                if not whole:
                    return sum(gone.values())
                return sum(
                    self.gross({k: nearest(Fraction(m * gone[n], line.bought)) for k, m in line.figures.items()})
                    for n, line in self.lines.items()
                )

            now = {name: line.gone for name, line in self.lines.items()}
            share, before = (Fraction(paid * back(gone), whole or pieces) for gone in (now, gone_before))
            due = nearest(share) - nearest(before)
        self.freight_given += due
        return due

    def pay(self, amount: int, how: TenderOrder) -> dict[str, int]:
        names = [tender.id for tender in self.order.tenders]
        credit = {tender.id for tender in self.order.tenders if tender.kind in CREDIT_KINDS}
        parts = dict.fromkeys(names, 0)
        if how is TenderOrder.PROPORTIONAL:
            parts = dict(zip(names, shared_out(amount, [self.left_in[name] for name in names]), strict=True))
        else:
            turns = {
                TenderOrder.FIFO: names,
                TenderOrder.LIFO: names[::-1],
                TenderOrder.CARD_FIRST: [n for n in names if n not in credit] + [n for n in names if n in credit],
                TenderOrder.CREDIT_FIRST: [n for n in names if n in credit] + [n for n in names if n not in credit],
            }
            for name in turns[how]:
                parts[name] = min(amount - sum(parts.values()), self.left_in[name])
        for name in names:
            self.left_in[name] -= parts[name]
        return parts
