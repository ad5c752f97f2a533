"""What the agent is shown, word for word: each check's findings in typical cases, in both languages (K05, N1, N3, N4).

The cases stand here, what is said about them in `tests/data/readings/findings.txt`: check, clause, kind, whether it
holds the reply back, how critical it is, the words it points at, what is wrong and what would be better.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from service_notifications.domain.care.reply_check.check_table import CHECKS
from service_notifications.domain.care.reply_check.finding import Finding, UnjudgedCheck
from service_notifications.domain.care.reply_check.reply_case import (
    ApprovalFacts,
    ClosingFacts,
    ComplaintAssessment,
    ComplaintFacts,
    DeadlineKind,
    DecisionFacts,
    DetectedFeeling,
    DetectedPromise,
    Evidence,
    Fault,
    Feeling,
    ItemFacts,
    LoggedPromise,
    PolicyFacts,
    Purpose,
    QuoteFacts,
    RefundState,
    RefusalFacts,
    ReplyCase,
    ReplyChannel,
    ReplySender,
    SenderLimits,
    Speaker,
    SurveyFacts,
    Turn,
)
from service_notifications.domain.care.reply_check.reply_report import check_reply
from service_notifications.domain.care.text.folded_text import Span
from shared.kernel.errors import Language
from shared.kernel.money import Money
from tests.norms.contexts import NOW, a_case, conversation
from tests.norms.readings import sections

ZH: Final[Language] = "zh-CN"
EN: Final[Language] = "en"
BY_ID: Final = {check.id: check for check in CHECKS}
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def zh(text: str, **but: Any) -> ReplyCase:
    """In the middle of a Chinese conversation."""
    return a_case(text, ZH, **but)


def en(text: str, **but: Any) -> ReplyCase:
    """In the middle of an English one."""
    return a_case(text, EN, **but)


def first(text: str, language: Language = ZH, **but: Any) -> ReplyCase:
    """Nobody has answered yet."""
    return a_case(text, language, turns=conversation(language)[:1], **but)


def after(text: str, *ours: str, language: Language = ZH, **but: Any) -> ReplyCase:
    """We wrote this before."""
    turns = (*conversation(language), *(Turn(Speaker.AGENT, NOW - 9 * MINUTE, each) for each in ours))
    return a_case(text, language, turns=turns, **but)


def felt(text: str, feeling: Feeling, language: Language = ZH, **but: Any) -> ReplyCase:
    """The customer's last message was heard as this."""
    turns = (*conversation(language), Turn(Speaker.CUSTOMER, NOW - MINUTE, "!"))
    return a_case(text, language, turns=turns, signals=(DetectedFeeling(feeling, 2),), **but)


def nobody_listened(text: str) -> ReplyCase:
    """No detector was asked."""
    return replace(zh(text), signals=None, promises=None)


def ledger(text: str, *rows: LoggedPromise, promises: tuple[DetectedPromise, ...] = ()) -> ReplyCase:
    """These promises are logged."""
    case = zh(text, promises=promises)
    return replace(case, facts=replace(case.facts, promises=rows))


SIX: Final = ApprovalFacts(
    address="上海市青浦区华腾路1288号",
    contact="陈立",
    phone="021-5555 0101",
    shipping=("顺丰", "京东"),
    rma="RMA-7Q2K-X",
    customer_pays=False,
)
LETTER: Final = (
    "退货编号：RMA-7Q2K-X\n地址：上海市青浦区华腾路1288号\n联系人：陈立\n电话：021-5555 0101\n请选顺丰\n运费由我们承担"
)
POLICY: Final = PolicyFacts("returns@2026-03", frozenset({"3.2", "5.1", "R2.5"}), ("消费者权益保护法第25条",))
REFUSAL: Final = RefusalFacts(("超过7天",), ("https://proof/1",), ("维修",), appeal_by=NOW + 14 * DAY)
REFUSED: Final = "签收已超过7天，依据政策第3.2条。照片：https://proof/1\n我们可以为您维修。您可以在12月8日前申诉。"
QUOTE: Final = QuoteFacts(cny(8_500), (cny(8_000), cny(500)), ("原路退回", "银行转账"))
ROW: Final = LoggedPromise(id="P-12", owner="Anna", due=NOW + 8 * HOUR, proof="call log", what="call_back")
PROMISED: Final = (DetectedPromise(Span(0, 10), NOW + 8 * HOUR, "call_back"),)
RISK: Final = replace(ROW, at_risk=True)
REMINDED: Final = ClosingFacts(NOW - DAY, 2 * DAY, "https://r/1")
COMPLAINT: Final = ComplaintFacts(
    number="C-2031", remedy_wanted="refund", assessment=ComplaintAssessment("high", False, "low", "one", False)
)
DANGER: Final[dict[str, Any]] = {"signals": (DetectedFeeling(Feeling.SAFETY, 0),)}
CLOSES: Final[dict[str, Any]] = {"purpose": Purpose.CLOSING}
LIMITS: Final = SenderLimits(cny(2_000))
SILENCE: Final = (Turn(Speaker.SYSTEM, NOW - 49 * HOUR - 59 * MINUTE, "已收到"), Turn(Speaker.CUSTOMER, NOW, "？"))


def approval(text: str = LETTER, facts: ApprovalFacts = SIX, **but: Any) -> ReplyCase:
    """A letter of approval."""
    return zh(text, purpose=Purpose.APPROVAL, approval=facts, **but)


def refusal(text: str = REFUSED, facts: RefusalFacts = REFUSAL, **but: Any) -> ReplyCase:
    """A letter of refusal."""
    return zh(text, **{"purpose": Purpose.REFUSAL, "refusal": facts, "policy": POLICY} | but)


CASES: Final[Mapping[str, ReplyCase]] = {
    "G1 the stored address is not used": first("您好，我是小林。"),
    "G1 a guess in Chinese": zh("好的，美女，已登记。"),
    "G1 a guess in English": en("Hello Mr Wang, it is noted."),
    "G1 a guess where none is stored": zh("女士，已登记。", address_as=None),
    "G1 guesses of every kind": zh(
        "您好，先生。李女士，好的。小姐姐，在吗？小哥哥！太太，帅哥。大哥，大姐。阿姨，叔叔。亲亲，宝宝。宝贝，亲。姐，哥，宝",
        address_as=None,
    ),
    "G1 what is no guess": zh("联系人：王女士。亲子装已登记，您说“先生，您好”。", address_as=None),
    "G1 part of the stored address": zh("王女士您好。女士，已登记。"),
    "G1 guesses of every kind in English": en(
        "Dear sir, hi madam. Hey ma'am, good morning mister Li. Thanks mrs. Li, sorry miss. "
        "Yes, lady. Guys, hon, buddy.",
        address_as=None,
    ),
    "G1 what is no guess in English": en(
        "Dear customer. Your contact, Mr Li, is in. Dear Sir or Madam, yes. I love it.", address_as=None
    ),
    "G2 no greeting": first("我是小林，已登记。"),
    "G2 nobody speaks": first("您好，已登记。", sender=ReplySender()),
    "G2 neither": first("已登记。"),
    "G2 neither in English": first("It is noted.", EN),
    "G2 too late in English": first("Hello and thank you for your message. This is Anna.", EN),
    "G2 behind the salutation": first("Dear Ms Wang,\nthis is Anna.", EN),
    "G2 behind a short greeting": first("Hi Ms Wang! This is Anna.", EN),
    "G2 behind a greeting of four words": first("Hello dear Ms Wang! This is Anna.", EN),
    "G2 the thirtieth character": first("一" * 24 + "您好，我是林"),
    "G2 the thirty-first character": first("一" * 26 + "您好，我是林"),
    "G3 not 您": zh("你好，呵呵。"),
    "G3 slang": en("Yeah, btw it is noted."),
    "L1 neither item nor problem": first("已收到。"),
    "L1 neither, and only an order": first("已收到。", items=()),
    "L1 neither, and only an item": first("已收到。", order=None),
    "L1 nothing known": first("已收到。", order=None, items=(), problem=()),
    "L1 neither in English": first("Received.", EN, items=(ItemFacts(("blue jacket", "parka")),)),
    "L1 by one of its names": first("您反馈的外套开线。", items=(ItemFacts(("风衣", "M号外套")),), order=None),
    "L1 another order": zh("订单4711-0816已登记，您说4711-0817。"),
    "L1 a short number": zh("13号", order="1234"),
    "L1 five characters": zh("AB129", order="AB123"),
    "L2 she types": zh("请稍等。", customer_is_typing=True),
    "L2 four questions": zh("颜色？尺码？地址？电话？"),
    "L2 three questions and hers": zh("颜色？尺码？地址？您问“几点？”"),
    "L2 five questions in English": en("Colour? Size? Street? Phone? Name?"),
    "L3 no understanding": felt("建议您换货。", Feeling.DISTRESS),
    "L3 late understanding": felt("建议您换货。非常理解您的心情。", Feeling.COMPLAINT),
    "L3 late understanding in English": felt("You can exchange it. I am sorry.", Feeling.ANGER, EN),
    "L3 nobody listened": nobody_listened("建议您换货。"),
    "L3 she was heard before": zh("建议您换货。", signals=(DetectedFeeling(Feeling.ANGER, 0),)),
    "L4 for the third time": after("非常理解您，理解您。", "非常理解。", "非常理解。"),
    "L4 twice in one message": after("非常理解您。", "非常理解，非常理解。"),
    "L5 nothing on file": zh("", for_review=True, order=None, items=(), problem=(), remedy_wanted=None),
    "E1 a word with a plain one": zh("您的工单已更新。"),
    "E1 a word without": zh("您的ERP已更新。"),
    "E1 explained": zh("RMA（退货编号）。编号（RMA）。SKU，也就是款式编码。SLA 即时限。闭环，指的是完成。"),
    "E1 explained in English": en("The RMA, the return number. RMA (the number). RMA means return. The RMA, i.e. it."),
    "E1 a bracket of something else": zh("SKU好吗)。"),
    "E1 explained too far away": zh("SKU" + "一" * 41 + "也就是"),
    "E1 part of a number": zh("编号RMA-7Q2K，编号 RMA 7Q2K。", approval=ApprovalFacts(rma="RMA 7Q2K")),
    "E1 begins with a number": zh("RMA 7Q2K已登记。", approval=ApprovalFacts(rma="RMA 7Q2K")),
    "E1 part of the order": zh("订单SKU 99。", order="SKU 99"),
    "E2 a long sentence": zh("好" * 41 + "。"),
    "E2 a long paragraph": zh(("好" * 31 + "。") * 4),
    "E2 a link": zh("好" * 41 + "https://r/1"),
    "E2 long sentences in English": en("word " * 21 + "."),
    "E2 hard words": en(
        "Notwithstanding aforementioned considerations, reimbursement necessitates verification. " * 10
    ),
    "E2 sixty words": en("Notwithstanding considerations necessitate verification enormously. " * 12),
    "E2 fifty-nine words": en("Notwithstanding considerations necessitate verification. " * 14 + "Yes yes no."),
    "E3 vague": zh("尽快处理，3-5个工作日到账。"),
    "E3 vague in English": en("It comes soon, within 2 to 3 days."),
    "E3 a day nobody knows": zh(
        "11月26日答复您，11月27日也行。", dues={DeadlineKind.REVIEW: NOW + DAY}, dates=(NOW + 5 * DAY,)
    ),
    "E3 today and before": zh("11月24日答复您，您是11月2日下单的。", dues={DeadlineKind.REVIEW: NOW + DAY}),
    "E3 no clock": zh("11月26日答复您。"),
    "E4 another amount": zh("退款89.00元，原路退回。", quote=QUOTE),
    "E4 no quote": zh("退款89.00元。"),
    "E4 no currency": zh("退款89。", quote=QUOTE),
    "E4 no currency and no quote": zh("退款89。85.005元。"),
    "E4 no money": zh("10000000000000000000000元", quote=QUOTE),
    "E4 known but no quote": zh("运费12元，退款5元。", amounts=(cny(1_200),)),
    "E4 without parts and way": zh("退款85.00元。", quote=QUOTE),
    "E4 with parts and way": zh("退款85.00元：80.00元，5.00元，银行转账。", quote=QUOTE),
    "E4 a second amount that is wrong": zh("退款85.00元，99.00元，原路退回。", quote=replace(QUOTE, parts=())),
    "E4 one part": zh("退款85.00元。", quote=QuoteFacts(cny(8_500), (cny(8_500),))),
    "E5 in running text": zh("请您拍照并上传。"),
    "E5 two acts in a step": zh("1. 请在11月25日前拍照并上传"),
    "E5 without a date": zh("第一步请拍照\n二、请上传\n(3) 请打包\nstep 4 请打印"),
    "E5 a step behind a sentence": zh("请这样做：\n1. 请拍照\n谢谢\n2. 请上传"),
    "E5 not for the customer": zh("我们会拍照并上传。"),
    "E6 everything is there": approval(),
    "E6 nothing is there": approval("好的。"),
    "E6 nothing is known": approval("好的。", ApprovalFacts()),
    "E6 she pays": approval("好的。", replace(SIX, customer_pays=True)),
    "E6 the wrong side pays": approval(LETTER.replace("我们", "您")),
    "E6 we pay though she should": approval(facts=replace(SIX, customer_pays=True)),
    "E6 nobody knows who pays": approval(facts=replace(SIX, customer_pays=None)),
    "E6 other numbers": approval(LETTER + "\nRMA-7Q2K-Y，021-5555 0102，地址：北京市朝阳区一号。您说RMA-7Q2K-Z"),
    "E6 other numbers in an answer": zh("RMA-7Q2K-Y，021-5555 0102，地址：北京市朝阳区一号。", approval=SIX),
    "E6 part of the address, and more": zh("地址：上海市青浦区。地址：上海市青浦区华腾路1288号二楼", approval=SIX),
    "E6 other ways to send": approval(LETTER.replace("顺丰", "上门取件"), replace(SIX, shipping=())),
    "E7 everything is there": refusal(),
    "E7 nothing is there": refusal("好的。"),
    "E7 nothing is known": refusal("好的。", RefusalFacts(), policy=None),
    "E7 in general words": refusal("因为超期，依据第3.2条。www.x.cn/1 可以换货。12月8日前申诉。", RefusalFacts()),
    "E7 no alternative is feasible": refusal(REFUSED.replace("维修", "处理"), replace(REFUSAL, none_feasible=True)),
    "E7 another reason": refusal(REFUSED.replace("超过7天", "拆封")),
    "E7 any of several": refusal(
        facts=replace(REFUSAL, reasons=("a", "超过7天"), evidence_links=("b", "https://proof/1"))
    ),
    "E7 one of two days": refusal(REFUSED.replace("12月8日", "12月1日到12月8日")),
    "E7 another day": refusal(REFUSED.replace("12月8日", "12月9日")),
    "E8 another clause": zh("依据第3.3条，clause 9, section b2, article 25.", policy=POLICY),
    "E8 its own": zh("依据第3.2条，clause 5.1，R2.5，版本2026-03，《消费者权益保护法》第25条。", policy=POLICY),
    "E8 another article": zh("《消费者权益保护法》第24条，第25条", policy=POLICY),
    "E8 one of two articles": zh(
        "《消费者权益保护法》第25条", policy=replace(POLICY, laws=("民法典第7条", "消费者权益保护法第25条"))
    ),
    "E8 any law": zh("《消费者权益保护法》第24条", policy=replace(POLICY, laws=())),
    "E8 another version": zh("版本号：2025-01，version returns@2026-03", policy=POLICY),
    "E8 no policy": zh("依据第3.3条。"),
    "E8 no policy, a version": zh("版本2025-01"),
    "E8 no clause": zh("第3条信息，第2条留言，您说第9条。", policy=POLICY),
    "R1 blame": zh("是您的问题。"),
    "R1 blame in English": en("It is your fault."),
    "R2 twice in a row": after("但是系统有记录。可是没有。", "不是的，您误会了。"),
    "R2 twice in a row in English": after("But it was sent. No, never.", "However, it is so.", language=EN),
    "R2 once": after("但是系统有记录。", "好的。"),
    "R2 quoted": after("您说“但是没有”。", "不是的。"),
    "R3 asked again": after("要不您换货？", "要不您再考虑一下？", chosen_at=NOW - 15 * MINUTE),
    "R3 asked once": after("要不您换货？", "好的。", chosen_at=NOW - 15 * MINUTE),
    "R4 another outcome": zh("好的。", decided=DecisionFacts("refuse", "accept")),
    "R4 words": zh("您的等级不够，退不了。"),
    "H1 not logged": ledger("我今天18点前给您回电。", promises=PROMISED),
    "H1 no due": ledger("我今天18点前给您回电。", ROW, promises=(replace(PROMISED[0], due=None),)),
    "H1 no owner": ledger("我今天18点前给您回电。", replace(ROW, owner=None), promises=PROMISED),
    "H1 no proof": ledger("我今天18点前给您回电。", replace(ROW, proof=None), promises=PROMISED),
    "H1 broken": ledger("我今天18点前给您回电。", promises=(replace(PROMISED[0], due=NOW - MINUTE),)),
    "H1 due now": ledger("我今天18点前给您回电。", promises=(replace(PROMISED[0], due=NOW),)),
    "H1 between blanks": ledger("我　　给您回电。", promises=(replace(PROMISED[0], span=Span(2, 3)),)),
    "H1 nobody listened": nobody_listened("我今天18点前给您回电。"),
    "H2 absolute": zh("绝对没问题。"),
    "H2 beyond the limit": zh("补偿您20.01元，另补偿20元，补偿20美元。商品30元。", limits=LIMITS),
    "H2 no limit": zh("补偿您20.01元。"),
    "H2 too early": zh(
        "11月27日到账，11月28日入账，11月27日发货，您说11月27日到账。", arrives_not_before=NOW + 4 * DAY
    ),
    "H2 too early in English": en("The money arrives on 27 November.", arrives_not_before=NOW + 4 * DAY),
    "H2 no earliest day": zh("11月27日到账。"),
    "H2 nothing accepted": zh("好的。", purpose=Purpose.REFUND, accepted_units=0),
    "H3 nothing said": ledger("好的。", RISK),
    "H3 told too late": ledger("很抱歉，改为11月25日。", replace(RISK, due=NOW - MINUTE)),
    "H3 compensated": ledger("补偿您，改为11月25日。", RISK),
    "H3 the same day": ledger("抱歉，改为11月24日。", RISK),
    "H3 one of two at risk": ledger("好的。", replace(RISK, due=None), ROW, replace(RISK, id="P-13")),
    "H4 not paid": zh("您的退款已到账。", refund_state=RefundState.SENT),
    "H4 not paid in English": en("Your refund is complete."),
    "H4 conditions": zh(
        "如果已退款，请告知。是否已到账？已退款后通知您。已到账吗？已到账时，请确认。已退款之后。已到账前。已退款以后"
    ),
    "H4 conditions in English": en(
        "Has the money been refunded? Have we refunded you? Is the refund complete? Was it refunded? Did you see "
        "we refunded? Are we refunded? Once we refunded you, wait."
    ),
    "H4 other things": zh("积分已到账。券已退回来。货已到账。商品已退回来。包裹已入账。快递已入账。"),
    "H4 other things and money": zh("积分已到账，钱已到账。余额已到账，券也是。包裹的款项已退还。元已到账，商品也是"),
    "H5 no apology": zh("好的。", fault=Fault.MERCHANT),
    "H5 an admission": zh("是我们的错。", fault=Fault.NOBODY),
    "H5 an admission in English": en("It was our mistake.", fault=Fault.CUSTOMER),
    "H5 an admission if": zh("如果是我们的错，会处理。", fault=Fault.NOBODY),
    "H5 unknown": zh("好的。", fault=None),
    "C1 neither calm nor anybody": felt("建议您换货。非常理解您。", Feeling.ANGER),
    "C1 calm first": felt("非常理解您。建议您换货，主管可以回电。", Feeling.ANGER),
    "C2 no next step": zh("好的。"),
    "C2 a question": zh("蓝色吗？”"),
    "C2 a question with marks behind it": zh("蓝色吗？！”）"),
    "C2 a question before something else": zh("蓝色吗？好的。"),
    "C2 a mark within a link": en("See https://x/?a=1 now."),
    "C2 her question": zh("您说“蓝色吗？”"),
    "C2 her question without marks": zh("您说蓝色吗？"),
    "C3 somebody to blame": zh("都怪快递。"),
    "C4 all that is wrong": zh("请给个好评。", from_template=(Span(0, 3),), **DANGER),
    "C4 a survey": zh("好的。", safety_flow_open=True, purpose=Purpose.SURVEY, **DANGER),
    "C4 nobody listened": nobody_listened("好的。"),
    "X1 nothing": zh("再见。", **CLOSES),
    "X2 not asked": zh("再见。", **CLOSES),
    "X2 asked twice": after("还有其他问题吗？", "还有其他可以帮您的吗？", **CLOSES),
    "X3 not reminded": zh("再见。", **CLOSES),
    "X3 too early": zh("再见。", closing=REMINDED, **CLOSES),
    "X3 no time": zh("https://r/1", closing=replace(REMINDED, wait=None), **CLOSES),
    "Q3 all that is wrong": zh("请给个好评。", survey=SurveyFacts(closed=False, disputed=True, invited=1)),
    "Q3 a survey": zh("好的。", purpose=Purpose.SURVEY, survey=SurveyFacts(closed=False)),
    "Q3 unknown": zh("请给个好评。"),
    "T1 a late receipt": zh("好的。", purpose=Purpose.RECEIPT, received_at=NOW - 7 * MINUTE - timedelta(seconds=50)),
    "T1 a receipt of nothing": zh("好的。", purpose=Purpose.RECEIPT),
    "T1 a late approval": zh("好的。", purpose=Purpose.APPROVAL, dues={DeadlineKind.REVIEW: NOW - DAY}),
    "T1 a first answer without a clock": first("好的。"),
    "T2 silence": zh("好的。", holding=True, turns=SILENCE),
    "T2 unknown": zh("好的。", holding=True, turns=()),
    "T3 told late and without a day": zh("会晚一些。", purpose=Purpose.DELAY, dues={DeadlineKind.DELAYED: NOW - DAY}),
    "T3 unknown": zh("会晚一些。", purpose=Purpose.DELAY),
    "K1 nothing": zh("已收到。", purpose=Purpose.COMPLAINT_RECEIPT, complaint=replace(COMPLAINT, remedy_wanted="")),
    "K1 unknown": zh("已收到。", purpose=Purpose.COMPLAINT_RECEIPT),
    "K2 not assessed": zh("好的。", complaint=ComplaintFacts(number="C-1")),
    "K3 neither": zh("不能退。", purpose=Purpose.COMPLAINT_DECISION),
    "K4 open": zh("再见。", complaint=COMPLAINT, **CLOSES),
    "P1 asked for": zh("请把密码告诉我。您的卡号是多少？"),
    "P1 asked for in English": en("What is the passport number? Please send your password."),
    "P1 repeated": zh("卡号4111 1111 1111 1111，证件11010519491231002X。"),
    "P1 no secrets": zh("卡号4111 1111 1111 1112。证件110105194912310021。密码有多少位。what密码。"),
    "P1 our own numbers": zh("4111 1111 1111 1111", order="4111-1111-1111-1111"),
    "P1 our own return number": zh("4111111111111111", approval=ApprovalFacts(rma="4111111111111111")),
    "P1 our own telephone": zh("4111111111111111", approval=ApprovalFacts(phone="4111111111111111")),
    "P2 too much": zh("请提供视频和照片。", evidence_allowed=frozenset({Evidence.PHOTO, Evidence.INVOICE})),
    "P2 unknown": zh("请提供视频。"),
    "P3 by telephone": zh("好的。", channel=ReplyChannel.PHONE, statutory_notice=True),
    "Q1 not certified": zh("好的。", purpose=Purpose.COMPLAINT_DECISION, sender=ReplySender("x", scopes=frozenset())),
    "Q1 unknown": zh("好的。", purpose=Purpose.REFUND),
}
"""A case for a check; the heading begins with its id."""
SAID: Final = sections("findings")


def shown(each: Finding) -> str:
    """A finding in a line."""
    marks = [
        each.check,
        each.clause,
        each.kind,
        *(["gate"] if each.gate else []),
        *([each.critical] if each.critical else []),
    ]
    told = [each.words, *each.says, *each.better]
    return " | ".join([" ".join(marks), *told]).replace("\n", "\\n")


def lacking(each: UnjudgedCheck) -> str:
    """What nobody can tell, in a line."""
    return " | ".join([f"{each.check} unknown", each.fact, *each.says])


def told(heading: str) -> list[str]:
    """All that a check says about its case; nothing said is a line, too."""
    verdict = check_reply(CASES[heading], (BY_ID[heading.split(maxsplit=1)[0]],))
    return [*map(shown, verdict.findings), *map(lacking, verdict.unjudged)] or ["nothing"]


def test_every_case_has_its_findings() -> None:
    assert list(CASES) == list(SAID)
    assert {heading.split()[0] for heading in CASES} == set(BY_ID)


@pytest.mark.parametrize("heading", CASES)
def test_the_agent_is_told_what_is_wrong_where_and_what_would_be_better(heading: str) -> None:
    assert told(heading) == SAID[heading]
