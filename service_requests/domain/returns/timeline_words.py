"""The words for codes inside the sentences of the timeline."""

from collections.abc import Mapping
from typing import Final

from shared.kernel.errors import Said

WORDS: Final[Mapping[str, Mapping[str, Said]]] = {
    "kind": {
        "return_referred": Said("a person looks at the request", "申请转人工审核"),
        "return_approved": Said("approval and how to send the goods back", "同意退货及寄回方式"),
        "return_refused": Said("refusal with reasons and alternatives", "未同意退货的原因及替代方案"),
        "return_cancelled": Said("cancellation", "取消"),
        "units_kept": Said("goods that stay with you", "由您保留的商品"),
        "deadline_extended": Said("more time", "期限延长"),
        "goods_received": Said("arrival of the goods", "商品已收到"),
        "inspection_held": Said("a person looks at the inspection", "验收结果转人工处理"),
        "inspection_decided": Said("decision after the inspection", "验收后的处理决定"),
        "return_lapsed": Said("end of the time for sending", "寄回期限已过"),
        "inspection_corrected": Said("correction of a count or result", "清点或验收更正"),
        "inspection_extended": Said("longer time for the inspection", "验收延期"),
        "discrepancy_cleared": Said("what became of goods that were not announced", "未登记商品的处理结果"),
        "remainder_closed": Said("what became of the rest of a refund", "剩余应退款的处理结果"),
        "refund_settled": Said("refund paid", "退款已付"),
    },
    "channel": {
        "email": Said("by e-mail", "电子邮件"),
        "telephone": Said("by telephone", "电话"),
        "post": Said("by post", "信函"),
        "chat": Said("by chat", "在线聊天"),
        "in_person": Said("in person", "当面"),
    },
    "dropped": {
        "overtaken": Said("a later message tells how things are now", "已由后续消息告知最新情况"),
        "not_needed": Said("nobody needs it any more", "已不再需要"),
    },
    "outcome": {
        "refunded": Said("everything has been refunded", "已全部退款"),
        "partly_refunded": Said("a part has been refunded", "已部分退款"),
        "goods_back": Said("the goods go back to you", "商品退还给您"),
        "refused": Said("refused", "未同意退货"),
        "cancelled": Said("cancelled", "已取消"),
        "lapsed": Said("the time for sending has passed", "寄回期限已过"),
    },
    "doubt": {
        "looks": Said("more pieces were inspected than counted", "验货件数多于收货件数"),
        "money": Said("a result was corrected after it had been accepted", "验货通过后结果有更正"),
        "over": Said("more pieces arrived than announced", "收到件数多于登记件数"),
        "unexpected": Said("an article arrived that was not announced", "收到未登记的商品"),
        "cancelled": Said("an item arrived that was to stay with you", "收到原定由您保留的商品"),
    },
    "became": {
        "": Said("a later count explains it", "之后的清点已说明原因"),
        "returned_to_customer": Said("the goods go back to you", "商品将退还给您"),
        "disposed": Said("the goods were disposed of", "商品已处置"),
        "matched_to_return": Said(
            "the goods belong to another return and count there", "商品属于另一退货单，已计入该单"
        ),
        "accepted_as_return": Said("the return goes on with these goods", "退货以这些商品继续办理"),
        "kept_for_match": Said("the goods are kept until their owner is found", "商品已保管，待找到所属人"),
        "looked_again": Said("nothing more has arrived", "并未收到更多商品"),
        "arrived": Said("the goods are here and count", "商品已收到并计入"),
        "refund_stopped": Said("the refund was stopped", "退款已停止"),
        "money_recovered": Said("the money came back", "款项已收回"),
        "money_waived": Said("you keep the money", "款项由您保留"),
    },
    "end": {
        "paid_otherwise": Said("paid in another way", "已用其他方式支付"),
        "not_owed": Said("not owed", "无需支付"),
    },
    "because": {
        "paid_elsewhere": Said("you have got it back in another way", "该款项已通过其他渠道退还"),
        "charged_back": Said("your bank has given it back to you", "发卡机构已将该款项退还给您"),
        "goods_not_accepted": Said("the goods were not accepted", "商品未通过验收"),
        "waived_by_customer": Said("you do not want it", "您已表示不需要退还"),
    },
    "promise": {
        "decide": Said("the decision", "审核"),
        "ship": Said("the sending back", "寄回"),
        "inspect": Said("the inspection", "验收"),
        "pay": Said("the refund", "退款"),
        "judge": Said("the decision after the inspection", "验货后的决定"),
        "arrive": Said("the arrival of the parcel", "包裹到达"),
        "calculate": Said("the calculation of the refund", "退款核算"),
        "tell": Said("the confirmation to you", "对您的确认通知"),
        "answer": Said("the answer to a question about the goods", "商品疑问的答复"),
    },
}
"""The words for codes inside sentences; a code without words stays as it is."""
