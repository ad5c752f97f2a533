"""The policy in plain sentences, made from its data, so that page and rules cannot differ (B11, R1.2)."""

from collections.abc import Iterable, Sequence
from typing import Final

from service_requests.domain.policy import Payer, Policy, Reason
from shared.kernel.errors import Said
from shared.kernel.money import Money

NAMES: Final = {
    "CN": Said("China", "中国大陆"),
    "EU": Said("the European Union", "欧盟"),
    "UK": Said("the United Kingdom", "英国"),
    "US": Said("the United States", "美国"),
}

WINDOW: Final = Said(
    "Orders from {en}: you may change your mind within {days} days, counted from the day after delivery; "
    "goods with a fault may come back within {fault_days} days, and a person looks at it after that.",
    "{zh}订单：自签收次日起 {days} 天内可无理由退货；存在问题的商品 {fault_days} 天内可退，之后由人工判断。",
)
OPENED: Final = Said(
    "Opening and trying the goods as in a shop never counts against you. "
    "Used or damaged goods are looked at by a person.",
    "拆封及合理试用不影响退货。已使用或损坏的商品由人工查看。",
)
CONFIRMED: Final = Said(
    "Goods are excluded only if you confirmed that at their purchase, and never when they have a fault.",
    "仅当您在购买时已确认的商品才不支持无理由退货；存在质量问题的不受此限。",
)
UNKNOWN: Final = Said(
    "If we do not know the day of delivery we assume {days} days after the order and never refuse for a missing date.",
    "若无签收日期，按下单后 {days} 天推定，绝不因缺少日期而拒绝。",
)
FREIGHT: Final = Said(
    "We pay the way back for: {ours}. You pay it for: {yours}; it costs about {amounts}.",
    "以下原因由我们承担寄回运费：{ours}。以下原因由您承担：{yours}；费用约 {amounts}。",
)
SEND: Final = Said(
    "Send the goods within {days} days of the approval ({en}); after that the approval lapses and you may ask again.",
    "请在同意退货后 {days} 天内寄出（{zh}）；逾期批准失效，您可重新申请。",
)
REVIEW: Final = Said(
    "What the policy cannot decide, a person decides by the end of the next working day.",
    "政策无法自动判断的申请，由人工在下一个工作日结束前答复。",
)
REFUSAL: Final = Said(
    "A refusal names its reasons and what can be done instead; you can object within {days} days.",
    "未能同意的申请会说明原因和替代方案；您可在 {days} 天内提出异议。",
)


def prose(policy: Policy) -> Sequence[Said]:
    """Every sentence of the policy, in the order in which a customer asks."""
    regimes = [(NAMES[regime.code], regime) for regime in policy.regimes.values()]
    return [
        *(_fill(WINDOW, days=r.window_days, fault_days=r.fault_days, en=name.en, zh=name.zh) for name, r in regimes),
        OPENED,
        CONFIRMED,
        _fill(UNKNOWN, days=policy.transit_buffer_days),
        _freight(policy),
        *(_fill(SEND, days=r.ship_days, en=name.en, zh=name.zh) for name, r in regimes),
        REVIEW,
        _fill(REFUSAL, days=policy.object_days),
    ]


def _freight(policy: Policy) -> Said:
    ours = [reason for reason in policy.reasons.values() if reason.payer is Payer.MERCHANT]
    yours = [reason for reason in policy.reasons.values() if reason.payer is Payer.CUSTOMER]
    amounts = ", ".join(str(Money(r.freight_minor, r.currency)) for r in policy.regimes.values())
    return Said(
        FREIGHT.en.format(ours=_listed(ours, "en"), yours=_listed(yours, "en"), amounts=amounts),
        FREIGHT.zh.format(ours=_listed(ours, "zh"), yours=_listed(yours, "zh"), amounts=amounts),
    )


def _listed(reasons: Iterable[Reason], language: str) -> str:
    return ("；" if language == "zh" else "; ").join(getattr(reason.says, language) for reason in reasons)


def _fill(said: Said, **facts: object) -> Said:
    return Said(said.en.format(**facts), said.zh.format(**facts))
