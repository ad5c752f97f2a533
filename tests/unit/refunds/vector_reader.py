"""Reads orders, requests and expectations from the plain words of `tests/data/refund_vectors.json`."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.inputs.charge import PriceMode, Tax
from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.order import Order, with_shares
from service_refunds.domain.calculation.inputs.order_line import DiscountShare, OrderLine
from service_refunds.domain.calculation.inputs.order_part import Coupon, Gift, OrderDiscount, OrderFee, Shipment
from service_refunds.domain.calculation.inputs.policy import (
    FreightRule,
    PromotionMode,
    RefundPolicy,
    ShortfallRule,
    TenderOrder,
)
from service_refunds.domain.calculation.inputs.promotion_rule import (
    SetPart,
    SetPrice,
    Threshold,
    ThresholdStep,
)
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    Adjustment,
    LegalFacts,
    OfferAnswer,
    PayoutMethod,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from shared.kernel.money import Money

VECTORS: Final = Path(__file__).parents[2] / "data" / "refund_vectors.json"
Words = Mapping[str, Any]


def vectors() -> dict[str, Any]:
    """Every vector by its name."""
    found: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return {vector["id"]: vector for vector in found}


def read_order(words: Words) -> Order:
    """An order; discounts without stored shares are shared out, and one card pays when no tender is named."""
    currency = words["currency"]

    def money(text: str | None) -> Money | None:
        return None if text is None else Money.parse(text, currency)

    def taxes(of: Words) -> tuple[Tax, ...]:
        return tuple(Tax(rate, Money.parse(text, currency)) for rate, text in of.get("taxes", {}).items())

    lines = tuple(
        OrderLine(
            id=each["id"],
            quantity=each.get("quantity", 1),
            paid=Money.parse(each["paid"], currency),
            taxes=taxes(each),
            unit_price=money(each.get("unit_price")),
            discounts=tuple(Money.parse(text, currency) for text in each.get("discounts", ())),
        )
        for each in words["lines"]
    )
    discounts = tuple(
        OrderDiscount(
            id=each["id"],
            amount=Money.parse(each["amount"], currency),
            lines=tuple(each.get("lines", ())),
            rule=read_rule(each["rule"], currency) if "rule" in each else None,
            points=each.get("points", 0),
            coupon=Coupon(each["coupon"]) if "coupon" in each else None,
        )
        for each in words.get("discounts", ())
    )
    shipments = tuple(
        Shipment(
            id=each["id"],
            paid=Money.parse(each["paid"], currency),
            taxes=taxes(each),
            lines=tuple(each.get("lines", ())),
            price=money(each.get("price")),
            discount=money(each.get("discount")),
            standard=money(each.get("standard")),
            tariff=money(each.get("tariff")),
            free_from=money(each.get("free_from")),
        )
        for each in words.get("shipments", ())
    )
    order = Order(
        currency=currency,
        lines=with_shares(lines, discounts),
        mode=PriceMode(words.get("mode", "inclusive")),
        discounts=discounts,
        shipments=shipments,
        fees=tuple(
            OrderFee(
                id=each["id"],
                paid=Money.parse(each["paid"], currency),
                taxes=taxes(each),
                surcharge=each.get("surcharge", False),
            )
            for each in words.get("fees", ())
        ),
        gifts=tuple(Gift(each["id"], money(each.get("declared"))) for each in words.get("gifts", ())),
    )
    due = sum(charge.gross(order.mode) for charge in order.charges())
    tenders = tuple(
        Tender(
            id=each["id"],
            kind=TenderKind(each.get("kind", "card")),
            captured=Money.parse(each["captured"], currency),
            **{field: money(each.get(field)) for field in ("refunded", "pending", "disputed", "bonus", "waived_fee")},
            provider=each.get("provider", ""),
        )
        for each in words.get("tenders", ())
    )
    return replace(order, tenders=tenders or (Tender(id="card", kind=TenderKind.CARD, captured=Money(due, currency)),))


def read_rule(words: Words, currency: str) -> Threshold | SetPrice:
    """A promotion rule: a set with what it takes off, or steps."""
    if "set" in words:
        parts = tuple(SetPart(line, pieces) for line, pieces in words["set"].items())
        return SetPrice(parts, Money.parse(words["off"], currency))
    steps = tuple(
        ThresholdStep(
            Money.parse(each.get("from", "0"), currency),
            Money.parse(each["off"], currency) if "off" in each else None,
            each.get("percent_bp", 0),
            each.get("pieces", 0),
        )
        for each in words["steps"]
    )
    return Threshold(steps, words.get("repeats", False))


def read_request(words: Words, order: Order, history: RefundHistory) -> RefundRequest:
    """A request after `history`; `return` counts units by line, `units` describes them one by one."""
    currency = order.currency
    gone = {entry.line: len(entry.units) for entry in history.lines}
    units = [
        AcceptedUnit(id=f"{line}#{gone.get(line, 0) + number}", line=line)
        for line, count in words.get("return", {}).items()
        for number in range(1, count + 1)
    ]
    units += [_read_unit(each, currency) for each in words.get("units", ())]
    facts = dict(words.get("facts", {}))
    return RefundRequest(
        order=order,
        facts=LegalFacts(regime=Regime(facts.pop("regime", "EU")), **facts),
        units=tuple(units),
        history=history,
        policy=read_policy(words.get("policy", {}), currency),
        missing_gifts=tuple(words.get("missing_gifts", ())),
        adjustments=tuple(
            Adjustment(each["id"], Money.parse(each["amount"], currency), each["reason"])
            for each in words.get("adjustments", ())
        ),
        exchange=tuple(
            OrderLine(id=each["id"], quantity=each.get("quantity", 1), paid=Money.parse(each["paid"], currency))
            for each in words.get("exchange", ())
        ),
        payout=PayoutMethod(words.get("payout", "original")),
        **{
            field: Money.parse(words[field], currency)
            for field in ("return_label", "freight_receipt", "expected_available")
            if field in words
        },
    )


def _read_unit(words: Words, currency: str) -> AcceptedUnit:
    return AcceptedUnit(
        id=words["id"],
        line=words["line"],
        grade=words.get("grade", ""),
        loss=Money.parse(words["loss"], currency) if "loss" in words else None,
        evidence=words.get("evidence", True),
        customer_told=words.get("customer_told", True),
        answer=OfferAnswer(words["answer"]) if "answer" in words else None,
        beyond_trial=words.get("beyond_trial", True),
    )


def read_policy(words: Words, currency: str) -> RefundPolicy:
    """A policy: choices by their names, amounts as text."""
    choices = {
        "promotion_mode": PromotionMode,
        "tender_order": TenderOrder,
        "contract_freight": FreightRule,
        "part_withdrawal_freight": FreightRule,
        "shortfall": ShortfallRule,
    }
    fields: dict[str, Any] = {}
    for name, value in words.items():
        if name in choices:
            fields[name] = choices[name](value)
        else:
            fields[name] = Money.parse(value, currency) if isinstance(value, str) else value
    return RefundPolicy(**fields)


def figures_of(calculation: Calculation) -> dict[str, Any]:
    """A calculation in the words of an expectation: the figures that a person would check."""
    return {
        "total": calculation.total.format(),
        "refund": calculation.refund.format(),
        "owes": calculation.customer_owes.format(),
        "available": calculation.available.format(),
        "cash_option": calculation.cash_option.format(),
        "components": {
            name: calculation.of(name).format() for name in dict.fromkeys(c.name for c in calculation.components)
        },
        "tenders": {each.tender: each.amount.format() for each in calculation.tenders},
        "units": {each.unit: each.amount.format() for each in calculation.units},
        "taxes": {each.rate: each.amount.format() for each in calculation.taxes},
        "waived": [f"{each.name} {each.amount.format()} {each.reason}" for each in calculation.waived],
        "held": list(calculation.held),
        "mode": calculation.promotion.mode,
        "keep_share": calculation.promotion.keep_share.format(),
        "re_rate": None if calculation.promotion.re_rate is None else calculation.promotion.re_rate.format(),
        "points": sum(each.points for each in calculation.points),
        "coupons": [each.coupon for each in calculation.coupons],
        "sent": {each.tender: each.sent.format() for each in calculation.tenders},
        "provider_units": {each.tender: each.provider_units for each in calculation.tenders},
        "residue": {each.tender: each.residue.format() for each in calculation.tenders},
        "credit": None
        if calculation.credit is None
        else [calculation.credit.value.format(), calculation.credit.bonus.format()],
        "needs_payment": calculation.needs_payment,
        "accepted_goods": next(row.cap.format() for row in calculation.guards if row.key == "accepted_goods"),
    }


def read_shares(order: Order) -> dict[str, dict[str, str]]:
    """Each line's stored discount shares, by discount."""
    return {line.id: {share.discount: _text(share) for share in line.shares} for line in order.lines}


def _text(share: DiscountShare) -> str:
    return share.amount.format()
