"""Phrases that need an explanation or are vague, and phrases of instructions (E1, E3, E5)."""

from typing import Final

from service_notifications.domain.care.text.phrase_search import Lexicon

JARGON: Final = Lexicon(
    "jargon",
    zh=(
        "sop",
        "逆向流程",
        "质检环节",
        "极速退款通道",
        "客单",
        "rma", "sku", "spu", "核销", "工单", "流转", "逆向物流", "qc", "t+1", "冲正", "红冲", "中转仓", "入库", "闭环", "妥投",
        "sla", "非标品", "判责", "面单", "二线", "客诉", "会签", "psp", "揽收", "uid", "wms", "oms", "erp", "履约", "首响", "售后单",
        "分拨", "异常件",
    ),
    en=(
        "raise a ticket",

        "l2",
        "l1",
        "eol",
        "tier (2|two|3|three)", "awb", "reverse logistics", "backlog", "triage", "reconciliation", "inbound scan", "3pl",
        "chargeback", "representment", "the pod", "dispositioned", "disposition", "b-grade", "the dc", "ticket id", "(escalated|updated|opened|closed) (the|a|your) ticket", "ticket number",
        "exception at", "the arn", "acquirer", "settlement batch", "remittance", "action this", "kyc", "moq",
        "reference number (arn)",
    ),
    negatable=False,
)  # fmt: skip

PLAIN_WORDS: Final = {
    "rma": ("the return number", "退货编号"),
    "sku": ("the style code on the tag", "款式编码"),
    "工单": ("your request", "您的申请"),
    "流转": ("passed on", "转给"),
    "核销": ("used", "已使用"),
    "sla": ("our time limit", "处理时限"),
    "妥投": ("delivered", "已送达"),
    "面单": ("the courier's label", "快递单"),
    "揽收": ("picked up", "取件"),
    "逆向物流": ("sending it back", "寄回"),
    "psp": ("the payment provider", "支付机构"),
    "qc": ("the check", "检查"),
    "入库": ("arrived at the warehouse", "到达仓库"),
    "awb": ("the number on the courier's label", "快递单号"),
    "uid": ("your account name", "账号"),
    "chargeback": ("a payment taken back by the bank", "银行撤回的付款"),
    "backlog": ("waiting list", "等待处理的申请"),
}
"""The plain words to use, English and Chinese."""

VAGUE: Final = Lexicon(
    "vague",
    zh=(
        "加急",
        "晚点",
        "晚些时候",
        "(应该|就)快(了|好了)",
        "过两(天|日)",
        "过(一|几)(周|星期)",
        "一有(消息|结果|进展)",
        "估计…(天|周|星期|小时)",
        "马上(安排|处理|给您安排|办理)",
        "下周(左右|吧|初|末)",
        "改天",
        "到时候",
        "短期内",
        "不日",
        "随后",
        "陆续",
        "预计…(天|周)内",
        "尽快", "近期", "大概", "一般情况下", "尽早", "稍后", "过几天", "过段时间", "过一段时间", "过阵子", "不久", "(天|周|月|小时|星期|日)左右",
        "大约(需要|要|)(一|两|三|几|半|1|2|3|5|7)", "通常…(快|天|周|小时|工作日|星期)", "可能(要|需要|得)(等|几)", "第一时间", "差不多…(天|周|月|小时)",
        "有(消息|结果)(再|了再)", "抓紧", "正常(来说|情况下)", "及时", "时间不确定", "几个工作日", "这(几|两)天", "两三天", "三四天", "三五天",
        "四五天", "五六天", "过些天", "回头", "很快",
    ),
    en=(
        "right away",
        "in a jiffy",
        "few more (days|hours|weeks)",
        "fairly (quickly|soon)",
        "hopefully (by|in|next|this)",
        "as soon as (we|i) can",
        "momentarily",
        "any minute",
        "a bit later",
        "in a bit",
        "in a moment",
        "eventually",
        "down the line",
        "one of these days",
        "within days",
        "promptly",
        "quickly as",
        "soon", "shortly", "asap", "as soon as possible", "in due course", "a few days", "few days", "next few", "couple of (days|weeks|hours)",
        "at some point", "before long", "in no time", "near future", "as quickly as", "a while", "later on", "sooner or later", "sometime",
        "any day now", "(usually|normally|generally) takes", "about a week", "some time",
    ),
    shields=(
        "您估计…(天|周|星期|小时)",
        "加急运费",
        "have asked…right away",
        "please…right away",
        "stop…right away",
        "大概(是|)(什么|哪|几|多)", "近期的", "近期订单", "feel better soon", "get well soon", "see you soon",
        "as soon as", "shortly after", "soon after", "不久前", "第一时间拨打", "很快乐", "回头客",
    ),
    negatable=False,
)  # fmt: skip
"""Vague times. The check accepts them when the sentence holds a date or an hour (E3)."""

ASKING: Final = Lexicon(
    "asking",
    zh=("请", "麻烦", "需要您", "您需要", "还需要", "劳烦", "烦请"),
    en=("please", "kindly", "you need to", "you will need to", "you must", "we need", "we require", "could you", "i need", "i'll need"),
    shields=("请问", "请放心", "请您放心", "请勿", "请不要", "申请", "邀请", "请求", "请稍等", "请您稍等", "请查收", "请您查收", "请理解", "请见谅"),
    negatable=False,
)  # fmt: skip

ACT: Final = Lexicon(
    "act",
    zh=(
        "寄回", "寄出", "上传", "填写", "点击", "打包", "粘贴", "贴在", "贴好", "拍照", "拍摄", "拍一", "打印", "下载", "登录", "签收", "放入", "取件", "预约",
        "打开", "装进", "装好", "写上", "写明",
    ),
    en=(
        "send", "upload", "fill in", "fill out", "click", "pack", "attach", "stick", "take a photo", "print", "download", "log in", "sign",
        "drop off", "drop it", "hand it", "book", "photograph", "put", "open", "write", "enter", "tape",
    ),
)  # fmt: skip
"""Acts that a customer is asked to do (E5)."""
