"""Phrases about the customer: register, blame, argument, fault-finding, unequal rights (G3, R1 to R4, C3)."""

from typing import Final

from service_notifications.domain.care.text.phrase_search import Lexicon

SLANG: Final = Lexicon(
    "slang",
    zh=(
        "你", "yyds", "xswl", "u1s1", "zz", "绝绝子", "呵呵", "哈哈", "无语", "搞定", "嗯嗯", "ok啦", "好哒", "木有", "肿么", "酱紫",
    ),
    en=(
        "yeah", "yep", "yup", "nope", "gonna", "wanna", "gotta", "kinda", "sorta", "gotcha", "lemme", "dunno", "ain't",
        "lol", "omg", "btw", "thx", "pls", "plz", "u", "ur", "cuz", "dude", "hey", "my bad", "chill", "what's up",
        "whatever,", "cool,", "cheers", "that sucks", "all good", "no biggie", "np",
    ),
    shields=("迷你", "你我", "zz-", "u-", "hey-", "a chill"),
    negatable=False,
)  # fmt: skip

BLAME: Final = Lexicon(
    "blame",
    zh=(
        "怨不得(我们|别人)",
        "能怪谁",
        "(怪|怨)(得了|谁)",
        "!您(不|没)按(照|)(说明|要求|规定|流程)",
        "!您自己(不小心|不注意|挑|选的|选错|决定)",
        "!您(没|没有)认真(看|读|阅读)",
        "您要求太",
        "!(您就|您|就)该(先|早|提前|问|看|想)",
        "您(理解|记|看|搞|弄|想)(有误|错了|反了)",
        "!您当初",
        "自己负责",
        "您太(急|较真|苛刻|敏感)",
        "无理取闹",
        "!没认真看",
        "(只能|要)怪您",
        "您自找",
        "!您没(看清|看清楚|仔细看|注意看|认真看)", "!您没有(看清|看清楚|仔细看|注意看|认真看)",
        "!您自己(选错|填|弄|写错|写的|买错|买的|操作|没|不|错|要|搞|丢|洗|穿坏|签收|同意的|点错|点的|忘)",
        "!是您自己", "都是您", "都怪您", "怪您", "赖您", "责任在您", "责任在于您", "是您的(问题|责任|错|原因|过错|失误|疏忽)",
        "您的(过错|失误|疏忽|过失)", "您…(操作|使用|保管|洗涤|保养|穿着)不当", "您(操作|使用|保管|洗涤|保养|穿着)…造成",
        "早就(告诉|提醒|通知|告知)", "早就(跟|和)您(说|讲)", "早说过", "(已经|都)(跟|和)您(说|讲)(过|了)",
        "(告诉|提醒)过您", "说(了|过)(好几|很多|多少|几|无数)(遍|次)", "按规定就这样", "规定就(是规定|这样|是这样)",
        "写得(清清楚楚|明明白白)", "!(谁让|谁叫)您", "!您怎么(不|没|能|连)",
        "!您(应该|本应|本该|早该|就该)…(检查|看清|注意|核对|看好|问清|保留)", "!您(要是|如果)早", "!早(点|些)(申请|说|联系)就",
        "!您连…都", "!您都(不会|不懂)", "!您还是(没听懂|没明白|不明白|不懂)", "!您…(不|没)仔细看",
        "!下次(请|)(您|)(注意|看清)", "!只能您…承担", "!您(不看|没看)(说明|清|规则|页面)",
    ),
    en=(
        "don't blame us",
        "!had you (followed|read|checked|told|asked|kept)",
        "we did (warn|tell|ask)",
        "we (already |)(warned|told) you",
        "you probably (dropped|broke|used|washed|damaged|did)",
        "you (clearly |simply |just |have |)(misunderstood|misread|overlooked|ignored|forgot)",
        "you are being (unreasonable|difficult|rude|impatient)",
        "you're being (unreasonable|difficult|rude|impatient)",
        "!you were supposed to",
        "because you (overloaded|dropped|misused|broke|didn't|failed|ignored|washed|used)",
        "you overloaded",
        "you (never|didn't) (told|tell|asked|ask|read)",
        "you chose (it|the size|this) yourself",
        "you did this yourself",
        "you have only yourself",
        "you brought this",
        "!you should( really| at least| just|) have", "!you (shouldn't|should not|should never) have", "you ought to have",
        "as i( have| had|'ve|) (already |)(said|told|explained|mentioned|stated)", "like i( have|'ve|) (already |)said",
        "i( have|'ve|) (already |)told you", "your( own|) (fault|mistake|negligence|carelessness|misuse)",
        "your own (problem|error|doing)", "policy is (the |)policy", "rules are (the |)rules", "you failed to",
        "!if you had( only|) (read|checked|looked|told|kept|asked|contacted|paid)", "you (obviously|clearly) (did|have|were|are|never)",
        "you obviously…look", "!you (didn't|did not) (bother|read|check|look|pay attention|listen|follow|even)",
        "!why (didn't|don't|haven't|couldn't) you", "!how could you",
        "you must have (dropped|damaged|broken|washed|misused|lost|done)", "have yourself to blame",
        "you're the one who", "you are the one who", "you are to blame", "you're to blame", "you were careless",
        "you (broke|damaged|misused) (it|the|your)", "!next time, (please |)(read|check|look)",
    ),
    shields=(
        "您当初(选的|买的|下单|提交)",
        "您自己填写", "责任在您之外", "you should have (received|got|gotten|been|seen)",
        "you should have (a|an|the|your|two|both|it) ",
    ),
)  # fmt: skip
"""Phrases that blame the customer (R1)."""

REBUTTAL: Final = Lexicon(
    "rebuttal",
    zh=(
        "不是的", "不是这样", "并不是这样", "并非如此", "不对,", "话不能这么说", "您这么说", "其实不是", "我不同意", "不可能",
        "恕我直言", "误会了", "理解错了", "不符合事实", "那不是我们", "不是这个意思", "您搞错了", "您弄错了",
    ),
    en=(
        "(is not|isn't|not) correct", "incorrect", "(is not|isn't|not) true", "i disagree", "you are mistaken", "you're mistaken",
        "you're wrong", "you are wrong", "you misunderstood", "(is not|isn't|not) the case", "isn't what happened",
        "is not what happened", "that is wrong", "that's wrong", "never said", "doesn't work like that", "on the contrary",
        "with respect,",
    ),
    negatable=False,
)  # fmt: skip

COUNTER_OFFER: Final = Lexicon(
    "counter_offer",
    zh=(
        "建议您(还是|改|换|留)", "还是建议您", "要不(您|给|要|换|再)", "再考虑", "考虑一下(我们|换|补偿|留)", "更划算", "不考虑换",
        "不如(换|留|维修)", "再想想", "可以改成", "改成(换|维|部分|补)", "改为(换|维|部分|补)", "接受补偿", "(换货|维修)更",
        "留下更", "要不要(试|换|考虑)", "如果(您|)不退", "何不", "确定不(换|退|要|考虑)", "劝您", "别退了", "取消退货(行|可以|好)",
        "您就不退", "还是换货", "还是留",
    ),
    en=(
        "have you considered", "would you not rather", "wouldn't you rather", "sure you (don't|want)", "certain you (don't|want)",
        "if you keep it", "why not", "rather than (a|the) refund", "think it over", "reconsider", "would be (faster|easier|better) than",
        "exchange be (easier|faster|better)", "how about", "don't return it", "recommend (that |)you keep", "might prefer",
        "instead?", "instead of (the|a) refund", "you could keep", "change your mind", "prefer that you", "let me offer you",
        "what about a different",
    ),
    negatable=False,
)  # fmt: skip

SEGMENT: Final = Lexicon(
    "segment",
    zh=(
        "(不是|非)(会员|vip)…(不能|不享受|没有|无法)", "(只有|仅)(vip|会员|老客户|高消费)…才", "(只对|仅对)…(开放|提供)",
        "(地区|偏远地区|外地|新疆|西藏|农村|乡镇|外省)…(不支持|不能退|不能申请|不给|不享受|不受理|退不了)",
        "(老年|老人|学生|新用户|男士|女士|女性|男性|外国人|年纪大|低消费|普通会员)…(不支持|不能|不给退|不给|不享受|没有退货|需要额外)",
        "消费金额(太低|不够|不足|过低)", "等级(不够|太低|不足)", "(钻石|黄金|铂金|高级)会员才", "非会员不", "会员才(可以|能)退",
    ),
    en=(
        "not a member…(cannot|can't|not)", "only (vip|gold|silver|platinum|premium|members|loyal)…(may|can|get|are)",
        "(new|foreign|basic|low-value) (customers|members|users)…(cannot|can't|are not|aren't|have no)", "non-members…not",
        "returns are for members", "returns from your (region|area|country)", "your tier is", "haven't spent enough", "low spender",
        "because of your (age|gender|sex|country|nationality|religion)", "students are not", "customers over…(cannot|can't)",
        "(rural|remote) areas (cannot|can't)", "women return too", "only for (premium|members|vip|loyal)", "country of birth",
        "as a guest you have no", "people in your area", "we only refund",
    ),
    negatable=False,
)  # fmt: skip
"""Phrases that make rights depend on who the customer is (R4)."""

FAULT_FINDING: Final = Lexicon(
    "fault_finding",
    zh=(
        "(物流|快递|仓库|厂家|同事|财务|他们|供应商)…(给耽误|耽误的|不负责|没登记|弄错|忘了|搞砸)",
        "不赖我们",
        "上个班次",
        "上一班",
        "谁让(快递|物流|仓库|他们)",
        "您(应该|要|可以|直接)(去|)(问|找)(厂家|快递|物流|仓库|供应商)",
        "(快递|物流|仓库|他们)(总|老)是",
        "快递乱",
        "(仓库|快递|快递员|快递公司|物流|物流公司|厂家|供应商|财务|系统部|前台|技术部)(那边|部门|)(的错|的责任|的锅|的疏忽|的问题)",
        "(仓库|快递|物流|厂家|供应商|财务|系统|部门)…(不负责任|太慢|搞错|总是这样|一直拖|质量不行|弄丢|弄坏)", "都怪", "要怪", "不归我", "不是我们部门",
        "我们部门没", "不关我", "跟我们客服没关系", "您(得|去|就)(去|)找(快递|他们|财务|物流|厂家|卖家)", "这事您找", "之前那位(客服|同事)",
        "上一(个|位)(同事|客服)没", "同事乱说", "他们仓库", "暴力(运输|分拣)", "顺丰的人", "的锅",
    ),
    en=(
        "(ups|dhl|fedex|usps|hermes|dpd|the courier|the carrier|the warehouse|they) always (do|does|lose|loses|late)",
        "(factory|maker|vendor|seller|shop|store|bank|platform)'s fault",
        "(shift|colleague|team|office|guys|people) (forgot|failed|missed|didn't)",
        "ask the (manufacturer|courier|carrier|supplier|factory)",
        "(couriers|carriers|drivers|warehouse staff) are (hopeless|useless|slow|terrible)",
        "is hopeless",
        "are hopeless",
        "go and ask",
        "(warehouse|courier|carrier|driver|manufacturer|supplier|colleague|post office|agent)'s fault",
        "(warehouse|courier|carrier|driver|supplier|logistics|shipping|billing|team) (has |)(messed|screwed|lost it|dropped the ball)",
        "(warehouse|courier|carrier|driver|supplier|logistics|shipping|billing|team) (was careless|is to blame|broke it)", "(agent|colleague|team) (got it wrong|made a mistake|messed up)",
        "(team|office|department|warehouse) is (so |very |too |)slow", "to blame", "not my department", "blame the", "take it up with",
        "talk to them", "not responsible for", "out of my hands", "not us", "not me", "whoever packed",
        "problem of the", "not our department",
    ),
    shields=(
        "(i|we) will ask the (manufacturer|courier|carrier|supplier|factory)",
        "(i'll|we'll) ask the (manufacturer|courier|carrier|supplier|factory)",
        "let me ask the (manufacturer|courier|carrier|supplier|factory)",
    ),
)  # fmt: skip
"""Departments, carriers or colleagues blamed (C3)."""
