"""The closed lists of words of laws, policies, cases and decisions, each word with its name for people."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from shared.kernel.errors import Said
from shared.kernel.refund_term import Milestone


class Fault(StrEnum):
    """Who answers for the reason of a return."""

    MERCHANT = "merchant"
    CARRIER = "carrier"
    CUSTOMER = "customer"


class Cause(StrEnum):
    """Which body of rights a return stands on (B15)."""

    CHANGE_OF_MIND = "change_of_mind"
    DEFECT = "defect"

    @classmethod
    def of(cls, fault: Fault) -> "Cause":
        """A reason for which the customer does not answer is a defect: wrong, broken, late, short."""
        return cls.CHANGE_OF_MIND if fault is Fault.CUSTOMER else cls.DEFECT


class Remedy(StrEnum):
    """What the customer gets. Listed from the strongest to the weakest."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    STORE_CREDIT = "store_credit"
    PARTIAL_REFUND = "partial_refund"


class Offer(StrEnum):
    """What can be done instead of a refused return (R1.4, A12)."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    STORE_CREDIT = "store_credit"
    PARTIAL_REFUND = "partial_refund"
    DEFECT_CLAIM = "defect_claim"
    NONE_FEASIBLE = "none_feasible"


class Payer(StrEnum):
    """Who pays for sending back."""

    MERCHANT = "merchant"
    CUSTOMER = "customer"


class Layer(StrEnum):
    """Who gives the right, from the strongest ground to the weakest."""

    LAW = "law"
    POLICY = "policy"
    LATER_POLICY = "later_policy"
    PROMISE = "promise"
    GOODWILL = "goodwill"


class Result(StrEnum):
    """What one rule says."""

    YES = "yes"
    MISSING = "missing"
    LOOK = "look"
    NO = "no"


class Verdict(StrEnum):
    """What becomes of a unit, and of the request as a whole; only the whole can be `partly` accepted."""

    ACCEPT = "accept"
    PROOFS_MISSING = "proofs_missing"
    LOOK = "look"
    REFUSE = "refuse"
    PARTLY = "partly"


class State(StrEnum):
    """What can be said about the condition of a unit."""

    OPENED = "opened"
    TRIED = "tried"
    WORN = "worn"
    WASHED = "washed"
    SOILED = "soiled"
    DAMAGED = "damaged"
    PARTS_MISSING = "parts_missing"
    SEAL_BROKEN = "seal_broken"
    MARK_REMOVED = "mark_removed"
    LABEL_CUT = "label_cut"
    ACTIVATED = "activated"
    PERSONAL_DATA_USED = "personal_data_used"
    UNAUTHORISED_REPAIR = "unauthorised_repair"
    MARKS_ALTERED = "marks_altered"
    LASTING_TRACES = "lasting_traces"
    DOWNLOADED = "downloaded"


class Goods(StrEnum):
    """Kinds of goods that a law or a policy may leave out of a return without a reason."""

    MADE_TO_ORDER = "made_to_order"
    PERISHABLE = "perishable"
    UNSEALED_MEDIA = "unsealed_media"
    PERIODICAL = "periodical"
    HEALTH_AFTER_OPENING = "health_after_opening"
    VALUE_LOST_ON_TRIAL = "value_lost_on_trial"
    NEAR_EXPIRY_OR_FLAWED = "near_expiry_or_flawed"
    SERVICE_DONE = "service_done"
    PRICE_MOVES = "price_moves"
    MIXED = "mixed"
    AGED_DRINK = "aged_drink"
    URGENT_REPAIR = "urgent_repair"
    AUCTION = "auction"
    DATED_LEISURE = "dated_leisure"
    DIGITAL_CONTENT = "digital_content"
    FINAL_SALE = "final_sale"


class LawClass(StrEnum):
    """The classes of goods that a law's test of intactness tells apart."""

    GENERAL = "general"
    SEALED_GOODS = "sealed_goods"
    ELECTRONICS = "electronics"
    TEXTILES_AND_WARES = "textiles_and_wares"


class Proof(StrEnum):
    """What a customer may be asked to show (R1.2)."""

    ORDER_NUMBER = "order_number"
    INVOICE = "invoice"
    DESCRIPTION = "description"
    PHOTO = "photo"
    VIDEO = "video"
    SERIAL_NUMBER = "serial_number"


class Starts(StrEnum):
    """Which delivery a window is counted from."""

    LAST_PARCEL = "last_parcel"
    OWN_PARCEL = "own_parcel"
    FIRST_PARCEL = "first_parcel"


class Source(StrEnum):
    """How the day of delivery is known (B02), from the best evidence to none."""

    RECIPIENT = "recipient"
    CARRIER = "carrier"
    ASSUMED = "assumed"


class Mode(StrEnum):
    """How a discount is shared when only a part goes back."""

    KEEP_SHARE = "keep_share"
    RE_RATE = "re_rate"


class OutboundFreight(StrEnum):
    """What becomes of the freight paid for the way to the customer; it goes back at most once."""

    FULL = "full"
    STANDARD_ONLY = "standard_only"
    PROPORTIONAL = "proportional"
    LAST_ITEM = "last_item"
    NONE = "none"


class TenderOrder(StrEnum):
    """Which payment is given back first (I02)."""

    PROPORTIONAL = "proportional"
    CARD_FIRST = "card_first"
    CREDIT_FIRST = "credit_first"
    LIFO = "lifo"
    FIFO = "fifo"


class Record(StrEnum):
    """Classes of records that are kept for a time and then deleted."""

    TRANSACTION = "transaction"
    EVIDENCE = "evidence"
    CONVERSATION = "conversation"
    PERSONAL = "personal"


class Role(StrEnum):
    """Who may give goodwill."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    MERCHANT_ADMIN = "merchant_admin"


Named = Remedy | State | Goods | Proof | Offer | Milestone | Role | Record
"""The words that have a name for people."""

NAMES: Final[Mapping[type[Named], Mapping[Named, Said]]] = {
    Remedy: {
        Remedy.REFUND: Said("a refund", "退款"),
        Remedy.EXCHANGE: Said("an exchange", "换货"),
        Remedy.REPAIR: Said("a repair", "维修"),
        Remedy.STORE_CREDIT: Said("store credit", "商店余额"),
        Remedy.PARTIAL_REFUND: Said("a partial refund", "部分退款"),
    },
    State: {
        State.OPENED: Said("the package was opened", "已拆封"),
        State.TRIED: Said("it was tried", "已试用"),
        State.WORN: Said("it was worn", "已穿用"),
        State.WASHED: Said("it was washed", "已洗涤"),
        State.SOILED: Said("it is soiled", "有污渍"),
        State.DAMAGED: Said("it is damaged", "有损坏"),
        State.PARTS_MISSING: Said("parts are missing", "配件缺失"),
        State.SEAL_BROKEN: Said("the seal is broken", "密封被破坏"),
        State.MARK_REMOVED: Said("a tag was removed", "商标吊牌被摘除"),
        State.LABEL_CUT: Said("a label was cut off", "标识被剪去"),
        State.ACTIVATED: Said("it was activated", "已激活"),
        State.PERSONAL_DATA_USED: Said("it holds traces of personal use data", "留有个人使用数据"),
        State.UNAUTHORISED_REPAIR: Said("it was repaired by somebody unauthorised", "经未授权维修"),
        State.MARKS_ALTERED: Said("its certification marks or serial numbers were altered", "认证标志或序列号被改动"),
        State.LASTING_TRACES: Said("it has traces that cannot be removed", "留有难以恢复的痕迹"),
        State.DOWNLOADED: Said("it was downloaded", "已下载"),
    },
    Goods: {
        Goods.MADE_TO_ORDER: Said("goods made to the customer's order", "定作的商品"),
        Goods.PERISHABLE: Said("fresh and perishable goods", "鲜活易腐的商品"),
        Goods.UNSEALED_MEDIA: Said(
            "recordings and software downloaded or unsealed by the customer", "在线下载或已拆封的音像制品、计算机软件"
        ),
        Goods.PERIODICAL: Said("newspapers and periodicals", "交付的报纸、期刊"),
        Goods.HEALTH_AFTER_OPENING: Said(
            "goods whose safety, hygiene or quality suffers from opening", "拆封后易影响安全、健康或品质的商品"
        ),
        Goods.VALUE_LOST_ON_TRIAL: Said(
            "goods that lose much of their value once activated or tried", "一经激活或者试用后价值贬损较大的商品"
        ),
        Goods.NEAR_EXPIRY_OR_FLAWED: Said(
            "goods sold as flawed or near the end of their shelf life", "销售时已明示的临近保质期或者有瑕疵的商品"
        ),
        Goods.SERVICE_DONE: Said("services that have been performed in full", "已全部履行的服务"),
        Goods.PRICE_MOVES: Said("goods whose price follows a financial market", "价格随金融市场波动的商品"),
        Goods.MIXED: Said("goods inseparably mixed with others", "已与其他物品不可分割混合的商品"),
        Goods.AGED_DRINK: Said("wines agreed on long before their delivery", "约定远期交付的酒类"),
        Goods.URGENT_REPAIR: Said("urgent repairs ordered by the customer", "消费者要求的紧急维修"),
        Goods.AUCTION: Said("goods bought at a public auction", "公开拍卖购得的商品"),
        Goods.DATED_LEISURE: Said("bookings for a fixed date", "约定日期的住宿、运输、休闲服务"),
        Goods.DIGITAL_CONTENT: Said(
            "digital content begun with the customer's consent", "经消费者同意已开始提供的数字内容"
        ),
        Goods.FINAL_SALE: Said("goods sold as final sale", "标明不退不换的商品"),
    },
    Proof: {
        Proof.ORDER_NUMBER: Said("the order number", "订单号"),
        Proof.INVOICE: Said("the invoice", "发票"),
        Proof.DESCRIPTION: Said("a description of the problem", "问题说明"),
        Proof.PHOTO: Said("a photo", "照片"),
        Proof.VIDEO: Said("a video", "视频"),
        Proof.SERIAL_NUMBER: Said("the serial number", "序列号"),
    },
    Offer: {
        Offer.REFUND: Said("a refund", "退款"),
        Offer.EXCHANGE: Said("an exchange", "换货"),
        Offer.REPAIR: Said("a repair", "维修"),
        Offer.STORE_CREDIT: Said("store credit", "商店余额"),
        Offer.PARTIAL_REFUND: Said("keeping it for a partial refund", "保留商品并获得部分退款"),
        Offer.DEFECT_CLAIM: Said("a claim, if something is wrong with it", "如有质量问题，可提出质量索赔"),
        Offer.NONE_FEASIBLE: Said("nothing else is feasible in this case", "本案没有可行的替代方案"),
    },
    Milestone: {
        Milestone.STATEMENT: Said("your statement", "您提出退货"),
        Milestone.PROOF_OF_SENDING: Said("your proof of sending", "您提供寄出凭证"),
        Milestone.GOODS_IN: Said("the arrival of the goods at our warehouse", "我们收到退回商品"),
        Milestone.AGREED: Said("our agreement to the refund", "我们同意退款"),
    },
    Role: {
        Role.AGENT: Said("an agent", "客服人员"),
        Role.SUPERVISOR: Said("a supervisor", "主管"),
        Role.MERCHANT_ADMIN: Said("the merchant", "商家"),
    },
    Record: {
        Record.TRANSACTION: Said("orders, returns and refunds", "订单、退货与退款记录"),
        Record.EVIDENCE: Said("photos and other evidence", "照片等凭证"),
        Record.CONVERSATION: Said("conversations", "沟通记录"),
        Record.PERSONAL: Said("contact details", "联系方式"),
    },
}
"""The names of the words. Each kind has its own table, because two kinds can share a word."""

RULE_NAMES: Final = (
    "one_remedy",
    "has_right",
    "in_time",
    "not_excluded",
    "intact",
    "proofs_complete",
    "remedy_offered",
)
"""The names of the rules in the order of `eligibility.rule.RULES`. A policy can offer an alternative to each."""
