"""Phrases of next steps and of the end of a conversation: result, thanks, surveys, help elsewhere (C2, X, Q3, K3)."""

from typing import Final

from service_notifications.domain.care.text.phrase_search import Lexicon

NEXT_STEP: Final = Lexicon(
    "next_step",
    zh=(
        "请直接", "如有(疑问|问题|异议)",
        "我会", "我们会", "我们将", "将(于|在|由)", "请(您|在|把|将|回复|点|填|提供|上传|寄|选|核对|先)", "麻烦您", "您(也|还|)可以", "可以选择", "选择(退|换|维)", "下一步",
        "接下来", "方案", "建议", "为您(安排|登记|查询|处理|办理|核实)", "帮您", "我来", "转给", "正在(核对|处理|检查|为您|核实|安排)", "需要您", "可以吗", "通知您",
        "告诉您", "前答复", "如需", "回电", "寄出", "寄回", "取件", "我去", "我再", "我先", "我马上", "我现在", "联系您", "给您(回复|答复|结果)",
    ),
    en=(
        "i will", "i'll", "we will", "we'll", "let me", "please", "you (can|may|could)", "you are welcome to", "next,", "next step", "options", "option", "i suggest",
        "we suggest", "would you", "could you", "do you prefer", "i have (arranged|asked|passed|sent|registered)", "i'm (checking|arranging|asking|calling)",
        "i am (checking|arranging|asking|calling|looking)", "we are (arranging|checking|sending|looking|working)", "will (call|write|contact|hear|arrive|reply|let)",
        "send it back", "if you (wish|like|prefer)", "let you know", "reply to", "just (click|reply)", "would that", "hear from us", "to change", "when would",
    ),
)  # fmt: skip

RESULT: Final = Lexicon(
    "result",
    zh=(
        "结果", "(已|已经)(登记|完成|处理|解决|办结|取消|换新|按|为您|发出|寄出|说明|通过)", "处理(完毕|好|情况)", "总结", "小结", "解决", "未能通过", "办结",
        "维修完成",
    ),
    en=(
        "is (registered|complete|completed|finished|resolved|settled|solved|closed|decided|done|replaced)", "are (complete|settled|resolved)", "to sum up", "in short",
        "summary", "the (result|outcome|decision)", "could not approve", "was (replaced|sent|repaired|refused|cancelled)", "has been (sent|replaced|registered|repaired)",
        "we (cancelled|have finished|refused|decided|replaced)", "all is settled", "everything is (done|settled)",
    ),
    negatable=False,
)  # fmt: skip

WAY_BACK: Final = Lexicon(
    "way_back",
    zh=("联系我们", "联系在线", "联系客服", "联系电话", "回复", "随时(联系|找|来电|回复|告诉)", "致电", "拨打", "来电", "找(到|)我", "找我们", "留言", "联络我们", "欢迎随时", "联络"),
    en=(
        "contact us", "reach us", "reply", "write to us", "call us", "get in touch", "let us know", "reach out", "email us", "answer this message", "come back to me",
        "come back to us", "phone", "if you need us", "our line", "contact me", "call me",
    ),
)  # fmt: skip

THANKS: Final = Lexicon(
    "thanks",
    zh=("感谢", "谢谢", "多谢", "致谢"),
    en=("thank you", "thanks", "we appreciate", "i appreciate", "grateful"),
)

ANYTHING_ELSE: Final = Lexicon(
    "anything_else",
    zh=(
        "还有(其他|其它|别的)(可以|需要|问题|疑问|需求|事情|帮|能|的|要)", "还有什么", "还有别的", "还有没有", "还有哪里", "还有需要", "还需要我", "其他还有", "还有其他",
    ),
    en=("anything else", "something else", "any other (questions|way|question)", "anything further", "further questions", "what else", "anything more", "other questions"),
    shields=("还有其他(颜色|尺码|款)",),
)  # fmt: skip

SURVEY: Final = Lexicon(
    "survey",
    zh=(
        "给个五星",
        "个五星",
        "我服务得(怎么样|如何)",
        "对我的服务",
        "求好评",
        "满意度短信",
        "动动手指",

        "(做个|进行|给个|打个|服务|满意|本次|五星|我的)…评价", "评价(本次|一下|我的|链接)", "评价邀请", "参与…满意度", "好评", "满意度", "问卷", "打分", "打(个|满)分", "评分", "五星", "满分", "给五分",
        "调查表", "1-5分", "服务满意吗",
    ),
    en=(
        "five stars",
        "5 stars",
        "how i did",
        "how was my (service|help)",
        "how was our (service|help)",
        "good rating",
        "rate the (service|chat|help|support|agent)",
        "top marks",

        "rate (my|our|your|this|us|me)", "would you rate", "five-star", "5-star", "survey", "rating would", "leave (us |)a (good |nice |)review", "leave us", "review our (service|help)", "score my",
        "5 out of 5", "questionnaire", "how did (i|we) do", "how we did", "recommend us", "thumbs up", "on a scale", "how satisfied", "love your feedback",
    ),
    shields=(
        "五星级",
        "五星酒店",
        "five-star hotel",
        "five-star robe",
        "商品评分", "好评返现", "商品的评分", "评分是",
    ),
)  # fmt: skip

BECAUSE: Final = Lexicon(
    "because",
    zh=("因为", "由于", "原因", "理由", "鉴于", "根据", "因"),
    en=("because", "since", "reason", "reasons", "due to", "given", "as the", "as we", "as you", "therefore"),
    shields=("因此",),
    negatable=False,
)  # fmt: skip

ELSEWHERE: Final = Lexicon(
    "elsewhere",
    zh=(
        "12315", "消费者协会", "消协", "消费者委员会", "平台(客服|)介入", "平台(申诉|裁决|投诉)", "市场监(管|督)", "人民法院", "起诉", "调解", "仲裁", "向平台", "申请平台",
    ),
    en=(
        "ombudsman", "adr", "alternative dispute", "dispute resolution", "mediation", "arbitration", "court", "regulator",
        "consumer (advice|association|centre|center|organisation)", "european consumer", "the platform", "your platform", "citizens advice", "trading standards",
    ),
)  # fmt: skip
"""Where else a customer can turn (K3)."""
