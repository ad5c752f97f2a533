"""The refusals of the refund rules, each with a stable code, the field, and a sentence in both languages."""

from shared.kernel.errors import Language, Malformed, Refused, Said
from shared.kernel.money import Money


class InvalidField(Malformed):
    """A field of an order, a history or a request has an invalid value. `pointer` names the field."""

    code = "invalid_field"
    title = Said("A field is not valid", "字段无效")

    def __init__(self, pointer: str, why: Said, **facts: object) -> None:
        self.why = why
        super().__init__(pointer=pointer, **facts)

    def say(self, language: Language) -> str:
        return f"{self.pointer}: {self.why.to(language, **self.facts)}"


class OrderDoesNotAddUp(InvalidField):
    """The figures of the order contradict each other, so that nothing may be refunded (N06)."""

    code = "order_does_not_add_up"
    title = Said("The order does not add up", "订单金额不一致")


class OverRefund(Refused):
    """More would be refunded than a unit, component, tender or the order has left (3.6)."""

    code = "over_refund"
    title = Said("More than can still be refunded", "超出可退金额")
    detail = Said(
        "{asked} is more than the {available} that {kind} {key} still has.",
        "{kind} {key} 仅可退 {available}，不足 {asked}。",
    )

    def __init__(self, *, kind: str, key: str, asked: Money, available: Money) -> None:
        super().__init__(kind=kind, key=key, asked=asked, available=available)


class DisputeOpen(Refused):
    """The refund would need money that the customer's bank is disputing."""

    code = "dispute_open"
    title = Said("A payment dispute is open", "支付争议处理中")
    detail = Said(
        "{asked} is more than the {available} that is not under dispute.",
        "未处于争议中的金额为 {available}，不足 {asked}。",
    )

    def __init__(self, *, asked: Money, available: Money) -> None:
        super().__init__(asked=asked, available=available)


class AvailableChanged(Refused):
    """The caller decided on an older figure of what can still be refunded (N05)."""

    code = "available_changed"
    title = Said("The refundable amount has changed", "可退金额已变化")
    detail = Said("{available} is refundable now, not {expected}.", "当前可退金额为 {available}，而非 {expected}。")

    def __init__(self, *, expected: Money, available: Money) -> None:
        super().__init__(expected=expected, available=available)


class UnitAlreadyRefunded(Refused):
    """A unit is refunded once only."""

    code = "unit_already_refunded"
    title = Said("Already refunded", "该件已退款")
    detail = Said("Unit {unit} has already been refunded.", "商品件 {unit} 已经退款。")


class MoreThanBought(Refused):
    """More units of a line are to be refunded than the line has left."""

    code = "more_than_bought"
    title = Said("More units than were bought", "退货数量超出购买数量")
    detail = Said("Line {line} has {left} units left, not {asked}.", "订单行 {line} 仅剩 {left} 件，不足 {asked} 件。")


class ConsentMissing(Refused):
    """Another way of payment needs the customer's recorded consent (暂行办法 14, CRD 13(1), CRA 20(16))."""

    code = "consent_missing"
    title = Said("The customer's consent is missing", "缺少消费者同意")
    detail = Said(
        "Paying back in another way than was paid needs the customer's recorded consent.",
        "以其他方式退款须有消费者明确同意的记录。",
    )


class AdjustmentNotAllowed(Refused):
    """A manual adjustment goes beyond its limit, or takes more than the refund has (H12)."""

    code = "adjustment_not_allowed"
    title = Said("The adjustment is not allowed", "不允许此调整")
    detail = Said(
        "Adjustment {adjustment} of {amount} exceeds {limit}.",
        "调整项 {adjustment} 金额 {amount} 超过 {limit}。",
    )
