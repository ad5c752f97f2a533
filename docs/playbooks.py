"""The pages of special cases and of what a message must say, in one language, from the tables the code obeys."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from service_notifications.domain.care.listening.signal import MEANINGS, SignalEffect
from service_notifications.domain.care.playbooks.playbook import Playbook, TimeLimit, TimeUnit
from service_notifications.domain.care.playbooks.playbook_match import OUTCOMES, REMEDIES, SIGNAL_NAMES
from service_notifications.domain.care.playbooks.playbook_table import PLAYBOOKS
from service_notifications.domain.messages.required_content import REQUIRED_FACTS, NoticeKind
from shared.kernel.errors import Said
from shared.kernel.principal import Role

UNITS: Final[Mapping[TimeUnit, tuple[Said, Said]]] = {
    TimeUnit.HOURS: (Said("hour", "小时"), Said("hours", "小时")),
    TimeUnit.WORKING_HOURS: (Said("working hour", "个工作小时"), Said("working hours", "个工作小时")),
    TimeUnit.DAYS: (Said("day", "天"), Said("days", "天")),
    TimeUnit.WORKING_DAYS: (Said("working day", "个工作日"), Said("working days", "个工作日")),
}
"""One and several."""
ROLES: Final[Mapping[Role, Said]] = {
    Role.AGENT: Said("agent", "客服"),
    Role.SUPERVISOR: Said("supervisor", "主管"),
    Role.WAREHOUSE: Said("warehouse", "仓库"),
    Role.FINANCE: Said("finance", "财务"),
}
LETTERS: Final[Mapping[NoticeKind, Said]] = {
    NoticeKind.REQUEST_RECEIVED: Said("The request has arrived", "受理回执"),
    NoticeKind.RETURN_REFERRED: Said("A person looks at it", "转人工审核"),
    NoticeKind.RETURN_APPROVED: Said("Approval", "退货批准"),
    NoticeKind.RETURN_REFUSED: Said("Refusal", "退货拒绝"),
    NoticeKind.RETURN_CANCELLED: Said("Cancellation", "退货取消"),
    NoticeKind.UNITS_KEPT: Said("Some goods stay with the customer", "部分商品由客户保留"),
    NoticeKind.DEADLINE_EXTENDED: Said("There is more time", "期限延长"),
    NoticeKind.RETURN_LAPSED: Said("The time for sending is over", "寄回期限已过"),
    NoticeKind.GOODS_RECEIVED: Said("The goods have arrived", "收货通知"),
    NoticeKind.INSPECTION_HELD: Said("The inspection did not pass", "验收未通过"),
    NoticeKind.INSPECTION_DECIDED: Said("A person decided about the goods", "人工处理决定"),
    NoticeKind.INSPECTION_CORRECTED: Said("A count or result was corrected", "清点或验收更正"),
    NoticeKind.INSPECTION_EXTENDED: Said("The inspection takes longer", "验收延期"),
    NoticeKind.DISCREPANCY_CLEARED: Said("What became of goods not announced", "未登记商品的处理结果"),
    NoticeKind.INSPECTION_RESULT: Said("Result of the inspection", "验收结果"),
    NoticeKind.OFFER_MADE: Said("Offer after a failed inspection", "验收未通过后的方案"),
    NoticeKind.REFUND_SETTLED: Said("The refund is done", "退款完成"),
    NoticeKind.REMAINDER_CLOSED: Said("What became of the rest of a refund", "剩余应退款的处理结果"),
    NoticeKind.DELAY: Said("Something will be late", "延误通知"),
    NoticeKind.CLOSING: Said("Closing", "结束语"),
    NoticeKind.COMPLAINT_ACKNOWLEDGED: Said("A complaint is registered", "投诉受理"),
    NoticeKind.COMPLAINT_DECIDED: Said("A complaint is decided", "投诉处理决定"),
}
FORCES: Final[Mapping[SignalEffect, Said]] = {
    SignalEffect.DECIDES: Said("decides", "直接触发"),
    SignalEffect.ADVISES: Said("advises", "仅作提示"),
}

SPECIAL: Final = Said("Special cases", "特殊情况")
SPECIAL_INTRO: Final = Said(
    "How a return is handled that is not like the others (clause N4). A case is recognised by its facts, or suggested "
    "by the customer's words, always with the reason. What is listed is offered besides what law and policy give; "
    "nothing here takes a right away.",
    "如何处理不同于常规的退货（条款 N4）。系统根据事实识别，或根据客户的话提示，并说明原因。"
    "所列处理是在法律和政策之外提供的，不减损任何权利。",
)
DETECTED: Final = Said("What is detected in a customer's words", "从客户的话中识别的信号")
HEARD_INTRO: Final = Said(
    "A message of the customer is listened to in both languages. Danger to people decides: templates and surveys stop. "
    "Everything else is advice to a person and never holds a message back. A list does not hear everything: "
    "silence is no proof, neither of calm nor of safety.",
    "系统用中英文识别客户消息。人身安全问题直接触发流程，停用模板和调查；其余仅提示人工，不阻止发送。"
    "词表不可能识别全部情况：未识别不等于没有情绪或危险。",
)
CONTENTS: Final = Said("What a message must say", "消息必备内容")
CONTENTS_INTRO: Final = Said(
    "A message with an empty slot is not sent; the writer is told which one, with its clause.",
    "必备内容缺失的消息不会发送；系统会指出缺少哪一项及其条款。",
)
SIGNAL: Final = Said("signal", "信号")
FORCE: Final = Said("force", "效力")
CLAUSE: Final = Said("clause", "条款")
DO: Final = Said("what to do", "处理方式")
FACT: Final = Said("fact", "内容")
WHEN: Final = Said("when", "适用情形")
ALWAYS: Final = Said("always", "始终")
PRINCIPLE: Final = Said("Principle", "原则")
HANDLING: Final = Said("Handling", "处理")
DEFAULT: Final = Said("If nobody decides otherwise", "默认处理")
OWNER: Final = Said("Owner", "负责人")
APPROVAL: Final = Said("approved by", "审批")
CLOCK: Final = Said("Clock", "时限")
REMEDY: Final = Said("May be offered", "可提供")
NEVER: Final = Said("Never", "禁止")
COLON: Final = Said(": ", "：")
COMMA: Final = Said("; ", "；")

Say = Callable[[Said], str]


def in_language(language: str) -> Say:
    """Says a sentence in one language."""
    return lambda said: said.zh if language == "zh" else said.en


def special_cases(language: str, made: str) -> str:
    """The page of special cases."""
    say = in_language(language)
    out = [f"# {say(SPECIAL)}", "", f"<!-- {made} -->", "", say(SPECIAL_INTRO), ""]
    out += [f"## {say(DETECTED)}", "", say(HEARD_INTRO), ""]
    out += [f"| {say(SIGNAL)} | {say(CLAUSE)} | {say(FORCE)} | {say(DO)} |", "| --- | --- | --- | --- |"]
    for signal, meaning in MEANINGS.items():
        cells = (say(SIGNAL_NAMES[signal]), meaning.clause, say(FORCES[meaning.force]), say(meaning.says))
        out.append(f"| {' | '.join(cells)} |")
    for playbook in PLAYBOOKS:
        out += ["", *_case(playbook, say)]
    return "\n".join(out) + "\n"


def _case(playbook: Playbook, say: Say) -> Iterator[str]:
    dot, join = say(COLON), say(COMMA)
    owner = say(ROLES[playbook.owner])
    if playbook.approval:
        owner += f"{join}{say(APPROVAL)}{dot}{say(ROLES[playbook.approval])}"
    yield f"## {playbook.number}. {say(playbook.title)}"
    yield ""
    yield f"- **{say(PRINCIPLE)}**{dot}{say(playbook.principle)}"
    yield f"- **{say(HANDLING)}**{dot}{say(playbook.handling)}"
    yield f"- **{say(DEFAULT)}**{dot}{say(OUTCOMES[playbook.default])}"
    yield f"- **{say(OWNER)}**{dot}{owner}"
    clocks = [f"{say(deadline.act)} – {_within(deadline.within, say)}" for deadline in playbook.deadlines]
    yield f"- **{say(CLOCK)}**{dot}{join.join(clocks)}"
    yield f"- **{say(REMEDY)}**{dot}{join.join(say(REMEDIES[remedy]) for remedy in playbook.remedies)}"
    if playbook.never:
        yield f"- **{say(NEVER)}**{dot}{say(playbook.never)}"
    yield ""
    yield f"> {say(playbook.script)}"


def _within(within: TimeLimit, say: Say) -> str:
    one, several = UNITS[within.unit]
    unit = say(one if within.count == 1 else several)
    return f"{within.count} {unit}" if unit.isascii() else f"{within.count}{unit}"


def contents(language: str, made: str) -> str:
    """The page of what each kind of message must say."""
    say = in_language(language)
    out = [f"# {say(CONTENTS)}", "", f"<!-- {made} -->", "", say(CONTENTS_INTRO), ""]
    for letter, slots in REQUIRED_FACTS.items():
        out += [f"## {say(LETTERS[letter])}", "", f"`{letter}`", ""]
        out += [f"| {say(FACT)} | {say(CLAUSE)} | {say(WHEN)} |", "| --- | --- | --- |"]
        out += [f"| {say(slot.what)} | {slot.clause} | {say(slot.because or ALWAYS)} |" for slot in slots]
        out.append("")
    return "\n".join(out)
