"""What the reconciler compares between the services, as a table: one row says one thing that must agree (R04).

One service lists the returns for which a fact holds. Another service is asked which of them it does not know. Where the
events of the return can be given again, they are; what is still not known afterwards is a finding for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.kernel.errors import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`service` lists `fact`; `other` must know `known`. `repair` is the noun whose events are given again."""

    name: str
    service: str
    fact: str
    other: str
    known: str
    repair: str | None
    says: Said
    do: Said


_MESSAGE: Final = Said("Look at the messages of this return, and tell the customer.", "请查看该退货的消息并通知客户。")
_REPUBLISH: Final = Said(
    "Give its events again: retour events republish --subject ID.", "重发其事件：retour events republish --subject ID。"
)
_TIMELINE: Final = Said(
    "Compare the timeline of the return with the service that knows.", "请对照该退货的时间线与对方服务的记录。"
)

COMPARISONS: Final[Sequence[Comparison]] = (
    Comparison(
        name="announced_not_expected",
        service="requests",
        fact="approved",
        other="inspection",
        known="expected",
        repair="return",
        says=Said("A return is approved, and the warehouse does not expect it.", "退货已同意，但仓库没有预期记录。"),
        do=_REPUBLISH,
    ),
    Comparison(
        name="approved_unknown_to_refunds",
        service="requests",
        fact="approved",
        other="refunds",
        known="approved",
        repair="return",
        says=Said("A return is approved, and refunds do not know it.", "退货已同意，但退款服务没有记录。"),
        do=_REPUBLISH,
    ),
    Comparison(
        name="approved_without_word",
        service="requests",
        fact="approved",
        other="notifications",
        known="approval",
        repair="return",
        says=Said("A return is approved, and no message tells it.", "退货已同意，但没有相应消息。"),
        do=_MESSAGE,
    ),
    Comparison(
        name="received_unknown_to_return",
        service="inspection",
        fact="received",
        other="requests",
        known="arrived",
        repair="inspection",
        says=Said("The warehouse has received goods, and the return does not know it.", "仓库已收货，但退货没有记录。"),
        do=_TIMELINE,
    ),
    Comparison(
        name="accepted_without_refund",
        service="requests",
        fact="accepted",
        other="refunds",
        known="refund",
        repair="inspection",
        says=Said("Goods are accepted, and there is no refund.", "商品已通过验收，但没有退款。"),
        do=Said("Look for a dead letter of refunds, and replay it.", "请查找退款服务的死信并重试。"),
    ),
    Comparison(
        name="refund_unknown_to_return",
        service="refunds",
        fact="refund",
        other="requests",
        known="refund_opened",
        repair=None,
        says=Said("There is a refund, and the return does not know it.", "已有退款，但退货没有记录。"),
        do=_TIMELINE,
    ),
    Comparison(
        name="settled_unknown_to_return",
        service="refunds",
        fact="settled",
        other="requests",
        known="refund_settled",
        repair=None,
        says=Said("A refund is settled, and the return does not know it.", "退款已结清，但退货没有记录。"),
        do=_TIMELINE,
    ),
    Comparison(
        name="refunded_without_word",
        service="refunds",
        fact="settled",
        other="notifications",
        known="refund",
        repair=None,
        says=Said("A refund is settled, and no message tells it.", "退款已结清，但没有相应消息。"),
        do=_MESSAGE,
    ),
    Comparison(
        name="told_unknown_to_return",
        service="notifications",
        fact="told",
        other="requests",
        known="told",
        repair=None,
        says=Said("The customer was told, and the return does not know it.", "已通知客户，但退货没有记录。"),
        do=_TIMELINE,
    ),
)
"""In the order in which a return passes the services."""

LOST: Final = Comparison(
    name="event_lost",
    service="",
    fact="",
    other="",
    known="",
    repair=None,
    says=Said(
        "A service lacks an event that is in no archive any more.", "某服务缺少一个事件，且归档中已不存在该事件。"
    ),
    do=Said(
        "Restore the publisher's database from a copy beside it, and republish.", "请从备份中恢复发布方数据库并重发。"
    ),
)
"""The finding about a sent event that can be given again by nobody."""

BY_NAME: Final = {each.name: each for each in (*COMPARISONS, LOST)}
