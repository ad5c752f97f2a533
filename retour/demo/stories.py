"""The stories that the demo plays: the purchase, the wish, what happens, and the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.kernel.errors import Language, Said


class Step(StrEnum):
    """What happens after the request, in the order a story names it."""

    APPROVE = "approve"
    CANCEL = "cancel"
    SHIP = "ship"
    SHIP_APART = "ship_apart"
    RECEIVE = "receive"
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    CORRECT = "correct"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the demo's shop."""

    id: str
    name: str
    language: Language

    @property
    def email(self) -> str:
        """An address that does not exist."""
        return f"{self.id}@customer.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of an order, with the price in the shop."""

    sku: str
    name: str
    unit_minor: int
    quantity: int = 1
    discount_minor: int = 0
    goods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Want:
    """What comes back of the line with this number, from 1."""

    line: int
    reason: str
    condition: str = "opened"
    quantity: int = 1
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One order and its return. `gift_card_minor` of it was paid by gift card, the rest by card or wallet.

    `told_later`: the shop pushes the order when it is placed, and tells of the delivery when it has happened.
    """

    what: Said
    who: Person
    regime: str
    currency: str
    items: tuple[Item, ...]
    wants: tuple[Want, ...]
    steps: tuple[Step, ...]
    ends: str
    delivered_days_ago: int = 3
    told_later: bool = False
    freight_minor: int = 0
    wrap_minor: int = 0
    gift_card_minor: int = 0
    paid_by: str = "card"


@dataclass(frozen=True, slots=True)
class Tax:
    """What is charged in a regime: per thousand, inside the price or on top of it."""

    per_mille: int
    inside: bool


TAXES: Final[Mapping[str, Tax]] = {
    "CN": Tax(130, inside=True),
    "EU": Tax(190, inside=True),
    "UK": Tax(200, inside=True),
    "US": Tax(80, inside=False),
}

WHOLE_WAY: Final = (Step.SHIP, Step.RECEIVE, Step.PASS)

STORIES: Final[tuple[Story, ...]] = (
    Story(
        what=Said("One of two shirts, changed her mind", "两件衬衫退一件，不想要了"),
        who=Person("wang-fang", "王芳", "zh-CN"),
        regime="CN",
        currency="CNY",
        items=(Item(sku="SHIRT-LINEN-M", name="亚麻衬衫 M", unit_minor=19_900, quantity=2),),
        wants=(Want(1, "changed_mind", "unopened"),),
        steps=WHOLE_WAY,
        ends="closed",
        paid_by="wallet",
    ),
    Story(
        what=Said("Faulty kettle, paid by gift card and card", "电热水壶故障，礼品卡加银行卡支付"),
        who=Person("emma-clarke", "Emma Clarke", "en"),
        regime="UK",
        currency="GBP",
        items=(
            Item(sku="KETTLE-17", name="Kettle 1.7 l", unit_minor=4_995),
            Item(sku="MUG-BLUE", name="Blue mug", unit_minor=895, quantity=4),
        ),
        wants=(Want(1, "defective", comment="It stops before the water boils."),),
        steps=WHOLE_WAY,
        ends="closed",
        delivered_days_ago=9,
        freight_minor=395,
        gift_card_minor=2_000,
    ),
    Story(
        what=Said("A whole order in two parcels", "整单退货，分两个包裹寄回"),
        who=Person("lukas-weber", "Lukas Weber", "en"),
        regime="EU",
        currency="EUR",
        items=(
            Item(sku="SHOE-RUN-43", name="Running shoes 43", unit_minor=8_990),
            Item(sku="SOCK-3", name="Socks, three pairs", unit_minor=1_490),
        ),
        wants=(Want(1, "does_not_fit"), Want(2, "changed_mind", "unopened")),
        steps=(Step.SHIP_APART, Step.RECEIVE, Step.PASS),
        ends="closed",
        delivered_days_ago=6,
        freight_minor=495,
    ),
    Story(
        what=Said("The wrong item was in the box", "商家发错商品"),
        who=Person("li-wei", "李伟", "zh-CN"),
        regime="CN",
        currency="CNY",
        items=(
            Item(sku="LAMP-DESK-W", name="台灯 白色", unit_minor=25_900),
            Item(sku="BULB-E27", name="灯泡 E27", unit_minor=1_990, quantity=2),
        ),
        wants=(Want(1, "wrong_item", comment="收到的是黑色。"),),
        steps=WHOLE_WAY,
        ends="closed",
        delivered_days_ago=5,
        freight_minor=1_000,
    ),
    Story(
        what=Said("Six weeks later: refused with reasons", "已过六周：拒绝并说明理由"),
        who=Person("olivia-smith", "Olivia Smith", "en"),
        regime="US",
        currency="USD",
        items=(Item(sku="TENT-2P", name="Tent for two", unit_minor=18_900),),
        wants=(Want(1, "changed_mind"),),
        steps=(),
        ends="refused",
        delivered_days_ago=45,
    ),
    Story(
        what=Said("Engraved for her, so it does not come back: refused", "定制刻字商品，不适用无理由退货：拒绝"),
        who=Person("chen-jing", "陈静", "zh-CN"),
        regime="CN",
        currency="CNY",
        items=(Item(sku="MUG-ENGRAVED", name="刻字马克杯", unit_minor=8_800, goods=("made_to_order",)),),
        wants=(Want(1, "changed_mind"),),
        steps=(),
        ends="refused",
    ),
    Story(
        what=Said("High value: an agent looks and approves", "金额较高：人工审核后批准"),
        who=Person("james-wilson", "James Wilson", "en"),
        regime="US",
        currency="USD",
        items=(
            Item(sku="CAMERA-X100", name="Camera X100", unit_minor=129_900),
            Item(sku="CARD-64", name="Memory card 64 GB", unit_minor=1_999),
        ),
        wants=(Want(1, "changed_mind"),),
        steps=(Step.APPROVE, *WHOLE_WAY),
        ends="closed",
        delivered_days_ago=8,
    ),
    Story(
        what=Said("Headphones without sound, paid in yen", "耳机无声，日元支付"),
        who=Person("sato-yuki", "佐藤 由紀", "en"),
        regime="US",
        currency="JPY",
        items=(Item(sku="PHONES-BT", name="Headphones", unit_minor=12_800),),
        wants=(Want(1, "defective"),),
        steps=WHOLE_WAY,
        ends="closed",
        delivered_days_ago=11,
    ),
    Story(
        what=Said("Fails inspection: waits for a person", "检验不合格：等待人工处理"),
        who=Person("liu-yang", "刘洋", "zh-CN"),
        regime="CN",
        currency="CNY",
        items=(Item(sku="COAT-WOOL-L", name="羊毛大衣 L", unit_minor=89_900),),
        wants=(Want(1, "changed_mind"),),
        steps=(Step.SHIP, Step.RECEIVE, Step.FAIL),
        ends="awaiting_person",
        delivered_days_ago=4,
    ),
    Story(
        what=Said("Fails inspection, the agent accepts it all the same", "检验不合格，客服仍予接受"),
        who=Person("sophie-martin", "Sophie Martin", "en"),
        regime="EU",
        currency="EUR",
        items=(Item(sku="BAG-LEATHER", name="Leather bag", unit_minor=15_900),),
        wants=(Want(1, "not_as_described"),),
        steps=(Step.SHIP, Step.RECEIVE, Step.FAIL, Step.ACCEPT),
        ends="closed",
        delivered_days_ago=12,
    ),
    Story(
        what=Said("Three of five cups, with a coupon", "五只杯子退三只，使用过优惠券"),
        who=Person("zhang-min", "张敏", "zh-CN"),
        regime="CN",
        currency="CNY",
        items=(Item(sku="CUP-TEA", name="茶杯", unit_minor=3_900, quantity=5, discount_minor=2_000),),
        wants=(Want(1, "damaged_in_transit", "damaged", quantity=3),),
        steps=WHOLE_WAY,
        ends="closed",
        delivered_days_ago=2,
        gift_card_minor=5_000,
    ),
    Story(
        what=Said("Gift-wrapped, its delivery told later", "礼品包装，送达时间后续告知"),
        who=Person("anna-rossi", "Anna Rossi", "en"),
        regime="EU",
        currency="EUR",
        items=(Item(sku="SCARF-SILK", name="Silk scarf", unit_minor=7_900),),
        wants=(Want(1, "changed_mind", "unopened"),),
        steps=WHOLE_WAY,
        ends="closed",
        delivered_days_ago=4,
        told_later=True,
        freight_minor=495,
        wrap_minor=350,
    ),
    Story(
        what=Said("The inspector corrects himself: it passes", "检验员更正结果：检验合格"),
        who=Person("zhou-ting", "周婷", "zh-CN"),
        regime="CN",
        currency="CNY",
        items=(Item(sku="BOOTS-38", name="短靴 38 码", unit_minor=45_900),),
        wants=(Want(1, "does_not_fit"),),
        steps=(Step.SHIP, Step.RECEIVE, Step.FAIL, Step.CORRECT),
        ends="closed",
        delivered_days_ago=3,
    ),
    Story(
        what=Said("Cancelled: she keeps it after all", "已取消：客户决定保留"),
        who=Person("marta-nowak", "Marta Nowak", "en"),
        regime="EU",
        currency="EUR",
        items=(Item(sku="VASE-GREEN", name="Green vase", unit_minor=3_400),),
        wants=(Want(1, "ordered_by_mistake", "unopened"),),
        steps=(Step.CANCEL,),
        ends="cancelled",
        delivered_days_ago=1,
    ),
    Story(
        what=Said("Used: waits for an agent's look", "已使用：等待客服审核"),
        who=Person("zhao-lei", "赵磊", "zh-CN"),
        regime="CN",
        currency="CNY",
        items=(Item(sku="RICE-COOKER", name="电饭煲", unit_minor=39_900),),
        wants=(Want(1, "changed_mind", "used"),),
        steps=(),
        ends="in_review",
    ),
    Story(
        what=Said("On its way to the warehouse", "寄回途中"),
        who=Person("noah-brown", "Noah Brown", "en"),
        regime="UK",
        currency="GBP",
        items=(Item(sku="JUMPER-GREY", name="Grey jumper", unit_minor=4_500),),
        wants=(Want(1, "does_not_fit"),),
        steps=(Step.SHIP,),
        ends="shipped",
        delivered_days_ago=7,
    ),
)

UNKNOWN_RMA: Final = "RT-0000-0000-1"
"""A number that nobody has given out, its check character right."""
