"""Phrases of understanding, apology and admission, and offers to speak to somebody (L3, L4, H5, C1, C4)."""

from typing import Final

from service_notifications.domain.care.text.phrase_search import Lexicon

EMPATHY: Final = Lexicon(
    "empathy",
    zh=(
        "您的心情", "能理解", "体会您", "能体会", "体谅", "明白您", "您的感受", "感同身受", "添麻烦", "带来(了|)(不便|困扰|麻烦)", "久等",
        "让人失望", "您的失望", "会失望", "让您失望", "着急", "委屈", "让人(难过|沮丧|生气|着急)", "令人(沮丧|难过|失望)", "很难受", "也很难受", "消消气", "不高兴", "您的不满",
        "辛苦您", "辛苦了", "折腾", "跑了", "换作是我", "换(谁|了谁)都", "抱歉", "对不起", "不好意思", "道歉", "歉意", "很遗憾", "理解(到|)您",
        "完全理解", "非常理解", "十分理解", "感到(失望|难过|着急)", "体验不好", "不愉快",
    ),
    en=(
        "understand (how|why|your|that you|the)", "i (can |)see (why|how)", "sorry", "apologi(s|z)e", "apologies", "apology",
        "must (be|have been|feel) (so |very |really |)(frustrating|disappointing|upsetting|annoying|stressful|hard|difficult|worrying)",
        "how you feel", "how (frustrating|frustrated|disappointing|disappointed|stressful|upsetting|upset|annoying|hard|worrying)",
        "would be (disappointed|upset|annoyed) too", "i'd feel", "feel the same", "(a lot of|the|so much) trouble", "i hear (how|you)",
        "it is (upsetting|frustrating|annoying|disappointing)", "that is (hard|frustrating|upsetting|disappointing|annoying)",
        "i get why", "makes sense that you", "looking forward to it",
        "sounds (really |so |very |)(stressful|frustrating|hard|upsetting|disappointing)", "your (frustration|disappointment|anger|worry)",
        "not what you expected", "i regret", "we regret", "you deserve better", "i'm with you",
    ),
)  # fmt: skip
"""Sentences about the customer's feelings (L3). A negation reverses them: 无法理解您."""

APOLOGY: Final = Lexicon(
    "apology",
    zh=("抱歉", "对不起", "道歉", "歉意", "致歉", "不好意思", "对不住", "请(您|)原谅", "见谅"),
    en=("sorry", "apologi(s|z)e", "apology", "apologies", "we regret", "i regret", "forgive us", "forgive me"),
)

ADMISSION: Final = Lexicon(
    "admission",
    zh=(
        "是我们的(错|失误|责任|过错|问题|疏忽|原因|质量)", "我们的(过错|失误|疏忽|责任)", "责任在我们", "错在我们", "承担(全部|所有|)责任",
        "我们(做错|搞错|弄错|发错|漏发|寄错|装错)", "我方(存在过失|的过失|的责任|过错)", "我司的责任", "怪我们", "都是我们不好",
        "我们承认", "(由于|因为)我们的", "我们(工作|)失误", "属于我们的", "负有责任", "仓库(漏发|发错)", "是我司",
    ),
    en=(
        "our (own |)(fault|mistake|error|negligence|oversight)", "full responsibility", "we were wrong", "we are to blame",
        "the blame is ours", "(we|i) admit", "we messed up", "accept (full |)liability", "that's on us", "that is on us", "we made a mistake",
        "we acknowledge the", "we are responsible", "we're responsible", "we got it wrong", "error was on our", "mistake was on our",
        "we caused", "we dropped the ball", "were at fault", "are at fault",
    ),
)  # fmt: skip
"""Sentences that admit our fault (H5)."""

SPEAK_TO: Final = Lexicon(
    "speak_to",
    zh=(
        "主管", "经理", "负责人", "上级", "店长", "组长", "回电", "回个电话", "电话联系", "打电话", "打过去", "致电", "通话", "电话沟通", "更高一级", "转接",
        "接电话",
    ),
    en=(
        "supervisor", "manager", "team lead", "team leader", "call you", "call-back", "callback", "phone call", "phone you", "ring you",
        "a call", "someone senior", "escalate this",
    ),
    shields=("主管不", "经理不", "supervisor does not", "manager does not", "supervisor doesn't", "manager doesn't", "manager is not"),
)  # fmt: skip
"""Offers to speak to somebody (C1)."""

SOLUTION: Final = Lexicon(
    "solution",
    zh=(
        "可以(退|换|申请|选择|修)", "请(您|)(提供|把|将|填|寄|选|核对|查收|上传|回复)", "根据", "按照", "规定", "建议", "已(经|)为您", "为您(办理|登记|安排|换|退)",
        "方案", "退款最晚", "您需要", "政策", "条款", "申请退货", "选择退款", "换货", "补偿", "退款金额", "寄回",
    ),
    en=(
        "you can", "you may", "please", "clause", "policy", "we suggest", "i suggest", "we will (refund|replace|exchange|send|repair)", "refund arrives",
        "you need to", "would you like", "exchange it", "replacement", "voucher", "a refund", "return it", "here is",
    ),
    negatable=False,
)  # fmt: skip
"""Words that begin the solution or the policy. Feelings come before them (L3, C1)."""
