"""Phrases of approvals, refusals, proofs and secrets (E6, E7, P1, P2)."""

from typing import Final

from service_notifications.domain.care.reply_check.reply_case import Evidence
from service_notifications.domain.care.text.phrase_search import Lexicon

SHIPPING: Final = Lexicon(
    "shipping",
    zh=("到付", "预付", "上门取件", "快递寄", "顺丰", "京东快递", "邮政", "圆通", "中通", "自行寄", "电子面单", "寄件码", "寄回"),
    en=("cash on delivery", "collect", "prepaid", "label", "courier", "post office", "drop-off", "pick-up", "carrier", "by post", "dhl", "ups", "royal mail"),
    negatable=False,
)  # fmt: skip

WE_PAY: Final = Lexicon(
    "we_pay",
    zh=("运费…(我们|商家|我方|我司)…(承担|支付|付|出)", "(我们|商家|我方|我司)…(承担|支付)…运费", "运费(全免|免费)", "免运费", "到付", "您(不需要|不需|无需|不用|不必)(支付|承担|付)", "包邮", "无需(支付|承担)运费"),
    en=(
        "we (will |)(pay|cover|bear)", "freight is free", "free of charge", "prepaid", "free return", "at our (cost|expense)", "no cost to you", "costs you nothing",
        "shipping is free", "paid by us",
    ),
    negatable=False,
)  # fmt: skip

YOU_PAY: Final = Lexicon(
    "you_pay",
    zh=("运费…(您|买家|顾客)…(承担|支付|付|出)", "(您|买家|顾客)…(承担|支付|垫付)…运费"),
    en=("you pay", "at your (own |)(cost|expense)", "you (bear|cover)", "paid by you", "your cost"),
    shields=("您(不需要|无需|不用|不必)…(承担|支付|垫付)…运费", "运费…您(不需要|无需|不用|不必)…(承担|支付|付|出)"),
)  # fmt: skip

INSTEAD: Final = Lexicon(
    "instead",
    zh=("维修", "换货", "更换", "补偿", "部分退款", "替代方案", "您可以选择", "保修", "以旧换新"),
    en=(
        "repair",
        "exchange",
        "replacement",
        "replace",
        "partial refund",
        "alternative",
        "instead",
        "store credit",
        "warranty",
    ),
)
"""Alternatives to what was refused (E7)."""

APPEAL: Final = Lexicon(
    "appeal", zh=("申诉", "异议", "复核", "复议"), en=("appeal", "object", "objection", "ask for a review", "disagree")
)

SECRET: Final = Lexicon(
    "secret",
    zh=(
        "身份证件",
        "卡背面",
        "取款密码",
        "支付密码",
        "身份证", "银行卡号", "卡号", "密码", "验证码", "cvv", "cvc", "护照", "证件号", "有效期", "户口本", "银行卡正面", "银行卡照片", "银行卡正反面",
    ),
    en=(
        "id card",
        "identity card",
        "six digits we",
        "digits we just texted",
        "full card",

        "card number", "card details", "password", "pin", "security code", "one-time code", "verification code", "passport", "full id", "id number",
        "social security", "driving licence number", "driver's license number", "bank card", "login", "passcode",
    ),
    shields=("卡号后四位", "卡号末四位", "找回密码", "修改密码", "忘记密码", "重置密码", "digits of (your|the) card number", "if you forgot your password", "reset your password", "change your password"),
)  # fmt: skip

TELL_US: Final = Lexicon(
    "tell_us",
    zh=(
        "传给",
        "念给",
        "报下",
        "发来",
        "拍个照",
        "拍张照",
        "给我看",
        "报给",

        "提供", "告诉我", "告诉我们", "发给我", "发过来", "发一下", "发下", "报一下", "回复", "填写", "上传", "需要您", "拍一下", "拍下", "拍照", "输入", "发送", "告知", "发我",
    ),
    en=(
        "take a (picture|photo) of your",
        "read me",
        "read us",
        "what password",
        "let me have",
        "show me",
        "forward",

        "send", "provide", "tell (me|us)", "give (me|us)", "reply with", "share", "type", "enter", "upload", "text (me|us)", "confirm your", "what is your", "what's your",
        "may i have", "i need", "i'll need", "we need", "read out",
    ),
)  # fmt: skip
"""Words that ask the customer to hand something over (P1)."""

PROOFS: Final = {
    Evidence.PHOTO: Lexicon("photo", zh=("照片", "图片", "近照"), en=("photo", "photos", "picture", "pictures", "close-up")),
    Evidence.VIDEO: Lexicon(
        "video",
        zh=("视频", "录影", "录像", "录一段"),
        en=("video", "videos", "film the", "footage"),
        shields=("教程视频", "您发来的视频", "视频教程", "video guide", "the video you sent", "视频我们"),
    ),
    Evidence.INVOICE: Lexicon("invoice", zh=("发票", "购买凭证", "小票"), en=("invoice", "receipt", "proof of purchase")),
    Evidence.SERIAL: Lexicon("serial", zh=("序列号", "sn码", "机身编号", "imei"), en=("serial number",)),
    Evidence.PACKAGING: Lexicon(
        "packaging",
        zh=("包装…照片", "快递箱照片", "箱子的照片"),
        en=("photos of the (outer |)(box|packaging)", "photograph the (packaging|box)", "packaging's photo", "picture of the (box|packaging)"),
    ),
    Evidence.IDENTITY: Lexicon(
        "identity", zh=("身份证", "身份证明", "户口本", "护照"), en=("your id", "passport", "proof of identity", "identity card", "driving licence")
    ),
    Evidence.STATEMENT: Lexicon(
        "statement", zh=("流水", "对账单"), en=("bank statement", "statement from your bank", "screenshot of your bank")
    ),
    Evidence.REPORT: Lexicon(
        "report", zh=("检测报告", "质检报告", "鉴定报告", "检测证明", "鉴定证明"), en=("report", "expert opinion", "test report")
    ),
}  # fmt: skip
"""Each kind of proof and its words (P2)."""
