"""The stories that the demo plays: who bought what, what she wants, what happens to it, how it must end."""

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
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the demo's shop."""

    id: str
    name: str
    language: Language

    @property
    def email(self) -> str:
        """Nobody's address."""
        return f"{self.id}@customer.example"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an order, its price as the shop shows it."""

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


@dataclass(frozen=True, slots=True)
class Story:
    """One order and its return. `gift_card_minor` of it was paid by gift card, the rest by card or wallet."""

    what: Said
    who: Person
    regime: str
    currency: str
    items: tuple[Item, ...]
    wants: tuple[Want, ...]
    steps: tuple[Step, ...]
    ends: str
    delivered_days_ago: int = 3
    freight_minor: int = 0
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
        Said("One of two shirts, changed her mind", "两件衬衫退一件，不想要了"),
        Person("wang-fang", "王芳", "zh-CN"),
        "CN",
        "CNY",
        (Item("SHIRT-LINEN-M", "亚麻衬衫 M", 19_900, quantity=2),),
        (Want(1, "changed_mind", "unopened"),),
        WHOLE_WAY,
        "closed",
        paid_by="wallet",
    ),
    Story(
        Said("Faulty kettle, paid by gift card and card", "电热水壶故障，礼品卡加银行卡支付"),
        Person("emma-clarke", "Emma Clarke", "en"),
        "UK",
        "GBP",
        (Item("KETTLE-17", "Kettle 1.7 l", 4_995), Item("MUG-BLUE", "Blue mug", 895, quantity=4)),
        (Want(1, "defective", comment="It stops before the water boils."),),
        WHOLE_WAY,
        "closed",
        delivered_days_ago=9,
        freight_minor=395,
        gift_card_minor=2_000,
    ),
    Story(
        Said("A whole order in two parcels", "整单退货，分两个包裹寄回"),
        Person("lukas-weber", "Lukas Weber", "en"),
        "EU",
        "EUR",
        (Item("SHOE-RUN-43", "Running shoes 43", 8_990), Item("SOCK-3", "Socks, three pairs", 1_490)),
        (Want(1, "does_not_fit"), Want(2, "changed_mind", "unopened")),
        (Step.SHIP_APART, Step.RECEIVE, Step.PASS),
        "closed",
        delivered_days_ago=6,
        freight_minor=495,
    ),
    Story(
        Said("The wrong item was in the box", "商家发错商品"),
        Person("li-wei", "李伟", "zh-CN"),
        "CN",
        "CNY",
        (Item("LAMP-DESK-W", "台灯 白色", 25_900), Item("BULB-E27", "灯泡 E27", 1_990, quantity=2)),
        (Want(1, "wrong_item", comment="收到的是黑色。"),),
        WHOLE_WAY,
        "closed",
        delivered_days_ago=5,
        freight_minor=1_000,
    ),
    Story(
        Said("Six weeks later: refused with reasons", "已过六周：拒绝并说明理由"),
        Person("olivia-smith", "Olivia Smith", "en"),
        "US",
        "USD",
        (Item("TENT-2P", "Tent for two", 18_900),),
        (Want(1, "changed_mind"),),
        (),
        "refused",
        delivered_days_ago=45,
    ),
    Story(
        Said("Engraved for her, so it does not come back: refused", "定制刻字商品，不适用无理由退货：拒绝"),
        Person("chen-jing", "陈静", "zh-CN"),
        "CN",
        "CNY",
        (Item("MUG-ENGRAVED", "刻字马克杯", 8_800, goods=("made_to_order",)),),
        (Want(1, "changed_mind"),),
        (),
        "refused",
    ),
    Story(
        Said("High value: an agent looks and approves", "金额较高：人工审核后批准"),
        Person("james-wilson", "James Wilson", "en"),
        "US",
        "USD",
        (Item("CAMERA-X100", "Camera X100", 129_900), Item("CARD-64", "Memory card 64 GB", 1_999)),
        (Want(1, "changed_mind"),),
        (Step.APPROVE, *WHOLE_WAY),
        "closed",
        delivered_days_ago=8,
    ),
    Story(
        Said("Headphones without sound, paid in yen", "耳机无声，日元支付"),
        Person("sato-yuki", "佐藤 由紀", "en"),
        "US",
        "JPY",
        (Item("PHONES-BT", "Headphones", 12_800),),
        (Want(1, "defective"),),
        WHOLE_WAY,
        "closed",
        delivered_days_ago=11,
    ),
    Story(
        Said("Fails inspection: waits for a person", "检验不合格：等待人工处理"),
        Person("liu-yang", "刘洋", "zh-CN"),
        "CN",
        "CNY",
        (Item("COAT-WOOL-L", "羊毛大衣 L", 89_900),),
        (Want(1, "changed_mind"),),
        (Step.SHIP, Step.RECEIVE, Step.FAIL),
        "awaiting_person",
        delivered_days_ago=4,
    ),
    Story(
        Said("Fails inspection, the agent accepts it all the same", "检验不合格，客服仍予接受"),
        Person("sophie-martin", "Sophie Martin", "en"),
        "EU",
        "EUR",
        (Item("BAG-LEATHER", "Leather bag", 15_900),),
        (Want(1, "not_as_described"),),
        (Step.SHIP, Step.RECEIVE, Step.FAIL, Step.ACCEPT),
        "closed",
        delivered_days_ago=12,
    ),
    Story(
        Said("Three of five cups, with a coupon", "五只杯子退三只，使用过优惠券"),
        Person("zhang-min", "张敏", "zh-CN"),
        "CN",
        "CNY",
        (Item("CUP-TEA", "茶杯", 3_900, quantity=5, discount_minor=2_000),),
        (Want(1, "damaged_in_transit", "damaged", quantity=3),),
        WHOLE_WAY,
        "closed",
        delivered_days_ago=2,
        gift_card_minor=5_000,
    ),
    Story(
        Said("Cancelled: she keeps it after all", "已取消：客户决定保留"),
        Person("marta-nowak", "Marta Nowak", "en"),
        "EU",
        "EUR",
        (Item("VASE-GREEN", "Green vase", 3_400),),
        (Want(1, "ordered_by_mistake", "unopened"),),
        (Step.CANCEL,),
        "cancelled",
        delivered_days_ago=1,
    ),
    Story(
        Said("Used: waits for an agent's look", "已使用：等待客服审核"),
        Person("zhao-lei", "赵磊", "zh-CN"),
        "CN",
        "CNY",
        (Item("RICE-COOKER", "电饭煲", 39_900),),
        (Want(1, "changed_mind", "used"),),
        (),
        "in_review",
    ),
    Story(
        Said("On its way to the warehouse", "寄回途中"),
        Person("noah-brown", "Noah Brown", "en"),
        "UK",
        "GBP",
        (Item("JUMPER-GREY", "Grey jumper", 4_500),),
        (Want(1, "does_not_fit"),),
        (Step.SHIP,),
        "shipped",
        delivered_days_ago=7,
    ),
)

UNKNOWN_RMA: Final = "RT-0000-0000-1"
"""A number that nobody has given out, its check character right."""
