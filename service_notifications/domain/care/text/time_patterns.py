"""The words for times in both languages, as patterns over folded text (H1).

The outermost named group of a pattern says what was found; `time_meaning` says what it means. Every pattern is bounded
in width and has no repetition inside a repetition: a test checks each of them.
"""

import re
from collections.abc import Mapping
from typing import Final

CLOSE: Final = "close"
DUSK: Final = "dusk"
EVENING: Final = "evening"

OVER_BY: Final[Mapping[str, int]] = {
    "dawn": 6,
    "sunrise": 8,
    "early": 10,
    "morning": 12,
    "noon": 12,
    "afternoon": 18,
    DUSK: 19,
    EVENING: 22,
    "midnight": 24,
}
"""The hour at which a part of the day ends. The end of business comes from the working days."""
LATER_HALF: Final[Mapping[str, range]] = {
    "noon": range(6),
    "afternoon": range(12),
    DUSK: range(12),
    EVENING: range(5, 13),
    CLOSE: range(12),
    "midnight": range(9, 13),
}
"""The hours that mean twelve more: 3 in the afternoon is 15, 12 in the evening is 24."""

PART_WORDS: Final[Mapping[str, str]] = {
    "凌晨": "dawn",
    "清晨": "sunrise",
    "早晨": "early",
    "早上": "early",
    "早": "early",
    "晨": "early",
    "上午": "morning",
    "中午": "noon",
    "正午": "noon",
    "下午": "afternoon",
    "午后": "afternoon",
    "傍晚": DUSK,
    "晚上": EVENING,
    "晚间": EVENING,
    "夜里": EVENING,
    "晚": EVENING,
    "夜": EVENING,
    "下班": CLOSE,
    "打烊": CLOSE,
    "午夜": "midnight",
    "morning": "morning",
    "noon": "noon",
    "midday": "noon",
    "lunchtime": "noon",
    "afternoon": "afternoon",
    "evening": EVENING,
    "night": EVENING,
    "midnight": "midnight",
}
NUMERALS: Final[Mapping[str, int]] = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    "两": 2,
    "〇": 0,
}
NEIGHBOURS: Final = frozenset({"一二", "两三", "二三", "三四", "四五", "五六", "六七", "七八", "八九"})
"""三四点 is three or four o'clock."""
_SMALL: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
NUMBERS: Final[Mapping[str, int]] = {
    **{word: value for value, word in enumerate(_SMALL.split())},
    "thirty": 30,
    "forty": 40,
    "sixty": 60,
}
WEEKDAYS_ZH: Final[Mapping[str, int]] = {char: place for place, char in enumerate("一二三四五六日")} | {"天": 6}
WEEKEND_ZH: Final = "末"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS_AHEAD: Final[Mapping[str, int]] = {
    **dict.fromkeys(("今天", "今日", "当天", "当日", "今", "today"), 0),
    **dict.fromkeys(("明天", "明日", "明", "tomorrow", "tmrw"), 1),
    **dict.fromkeys(("后天", "day after tomorrow"), 2),
    "大后天": 3,
}

_WEEKDAY: Final = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_NUMERALS: Final = "零〇一二两三四五六七八九十"
_ONE_OR_TWO: Final = r"(?:[0-9]{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_COUNT_ZH: Final = r"(?:[0-9]{1,3}|[零〇一二两三四五六七八九十]{1,3})"
_COUNT_EN: Final = "(?:" + "|".join(sorted(NUMBERS, key=lambda word: (-len(word), word))) + ")"
_DAY_ZH: Final = r"(?:[0-9]{1,2}|[二三]?十[一二三四五六七八九]?)"
_UNIT_ZH: Final = r"(?:个?(?:工作日|工作天)|天|日|个?小时|个?钟头|分钟|刻钟|个?星期|个?礼拜|周|个?月|年)"
_UNIT_EN: Final = (
    r"(?:(?:business|working|work)[ -]days?|(?:calendar )?days?|hours?|hrs?|minutes?|mins?|weeks?|months?|years?)"
)

NO_DAY_BEFORE: Final = "(?<![路街道弄巷村院区镇栋月第+])(?<!号[是为:])"
DAY_ALONE: Final = (
    "(?:号(?![楼线仓店门室机柜房院码鞋桌床客座坐技专])"
    "|日(?!之?[内后]|以[内后]|左右|无理由|[包退游期均达保价质]|前[已曾]))"
)
"""A day without its month: not 路25号, 25号楼, 7日内, 7日无理由, 3日前已寄出."""
NTH_BEFORE: Final = "(?<=the )"
NTH_BEHIND: Final = (
    r"(?:st|nd|rd|th)\b(?= ?(?:[,.;!?)\n-]|$|at\b|by\b|before\b|around\b|between\b|to\b|until\b|and\b|or\b))"
)
"""By the 25th: not the 2nd item."""
RANGES: Final = frozenset({"m-", "日-", "号-"})
"""A number after one of these ends a range: 9am-5pm, 24日-26日."""

HAN: Final = re.compile(
    r"(?P<ahead>大后天|[今明当][天日]|后天|[今明](?=[早晚晨夜]))"
    r"|(?P<week>(?P<which>本|这个?|下个?|下下个?)?(?:周|星期|礼拜)"
    r"(?:(?P<weekday>[一二三四五六日天末])|(?P<whole>之?内|以内|底)?))"
    rf"|(?P<day_of_that>(?P<that>下个?|[本当]|这个?)月(?P<day>{_DAY_ZH})[日号])"
    r"|(?P<month_end>(?P<next>下个?)?(?:本|这个?)?月(?:底|末|内|之内))"
    r"|(?P<part>凌晨|清晨|早[上晨]|上午|[中正]午|下午|午后|傍晚|晚[上间]|夜里|下班|打烊|午夜|(?<=[今明])[早晚晨夜])"
    r"|(?P<vague>尽快|尽早|第一时间|马上|立刻|立即|立马|稍后|随后|稍晚|近期|近日|很快|过几天|过两天|这两天|这几天|几天内"
    r"|回头|即刻|这就)"
)
HAN_NUMBER: Final = re.compile(
    rf"(?P<date>(?:(?P<year>[0-9]{{4}})年)?(?P<month>{_ONE_OR_TWO})月(?P<day>{_ONE_OR_TWO})[日号]?)"
    rf"|(?P<day_of_month>{NO_DAY_BEFORE}(?P<dom>{_DAY_ZH}){DAY_ALONE})"
    rf"|(?P<span>(?P<least>{_COUNT_ZH}|半)(?P<point>\.5)?(?:[-~至到](?P<most>{_COUNT_ZH}))? ?(?P<half>个半)?"
    r"(?P<unit>{unit})(?P<and_half>半(?![价夜]))?(?P<within>之?内|以内|之?后|以后|左右)?)".replace("{unit}", _UNIT_ZH)
    + rf"|(?P<clock>(?:{_ONE_OR_TWO}(?:[点时](?:半|{_ONE_OR_TWO}分?)?|:[0-9]{{2}})? ?(?:[-~至到]|to|and|until) ?)?"
    rf"(?P<hour>{_ONE_OR_TWO})"
    rf"(?:[点时](?!间)(?:(?P<quarter>半|一刻|三刻|整)|(?P<minute>{_ONE_OR_TWO})(?![点时])分?)?"
    r"|:(?P<colon>[0-9]{2})(?::[0-9]{2})?(?![0-9])(?: ?(?P<noon>[ap])(?:\.m\.|m\b))?))"
)
NUMBER: Final = re.compile(
    r"(?P<iso>(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})(?![0-9]))"
    r"|(?P<half_clock>(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))? ?(?P<noon>[ap])(?:\.m\.|m\b))"
    r"|(?P<o_clock>(?P<o_hour>[0-9]{1,2}) o'clock)"
    r"|(?P<slashed>(?P<first>[0-9]{1,2})/(?P<second>[0-9]{1,2})(?:/(?P<slash_year>[0-9]{4}))?(?![0-9%/]| ?[个件元]))"
    rf"|(?P<day_month>(?P<dom>[0-9]{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<name>{_MONTH})\b(?:\.?,? "
    rf"(?P<its_year>[0-9]{{4}})\b)?)"
    rf"|(?P<count>(?P<least>[0-9]{{1,3}})(?P<half>\.5| and a half)?(?: ?(?:-|to|or) ?(?P<most>[0-9]{{1,3}}))?[ -]?"
    rf"(?P<unit>{_UNIT_EN})\b)"
    rf"|(?P<nth>{NTH_BEFORE}(?P<nth_day>[0-9]{{1,2}}){NTH_BEHIND})"
)
WORD: Final = re.compile(
    r"(?P<day_end>end of (?:the |this )?(?:business |working )?day|close of (?:business|play)|end of play|eod\b|cob\b)"
    r"|(?P<weekend>(?:this )?weekend\b)"
    rf"|(?P<in_week>(?P<week_before>this|next) week,? (?:on )?(?P<day>{_WEEKDAY})\b"
    rf"|(?P<day_before>{_WEEKDAY}) (?:of )?(?P<week_behind>this|next) week\b)"
    r"|(?P<week_end>end of (?:the|this) week|(?P<week>this|next) week\b)"
    r"|(?P<end_of_month>end of (?P<of>the|this|next) month|(?P<month>this|next) month\b)"
    rf"|(?P<on_weekday>(?:(?P<which>this|next|coming) )?(?P<weekday>{_WEEKDAY})\b)"
    rf"|(?P<month_day>(?P<name>{_MONTH})\.? (?:the )?(?P<dom>[0-9]{{1,2}})(?:st|nd|rd|th)?\b(?![:%])(?:,? "
    rf"(?P<year>[0-9]{{4}})\b)?)"
    r"|(?P<tonight>tonight\b)"
    r"|(?P<ahead>day after tomorrow\b|today\b|tomorrow\b|tmrw\b)"
    r"|(?P<vague>soon as possible|asap\b|soon as (?:i|we) can|right away\b|straight ?away\b|immediately\b"
    r"|shortly\b|soon\b"
    r"|(?<=at )once\b|(?<=in )due course\b|later\b|(?<=in a )(?:moment|minute|bit|few days)\b|promptly\b)"
    r"|(?P<fixed>quarter of an hour\b|(?<=the )hour\b|(?<=the )day\b)"
    rf"|(?P<half_one>half an? (?P<half_unit>{_UNIT_EN})\b)"
    rf"|(?P<couple>couple of (?P<of_unit>{_UNIT_EN})\b)"
    rf"|(?P<one>(?:(?<=\ba )|(?<=\ban ))(?P<one_unit>{_UNIT_EN})(?P<one_half> and a half)?\b)"
    rf"|(?P<o_clock_word>(?P<hour>{_COUNT_EN}) o'clock\b)"
    rf"|(?P<words>(?P<number>{_COUNT_EN})(?: (?:to|or) (?P<most>{_COUNT_EN}))?(?P<half> and a half)?[ -]"
    rf"(?P<unit>{_UNIT_EN})\b)"
    r"|(?P<part>(?:this )?(?:morning|afternoon|evening|night|noon|midday|lunchtime|midnight)\b"
    r"(?! (?:manager|shift|team|staff|crew|desk)\b))"
)
FIXED: Final[Mapping[str, int]] = {
    "quarter of an hour": 15,
    "hour": 60,
    "day": 0,
}
"""Minutes; 0 is "within the day"."""

_FIRST: Final = (
    "this next coming today tomorrow tmrw tonight asap right straight straightaway immediately shortly soon "
    "once due later "
    "promptly moment bit few couple half quarter minute minutes mins hour hours business working work calendar "
    "week weeks "
    "month months year years day days end close eod cob morning afternoon evening night noon midday lunchtime midnight "
    "weekend "
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
FIRST_WORDS: Final = frozenset(_FIRST.split()) | frozenset(NUMBERS)
"""The words that `WORD` can begin with: no other word is tried."""
STARTS: Final = re.compile(
    r"[0-9a-z今明当后大本这下周星礼月凌清早晨上中正午傍晚夜打尽第马立稍随近很过几回即零〇一二两三四五六七八九十半]"
    r"(?:(?<=[0-9])(?<![0-9]{2})(?:[0-9]{0,3}+(?![0-9])(?= ?[-~至到:./'a-z年月日号天周个小点时分工刻钟星礼半])"
    r"|(?<=[tyerldmn] [0-9])[0-9]?+(?![0-9]))"
    r"|(?<=[a-z])[a-z]*+|(?<=[零〇一二两三四五六七八九十半])[零〇一二两三四五六七八九十半]*+|(?<=[^0-9a-z零〇一二两三四五六七八九十半]))"
)
"""Where a time may begin: a number of up to four digits with a unit after it or "at" before it, a word, a character.

One set of characters is tested first, so that other text is skipped quickly. Runs are taken whole.
"""
NUMERAL_FIRST: Final = frozenset("零〇一二两三四五六七八九十半")

JOINT: Final = re.compile(r"(?:[ ,(的]|at|by|on|before|in|the|of|around|about|between|from|之?前|以前){0,8}")
"""The text that may stand between a day and its hour."""
WINDOW: Final = re.compile(r" ?(?:[-~至到]|to|until) ?")
"""The text that may stand between the first and the last hour of a range."""
BARE_CLOCK: Final = re.compile(
    r"(?:(?P<from>[0-9]{1,2})(?:[:.][0-9]{2})? ?(?:-|to|and|until) ?)?"
    r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))?(?: ?(?P<noon>[ap])(?:\.m\.|m\b))?"
    r"(?![0-9:%]|\.[0-9]| ?(?:items?|parcels?|units?|pieces?|pcs|st|nd|rd|th|euros?|eur|usd|gbp|cny|rmb|yuan|dollars?"
    r"|pounds?)\b| ?[元€$£])"
)
BEFORE_CLOCK: Final = re.compile(r"\b(?:at|by|before|until|till|around|about|from|between) (?:about |around )?$")
BEFORE_CLOCK_ENDS: Final = frozenset("tyerldmn")
"""The last letters of those words, which are tested first."""
EXCLUSIVE_ZH: Final = re.compile(r"(?:之前|以前|前(?![往去后来面]))")
EXCLUSIVE_EN: Final = re.compile(r"\b(?:before|prior to|ahead of)(?: the| this| coming)? ?$")
BEFORE_COUNT: Final = re.compile(
    r"\b(?:within|in|inside|under|less than|no later than|next|coming)"
    r"(?: (?:the )?(?:next|about|another|a maximum of|at most))?(?: an?| the)? ?$"
)
AFTER_COUNT: Final = re.compile(r" (?:from now|at (?:the )?(?:most|latest)|time\b)")
AFTER_EVENT_ZH: Final = re.compile(
    r"(?:(?:收到|签收|验收|到货|入库|收货|审核|通过|确认|寄出|退回|检验|申请|提交|完成|批准|同意)"
    r"[^,。;!?\n]{0,18}后,?(?:的|起)?|(?:收到|签收|到货|入库|收货)(?:货物?|商品|包裹|退货|退件|之日)?起?) ?$"
)
ON_DAY_OF_EVENT: Final = re.compile(
    r"(?:收到|签收|验收|到货|入库|收货|审核|通过|确认|寄出|退回|检验)[^,。;!?\n]{0,4}(?=当[天日]$)"
)
"""收到货当天 is a day that is not known yet."""
SAME_MONTH: Final = re.compile(
    rf"(?:(?P<year>[0-9]{{4}})年)?(?P<month>{_ONE_OR_TWO})月(?P<first>{_ONE_OR_TWO})"
    rf"[0-9{_NUMERALS}日号:点时分前 ~至到、,和或及与-]{{1,14}}$"
)
"""12月24日至26日: a day takes its month from the day before it in the row."""
AFTER_EVENT_EN: Final = re.compile(
    r" (?:of|after|from|following|upon|once) (?!now\b|today\b)"
    r"(?:the |your |our |we |you |it |receiving|receipt|arrival|delivery|inspection|approval)"
)
PAST_BEFORE_ZH: Final = re.compile(r"(?:(?<![早晚马])上个?|过去|最近|近|这|每|满)$")
PAST_BEFORE_EN: Final = re.compile(r"(?:\b(?:last|past|every|each|previous|for the|first|all)|ago) ?$")
PAST_AFTER: Final = re.compile(r" ?(?:ago\b|之?前|以前|earlier\b|的|无理由)")
