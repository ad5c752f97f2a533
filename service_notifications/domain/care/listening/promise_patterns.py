"""The words of promises as patterns over folded text: acts, owners, will, denial, condition (H1).

Every pattern is bounded in width, and a test checks each of them.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class PromisedAction(StrEnum):
    """What is promised, in the order in which verbs are tried. A more exact action next to it replaces `ARRANGE`."""

    CALL_BACK = "call_back"
    REFUND = "refund"
    COMPENSATE = "compensate"
    PICK_UP = "pick_up"
    SHIP = "ship"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    SEND = "send"
    REPLY = "reply"
    CHECK = "check"
    ARRANGE = "arrange"


_VERBS_ZH: Final[Mapping[PromisedAction, tuple[str, ...]]] = {
    PromisedAction.CALL_BACK: ("回电|致电|去电|打电话|电话联系", "打给您|给您打|打过去|打您电话", "回拨|通话"),
    PromisedAction.REFUND: (
        "退款(?!一事|事宜|问题)|退钱|退还|返还|打款|到账|(?<![不能可未没无])退(?=[ 。,!;]|$)",
        "退回给?您|退回到?您的|退回您|退给您|退到您|[给为]您退|退您",
        "退到卡|退回去|退回原|原路退",
    ),
    PromisedAction.COMPENSATE: ("补偿|赔偿|赔付|赔给您",),
    PromisedAction.PICK_UP: ("上门取|取件|上门收",),
    PromisedAction.SHIP: (
        "发货|寄出|发出|补发|补寄|重发|重新发|寄送|派送|送达",
        "寄给您|给您寄|为您寄|寄到您|[给为]您[发补送]",
        "[发寄送]过去|发走|寄走",
    ),
    PromisedAction.EXCHANGE: ("换货|更换|换新|[给为]您换|换一[个件双台]",),
    PromisedAction.REPAIR: ("维修|修好|返修",),
    PromisedAction.SEND: ("发到您|发给您|发您|发送|发邮件|邮件给您|短信给您",),
    PromisedAction.REPLY: (
        "答复|回复|回覆|回话|回信|回应|通知|告知",
        "联系您|联络您|再次联系|联系到?您|告诉您|[跟和]您说",
        "给您消息|给您说明|给您反馈|反馈给您|同步给您|更新进度",
        "给您个?(?:答案|结果|说法|交代|准信|话)|出(?:检查|检验|质检|验收|审核|处理)?结果(?![后就了])",
    ),
    PromisedAction.CHECK: (
        "查询|核实|核对|查一下|查清|查明|查看|看一下|确认",
        "跟进|跟踪|调查|了解情况|了解一下|检查(?!结果|报告|的|只)",
        "催促|催一下|催(?=仓库|物流|快递|财务)|问一下|问问",
    ),
    PromisedAction.ARRANGE: (
        "安排|处理|解决|办理|登记|办妥|搞定|补上",
        "申请|完成|提交|预约|约时间|负责到底",
    ),
}
_VERBS_EN: Final[Mapping[PromisedAction, tuple[str, ...]]] = {
    PromisedAction.CALL_BACK: (
        r"(?:calls?|calling|phones?|phoning|rings?|ringing) (?:you|back|again|at|by|on|today|tomorrow|before|within)",
        r"(?:my|our|a) call|give you a (?:call|ring)",
    ),
    PromisedAction.REFUND: (
        r"refund(?:s|ed|ing)?|reimburs(?:e|ed|ing)|credit(?:ed)?",
        r"(?:pay|paid|paying) (?:you |it )?back|(?:have|get) your money back",
        r"(?:on|in|to) your account|return (?:the|your) money",
        r"send (?:you )?(?:the|your) money|give you your money",
    ),
    PromisedAction.COMPENSATE: (r"compensate|make it up to you|offer you a voucher",),
    PromisedAction.PICK_UP: (r"pick (?:it |the parcel |the box )?up|collects?|have it (?:picked up|collected)",),
    PromisedAction.SHIP: (
        r"ship(?:ped|ping|s)?|dispatch(?:ed|ing)?|deliver(?:s|ed|ing)?",
        r"post it|in the post|on (?:its|their) way|reach you|with you by",
        r"(?:sent|send|sending|goes|go|going) out|leaves|leave (?:our|the|us)",
        r"send (?:you )?(?:a|the) (?:new|replacement|missing|spare)",
    ),
    PromisedAction.EXCHANGE: (r"exchang(?:e|ed|ing)|replac(?:e|ed|ing)|swap(?:ped|ping)?",),
    PromisedAction.REPAIR: (r"repair(?:s|ed)?|fix(?:ed)?|mend",),
    PromisedAction.SEND: (r"send(?:s|ing)?|sent|e-?mail (?:you )?(?:the|a|your)|forward",),
    PromisedAction.REPLY: (
        r"repl(?:y|ies)|answer|respond|inform|update|contact|notify|confirm|e-?mail",
        r"get back to|come back to|let you know|tell you|text you|keep you|be in touch|hear (?:from|back)",
        r"write (?:to you|you|again|back)|have (?:the|an?|our) (?:results?|answer|decision|reply)",
    ),
    PromisedAction.CHECK: (
        r"check(?:s|ing)?|look(?:ing)? into|investigat(?:e|ing)|find out|follow(?:ing)? up|verify",
        r"chas(?:e|ing)|ask|track|call(?:ing)? the",
    ),
    PromisedAction.ARRANGE: (
        r"arrange|sort|take care|handle|process(?:ed)?|solve|resolve|issue(?:d)?|organi[sz]e|book|receive",
        r"have .{1,30}done|make sure|see to it|get your",
    ),
}


def _verbs(words: Mapping[PromisedAction, tuple[str, ...]], edge: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?P<{act.name}>{edge}(?:{'|'.join(each)}){edge})" for act, each in words.items()))


_OTHERS_ZH: Final = (
    r"仓库|财务|主管|物流|快递员?|承运商|技术(?:部门?|人员)?|经理|同事|专员|厂家|店长|售后(?:部门?|同事)?|客服|质检(?:员|部门?)?"
    r"|师傅|负责人|银行|平台"
)
_OTHERS_EN: Final = (
    r"(?:someone|somebody|an agent|a colleague|a specialist|a technician|a member of (?:the|our) team"
    r"|(?:my|our|the) (?:[a-z]{1,14} )?(?:warehouse|team|supervisor|manager|colleagues?|carrier|courier|driver"
    r"|technicians?"
    r"|department|accountants?|finance|bank|lab|workshop|inspectors?))"
)
_EVENTS_ZH: Final = "收到|到货|验收|审核|签收|入库|确认|通过|核实|检验"


class PromisePatterns:
    """The patterns of one language. The name says what a match means."""

    verb: re.Pattern[str]
    owner: re.Pattern[str]
    asked_of: re.Pattern[str]
    will: re.Pattern[str]
    offered: re.Pattern[str]
    never: re.Pattern[str]
    asked: re.Pattern[str]
    condition: re.Pattern[str]
    theirs: re.Pattern[str]
    gets: re.Pattern[str]
    thing: re.Pattern[str]
    done: re.Pattern[str]


class ChinesePatterns(PromisePatterns):
    """Chinese."""

    verb = _verbs(_VERBS_ZH, "")
    owner = re.compile(
        rf"(?P<we>我们|咱们|我方|我司|我店|本店|店里|小店|这边)|(?P<me>我)|(?P<other>{_OTHERS_ZH})",
    )
    asked_of = re.compile(r"[跟和向与催问找请同]$|联系$")
    will = re.compile(
        r"会(?![员议计])|将(?!就(?:用|着|凑|一下))|马上|立刻|立即|这就|一定|保证|承诺|负责|肯定|尽快|第一时间|尽早|稍后|随后|必定|即刻|帮您|替您"
        r"|我们?来|可以[给为帮]您"
    )
    at_once = re.compile(r"马上|立刻|立即|一定|保证|承诺|尽快|第一时间")
    """Words so certain that the owner need not be named: the owner is we."""
    ours = re.compile(
        r"^[^您请可需须申客顾]{0,24}(?:请您?放心|退(?:款|还|回)|打款|到账|发货|补发|补寄|上门[取收]|取件|回电|致电|回拨|补偿|赔付"
        r"|答复|处理|解决|核实|退(?=[ 。,!;]|$))(?!的|得|即可|就行|就可|都行|时间|方式|进度|.{0,4}可)"
    )
    """With a time ("明天处理") the owner need not be named either: customers do none of these acts."""
    goes_on = re.compile(r"^ ?(?:但是?|不过|同时|并且?|也|而且?|然后|且)?(?:会|将)")
    for_customer = re.compile(
        r"[给为帮替向跟]您|退您|联系您|告知您|通知您|回复您|答复您|回覆您|告诉您|您的(?:账户|邮箱|原支付|手机|卡)"
    )
    offered = re.compile(r"可以[给为帮]您")
    never = re.compile(
        r"不能|不会|没有|无法|不保证|不承诺|未(?!来)|并未|没法|不可能|不敢|不再|从未|没(?!问题|关系|错)"
        r"|不(?:一定|便|方便|予|需|用|必|提供|支持|涉及|收取|退|换|补|赔|发货|处理|受理)"
    )
    asked = re.compile(
        r"需要我|要不要|是否|能否|可否|可以吗|好吗|行吗|方便吗|吗 ?[?。]?$|呢 ?[?。]?$|[?]",
    )
    condition = re.compile(
        rf"如果|假如|倘若|要是|一旦|一经|只要|若(?!干)|的话|待|等.{{1,12}}[后再]|(?:{_EVENTS_ZH})[^,。]{{0,6}}后|有结果"
    )
    theirs = re.compile(
        r"^ ?(?:麻烦|还请|烦请|请(?!您?(?:放心|同事|主管|经理|专员|店长|负责人|师傅))|您(?!好|的|反馈|会|将)|亲 ?请)"
        r"|要求我们|希望我们|让我们|叫我们|想要?我们|显示|请在|请于|需您|由您"
    )
    gets = re.compile(r"您[^,]{0,10}(?:会|将|就?能)[^,]{0,10}(?P<verb>收到|到账|看到|拿到)")
    thing = re.compile(
        r"^ ?(?:您的)?(?:退款|款项|退货款|换货|新商品|补发|替换件|包裹|商品|新的|赔偿|补偿|配件|赠品|标签|发票"
        r"|结果|这笔)"
    )
    done = re.compile(
        r"已于?|已经|昨天|昨日|前天|上周|上个?月|上次|刚才|刚刚|之前|曾|[说答应承诺保证]过|过(?:您|电话|了)"
        r"|了(?:$|[ 。!])",
    )


class EnglishPatterns(PromisePatterns):
    """English."""

    verb = _verbs(_VERBS_EN, r"\b")
    owner = re.compile(rf"(?P<other>\b{_OTHERS_EN}\b)|\b(?P<we>we|us|our)\b|\b(?P<me>i|me|my)\b")
    asked_of = re.compile(r"\b(?:with|to|ask|from|by|at|of) $")
    will = re.compile(
        r"\b(?:i|we|us|it|they|you|he|she)(?:'ll|'re going to|'m going to)\b"
        r"|\b(?:will|shall|am going to|are going to|is going to|going to)\b"
        r"|\b(?:promise|guarantee|commit|undertake|pledge)\b|\blet me\b|\bexpect (?:my|our|a)\b"
        r"|\b(?:i|we) (?:aim|intend|plan|hope|try|can)|\bexpect (?:to|an?|us)\b"
        r"|\b(?:i am|i'm|we are|we're) (?=(?:[a-z]{1,12} )?(?:refund|send|shipp|call|ring|phon|post|replac"
        r"|exchang|dispatch|return)ing\b)"
    )
    offered = re.compile(r"\b(?:i|we) can\b")
    never = re.compile(
        r"\b(?:won't|will not|shall not|shan't|not going to|cannot|can't|can not|never|unable|don't|do not"
        r"|didn't|did not"
        r"|not able)\b"
    )
    asked = re.compile(
        r"\?|^ ?(?:would you|shall (?:i|we)|should (?:i|we)|do you|may (?:i|we)|can (?:i|we)|could (?:i|we)|whether)\b"
    )
    condition = re.compile(
        r"\b(?:if|once|provided|unless|subject to|in case|as soon as (?!possible|i can|we can)|when(?!ever)"
        r"|after (?:the|your|we|our|it)|upon|within .{1,24} (?:of|after) (?:the|your|our|receipt|receiving"
        r"|arrival|delivery"
        r"|inspection|approval))"
    )
    theirs = re.compile(
        r"^ ?(?:please\b|kindly\b|you (?:can|may|must|need|should|have|could|want|asked|said|wrote|will need"
        r"|will have to"
        r"|'ll need|might)\b|(?:and )?(?:customers?|the customer) )|\bpromised\b|\basked us\b|\bwants? us\b"
    )
    gets = re.compile(
        r"\byou(?: will|'ll| shall) (?:hear|receive|get|have|be (?:refunded|contacted|informed|called|notified"
        r"|reimbursed))\b"
    )
    thing = re.compile(
        r"\b(?:refund|money|replacement|parcel|order|label|exchange|payment|voucher|invoice|item|part|result|it)s?"
        r" (?:will|shall|is going to) (?:be|reach|arrive|leave|go)\b|\bit'll be\b"
    )
    leaves = re.compile(
        r"\b(?:refund|money|replacement|parcel|order|label|payment|item|part|pair|shoes|lamp|coat|one|it)s?"
        r" (?:leaves?|ships?|goes out|go out|arrives?|(?:is|are) being)\b"
        rf"|\b{_OTHERS_EN} (?:checks|sends|calls|ships|refunds|repairs|collects|delivers|replies)\b"
    )
    """A promise only with a time: "it leaves tomorrow"."""
    done = re.compile(r"(?<!will )(?<!shall )\b(?:have|has|had|was|were|been|already) (?:already )?$")
    goes_on = re.compile(r"^ ?(?:and|then|or|also|plus|but)\b")
    noun = re.compile(r"\b(?:your|(?:after|of|upon|before|from|following|until) the) $")
    """A word before "answer" or "check" that makes it a noun, not an act."""


HAN: Final = re.compile(r"[\u3400-\u9fff]")
SPLIT: Final = re.compile(r"[,;:。!?\n、]|\.(?= |$)")
"""The characters that end a part of a sentence."""
