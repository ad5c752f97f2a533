"""Phrases that claim too much: absolute words, and money that is said to be back (H2, H4)."""

from typing import Final

from service_notifications.domain.care.text.phrase_search import Lexicon

ABSOLUTE: Final = Lexicon(
    "absolute",
    zh=(
        "百分之(二|三|五|千|两)百",
        "跑不了",
        "(敢|可以|能)担保",
        "必须(给|退|赔|办)",
        "准能",
        "准(会|行|成)",
        "包在",
        "没有任何问题",
        "妥了",
        "您就等着收",
        "一定没问题",
        "绝无",
        "绝对", "百分百", "百分之百", "百分之一百", "100%", "(马上|立刻|立即|即时|即刻)(就|)到账", "秒到", "肯定(会|能|可以|没问题|通过|退|给|行|成)",
        "一定(能|会|可以|给您)(退|赔|换|到账|通过|成功|批)", "包您满意", "包在我", "无论如何", "不管(什么|怎样|如何)", "稳了", "妥妥", "铁定", "必定", "永远不会",
        "万无一失", "一百个心", "保证(不会|能|会|可以|一定)", "打包票", "拍胸脯",
    ),
    en=(
        "you can bet",
        "i'm (positive|sure|certain) (it|you|that)",
        "i am (positive|sure|certain) (it|you|that)",
        "it (can't|cannot) fail",
        "have my word",
        "100 percent",
        "hundred per cent",
        "certain to",
        "for sure",
        "no question about it",
        "take my word",
        "can't go wrong",
        "count on it",
        "absolutely", "one hundred percent", "a hundred percent", "definitely", "instant", "instantly", "no matter what",
        "(account|card|refunded|refund) immediately", "immediately refund", "guarantee (you|it|that|a|the|this|we|full)", "guaranteed",
        "never happen again", "there is no way", "there's no way", "without fail", "sure thing", "is certain to", "are certain to",
        "always be (accepted|approved|refunded)", "absolute word", "done deal", "no ifs", "undoubtedly", "without (a |any |)doubt",
        "(arrives|account|card|refund|money) right away", "i promise you one", "for certain",
    ),
    shields=(
        "100%(纯|全|)(棉|羊毛|羊绒|真丝|桑蚕丝|亚麻|聚酯|聚酯纤维|真皮|涤纶)", "100% (cotton|wool|linen|silk|polyester|leather|cashmere|organic|recycled)",
        "绝对不是您", "绝对不怪您", "definitely not your", "absolutely not your", "pre-guaranteed",
    ),
)  # fmt: skip

REFUNDED: Final = Lexicon(
    "refunded",
    zh=(
        "(帮|给|为|替)您…退款了", "操作退款了", "(已|已经)(操作|办理|处理)(好|完|)退款",
        "(钱|款|款项|货款|退款|元)…(退|打|转|汇|返)(到|至|进|回)…了",
        "(退|打|转|汇)过去了",
        "(退|打|转)(完了|成功了|妥了)",
        "退款(流程|手续)(走完|办完|做完)",
        "到账(了|啦|咯)",
        "(已|已经)(安排|完成|做|办)退款并",
        "(已|已经)(到账|入账|退回来)",
        "(退款|钱|款)…(给您|帮您)…(退|打|转)(了|好|完|过去)",
        "已(经|)(全额|原路|成功|)(退款|退钱|退费)", "(已|已经)(为您|给您|帮您|向您|替您)(全额|)退(款|好|了|还)", "退款(已|已经|都|)(成功|完成|处理完毕|处理完成|办结)",
        "退款(已|已经|都)(到|入|打|退|转|返|原路)", "已经退了", "退好了", "已退至", "退款完毕", "把(款|钱|钱款|退款)(退|转|打|还)(给|回)",
        "(款项|货款|钱|钱款|金额|余款)(已|已经|都)…(退|返|到|入|打|转)", "(款|钱)退给您了", "已将…元(退|返|转)", "元(已|已经)(退|返|到账|转|打)",
        "钱转给您了", "钱退了",
    ),
    en=(
        "and refunded", "processed (your|the) (full |partial |)refund", "issued (a |your |the |)(full |partial |)refund", "(completed|made|paid) (your|the) refund",
        "(money|cash|payment|amount|refund)…(was|were|is|are) (now |)(back|returned|refunded|credited|transferred|in your account|on your card)",
        "(eur|usd|gbp|cny|dollars|euros|pounds)…(was|were|is|are) (now |)(back|returned|refunded|credited|in your account|on your card)",
        "(we|i)('ve| have) (sent|paid|returned|transferred|wired|credited) (your |the |)(money|refund|cash|amount)",
        "(already|just) (sent|paid|returned|transferred|wired|credited) (your |the |)(money|refund|cash|amount)",
        "refund (just |)(landed|arrived|cleared|posted)",
        "pushed the refund through",
        "got your money back",
        "have your money back",
        "(it's|it is) paid",
        "money (just |)(landed|arrived)",
        "(has|have|had|'s|'ve|was|were) (already |now |just |)(been |)(fully |)(refunded|reimbursed)", "been (fully |)refunded",
        "(i|we) (just |already |have |have already |have just |)refunded",
        "refund (is|was) (now |)(complete|completed|successful|done|finished|paid)", "refund (went|has gone) through",
        "refund has (now |already |)been (processed|paid|issued|completed|sent|made|credited|transferred)", "refund completed", "refund complete",
        "refund…has (now |already |)been (processed|paid|issued|completed|sent|credited|transferred)",
        "refund has (now |already |)arrived", "refund was (paid|processed|issued|made|sent)",
        "(money|amount|payment|sum) (has been|was) (already |)(returned|sent|paid|refunded|credited|transferred)",
        "card (has been|was) credited", "paid (you |)back", "have been credited", "successfully refunded",
    ),
)  # fmt: skip
"""Money that is said to be back (H4). The check skips a condition: "once the refund has been paid"."""

CONDITION: Final = Lexicon(
    "condition",
    zh=("如果", "若", "如", "待", "等", "一旦", "是否", "有没有", "能否", "万一", "当", "确认"),
    en=("once", "when", "after", "until", "if", "whether", "as soon as", "before", "unless", "who"),
    shields=("等待", "当然", "当前", "如下", "如上", "如期", "平等", "等级", "当天", "招待", "期待", "适当"),
    negatable=False,
)  # fmt: skip
"""Words that make the rest of a clause a condition."""

COMPENSATION: Final = Lexicon(
    "compensation",
    zh=("补偿", "赔偿", "赔付", "赔您", "补您", "优惠券", "代金券", "红包", "免运费", "免除运费", "减免"),
    en=("compensation", "compensate", "goodwill", "voucher", "store credit", "waive", "discount"),
)  # fmt: skip
"""What the sender gives of the sender's own accord (H2). The amount has a limit."""
