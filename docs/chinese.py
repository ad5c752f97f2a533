"""The Chinese of what the code says in English only: each event, each machine."""

from collections.abc import Mapping
from typing import Final

EVENTS: Final[Mapping[str, str]] = {
    "order.imported.v1": "店铺推送了一笔金额核对无误的订单（N06）：记录实际支付的金额，而不是今天会支付的金额。",
    "order.corrected.v1": "订单快照有误，现更正为此内容。此前没有任何退货或后续信息依赖该快照。",
    "order.parcel_told.v1": "目前已知的一个包裹的信息。未写商品行时，该包裹可能含有任何商品行。",
    "order.units_cancelled.v1": "商品在发货前已取消：不会退回，款项由店铺自行退还。",
    "order.payment_captured.v1": "订单推送之后收到的款项，例如尾款或货到付款；可以退还。",
    "order.refunded_elsewhere.v1": "款项已由其他渠道退还。该金额计入全部限额，不会重复支付。",
    "return.requested.v1": "客户申请退货（R1.1）。",
    "return.referred.v1": "需要人工审核后才能决定（R2.2）。",
    "return.approved.v1": "可以退货：R2.3 和 R2.4 的六项信息，以及退款所需的法规信息。",
    "return.refused.v1": "不可退货：每条未满足的规则、可选的替代方案，以及如何提出异议（R1.4、R2.5）。",
    "return.shipped.v1": "一个包裹已寄出；一个退货单可以有多个包裹（D05）。",
    "return.cancelled.v1": "客户决定保留商品。",
    "return.withdrawn.v1": "部分商品由客户保留，其余继续办理，或退货已过寄回期限（A11、D06、Z24）。整单取消时改为发布 "
    "`return.cancelled`。若这些商品仍寄到，则视为收货，退货继续办理。",
    "return.deadline_extended.v1": "客服延长了期限，并附有供客户阅读的原因（Z24）。",
    "return.overdue.v1": "某一步骤的时限已过，须有人处理（R2.1、R08）；每个期限只发布一次。",
    "return.closed.v1": "已无待办事项；`outcome` 说明结果。",
    "inspection.received.v1": "退货商品已到达（F01、F02）：仅包含本次收货的商品；全部到齐时 `complete` 为真。",
    "inspection.questioned.v1": "数量需要人工核实（F03、Z01），不影响退款。类型：`over`、`unexpected`、`cancelled`"
    "（未申报的商品，隔离存放），`looks`（验货件数多于收货件数），`money`（商品曾被接受，但更正后不再成立）。",
    "inspection.completed.v1": "仓库已检验部分商品（R4.1）：仅包含本次检验的商品；全部检验完时 `complete` 为真。",
    "inspection.decided.v1": "人工已对检验不合格的商品作出决定；接受的予以退款，拒绝的退回客户。",
    "inspection.corrected.v1": "此前就这些商品所告知的内容不再成立（Z01）：收货数量、验货结果或人工决定已撤回更正。"
    "新的状态取代此前的一切。`cause` 是作出更正的提交；撤回人工决定时为退货单。",
    "inspection.cleared.v1": "`inspection.questioned` 提出的问题已有结论：由人工答复，或由之后的提交解决"
    "（此时没有 `outcome`）。",
    "inspection.assigned.v1": "已由人工查明商品属于谁：到货时没有可识别的退货编号。该收货带来的变化由其他事件告知。",
    "inspection.extended.v1": "商家需要更长时间检验这些商品，并说明原因。",
    "refund.opened.v1": "已在全部四道校验下为这些商品预留款项，尚未支付。",
    "refund.doubted.v1": "支付服务商没有答复：既未付款也未拒绝；系统会持续查询，直到得知结果。",
    "refund.settled.v1": "款项已支付：此时才可以说“已退款”（I03、L03）。"
    "由支付服务商支付，或由人工支付并经第二人确认（见该笔的 `means`）。",
    "refund.failed.v1": "支付服务商最终拒绝，需要人工处理。`paid` 是在此之前已支付给其他支付方式的部分。"
    "之后会有 `refund.reopened`、`refund.settled` 或 `refund.closed`。",
    "refund.reopened.v1": "此前失败的退款正在重新办理，金额、商品和日期不变（Z22）。",
    "refund.closed.v1": "经两人确认，退款中未支付的部分无需支付（Z22）；该退款就此结束。",
    "refund.remainder_closed.v1": "工作人员已处理订单付款无法退回的剩余款项（Z09）。",
    "refund.stopped.v1": "在请求支付服务商之前，更正使该退款停止（Z01）：不会由它支付任何款项。"
    "仍被接受的商品另行退款。",
    "message.sent.v1": "一条通知已发出。`kind` 说明通知的是哪个事实。"
    "渠道为 `email`，或工作人员告知客户的方式：`telephone`、`post`、`chat`、`in_person`。",
    "message.failed.v1": "一条通知无法送达，需要人工处理。",
    "message.dropped.v1": "一条通知将不再发送，也无人再等待它。`tells` 为其所述的退款或退货单。",
}

MACHINES: Final[Mapping[str, str]] = {
    "Return: its status, computed from its units (here with one unit)": "退货单：由商品得出的状态（以一件商品为例）",
    "Unit of a return: where it is": "退货商品：所在位置",
    "Unit of a return: what was decided": "退货商品：处理决定",
    "Receipt": "收货记录",
    "Unit in inspection": "检验中的商品",
    "Discrepancy": "差异",
    "Refund": "退款",
    "Message": "通知",
}

TRIGGERS: Final[Mapping[str, str]] = {
    "operation": "操作",
    "event": "事件",
    "clock": "定时任务",
    "provider": "外部服务",
}
"""What makes an act of a table of states happen."""
