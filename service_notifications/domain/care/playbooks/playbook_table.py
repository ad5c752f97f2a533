"""The special cases as a table: principle, handling, owner, deadlines, remedies, opening words (N4, K11).

1 to 28 are the list of the service norms; 29 to 32 are further cases of clause N4. An opening greets, shows
understanding and names the next step. An opening promises nothing and blames or accuses nobody.
"""

from typing import Final

from service_notifications.domain.care.listening.signal import Signal
from service_notifications.domain.care.playbooks.playbook import (
    Deadline,
    DefaultOutcome,
    Playbook,
    PlaybookTrigger,
    Remedy,
    Urgency,
    days,
    hours,
    working_days,
    working_hours,
)
from service_notifications.domain.care.text.phrase_set import PhraseSet
from shared.kernel.errors import Said
from shared.kernel.principal import Role

ANSWER: Final = Said("tell the customer what happens next", "告知客户下一步")
DECIDE: Final = Said("decide and tell the customer", "作出决定并告知客户")
CALL: Final = Said("speak to the customer", "联系客户")

PLAYBOOKS: Final[tuple[Playbook, ...]] = (
    Playbook(
        number=1,
        id="past-window",
        title=Said("Just past the window", "刚过退货期限"),
        principle=Said("Rights first, kindness second", "超期先查法定权利，再看善意"),
        handling=Said(
            "Check the rights for defects and whether the carrier delivered late; both outlast the window. "
            "If neither helps, grant goodwill up to the days your role allows, and record why.",
            "先查瑕疵权利和承运延误，这两项不受退货期限影响。均不适用时，在本人权限天数内给予善意处理，并记录理由。",
        ),
        default=DefaultOutcome.PERSON_DECIDES,
        owner=Role.AGENT,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.REPAIR, Remedy.EXCHANGE, Remedy.GOODWILL),
        script=Said(
            "Hello, thank you for writing. I see that the return period has ended. "
            "May I ask whether anything is wrong with the item? Your rights for a fault last longer.",
            "您好，感谢您的来信。我看到退货期限已过。请问商品有质量问题吗？质量问题的权利期限更长。",
        ),
        approval=Role.SUPERVISOR,
        triggers=(PlaybookTrigger("is_past_window", Said("The return period has ended.", "退货期限已过。")),),
        words=PhraseSet(
            "(过了|超过|过)(退货期|期限|七天|7天|15天|十五天)\n超期\n晚了(一|两|几|1|2)天",
            "(past|after|outside) the (return |)(window|period|deadline)\n(a|one|two) day(s|) (too "
            "|)late\nmissed the (date|deadline)",
        ),
    ),
    Playbook(
        number=2,
        id="no-receipt",
        title=Said("No receipt, no order number", "没有凭证或订单号"),
        principle=Said(
            "No proof in hand is no reason to refuse: it can be looked up", "无凭证可核验，不以缺凭证为由拒绝"
        ),
        handling=Said(
            "Match by telephone number, payment or serial number. If nothing matches, receive the goods blind, "
            "and decide when the purchase is confirmed.",
            "通过电话、支付记录或序列号匹配订单。均无法匹配时，先登记收货，核实购买后再决定。",
        ),
        default=DefaultOutcome.ASK_THEN_PERSON,
        owner=Role.AGENT,
        deadlines=(Deadline(ANSWER, working_days(1)),),
        remedies=(Remedy.REFUND, Remedy.EXCHANGE, Remedy.STORE_CREDIT),
        script=Said(
            "Hello, no receipt is no problem. Please give me the telephone number used for the order, "
            "or the last four digits of the payment card. With either I can look for your order.",
            "您好，没有凭证也可以查询。请您告诉我下单时的手机号，或支付卡的后四位。有其中一项即可查找订单。",
        ),
        triggers=(PlaybookTrigger("no_proof", Said("There is no receipt and no order number.", "没有凭证和订单号。")),),
        words=PhraseSet(
            "(没有|没|丢了|找不到)(小票|发票|凭证|订单号|收据)\n(小票|发票|凭证|订单号|收据)(丢了|找不到|没了|不见)",
            "!(no|without a|without the|lost the|lost my|can't find the|cannot find the|don't have the|don't "
            "have a) (receipt|invoice|order number)",
        ),
    ),
    Playbook(
        number=3,
        id="opened-intact",
        title=Said("Package opened, item intact", "已拆封但商品完好"),
        principle=Said("Opening a package does not make goods incomplete", "拆封不影响完好"),
        handling=Said(
            "Accept. Opening the package to look at the goods, or a reasonable trial, does not take the right away "
            "(暂行办法 8). A damaged outer box alone is no reason either.",
            "接受退货。为查验而拆封或合理试用，不影响商品完好（暂行办法第八条）。仅外包装破损也不构成拒绝理由。",
        ),
        default=DefaultOutcome.ACCEPT,
        owner=Role.AGENT,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.REFUND, Remedy.EXCHANGE),
        script=Said(
            "Hello, you may open a package to look at what you bought. "
            "Please keep the item, its accessories and its papers together, and send them back as they are.",
            "您好，您可以拆封查看商品。请把商品、配件和说明书放在一起，按现状寄回即可。",
        ),
        triggers=(PlaybookTrigger("is_opened_and_intact", Said("It was opened and is intact.", "已拆封，商品完好。")),),
        words=PhraseSet(
            "(拆|打开)(了|过|开)(包装|封|盒)\n(已|已经)拆封", "(opened|unsealed) the (box|package|packaging|parcel)"
        ),
    ),
    Playbook(
        number=4,
        id="used",
        title=Said("Used, worn, activated", "已使用、穿着或激活"),
        principle=Said("More than a look was taken: show it, then propose", "超出查验需要：先举证，再协商"),
        handling=Said(
            "Collect evidence of the use: photographs, activation record, wear. Show it to the customer and propose: "
            "a part refund by the table, or the goods go back free of charge. A fault is case 10, used or not.",
            "收集使用证据：照片、激活记录、磨损情况。向客户出示后提出方案：按标准部分退款，或免费寄回。若有质量问题，按第10条办理。",
        ),
        default=DefaultOutcome.OFFER,
        owner=Role.AGENT,
        deadlines=(
            Deadline(Said("make the offer", "提出方案"), working_days(1)),
            Deadline(Said("the customer answers", "客户答复"), days(7)),
        ),
        remedies=(Remedy.PART_REFUND, Remedy.SEND_BACK, Remedy.GOODWILL),
        script=Said(
            "Hello, thank you for sending the item back. Our photographs show signs of use. "
            "May I show them to you, and then the options?",
            "您好，感谢您寄回商品。验收照片显示有使用痕迹。请您先看照片，再一起商量合适的方案。",
        ),
        approval=Role.SUPERVISOR,
        triggers=(PlaybookTrigger("used", Said("There are signs of use.", "有使用痕迹。")),),
        words=PhraseSet(
            "(穿|用|戴|激活)(了|过)(几|一|两|好几|多)(次|天|回)",
            "(wore|worn|used|activated) (it|them) (once|twice|a few times|for)",
        ),
    ),
    Playbook(
        number=5,
        id="parts-missing",
        title=Said("Parts or a gift missing", "缺件或缺赠品"),
        principle=Said("Ask once before anything is deducted", "缺件缺赠品，先询问一次"),
        handling=Said(
            "Ask once which part or gift is still with the customer. If it does not come, deduct the price declared "
            "beforehand for that part; if none was declared, accept without deduction.",
            "询问一次是否还在客户处。未寄来的，按事先公示的价格扣除；未公示价格的，直接接受，不扣款。",
        ),
        default=DefaultOutcome.ASK_THEN_ACCEPT,
        owner=Role.AGENT,
        deadlines=(
            Deadline(Said("ask the customer", "询问客户"), working_days(1)),
            Deadline(Said("the customer answers", "客户答复"), days(5)),
        ),
        remedies=(Remedy.REFUND, Remedy.PART_REFUND),
        script=Said(
            "Hello, your parcel is here, thank you. One part is not in the box. "
            "Could you have a look whether it is still with you?",
            "您好，您的包裹已收到，谢谢。盒内少了一个配件。请您看看是否还在您那里？",
        ),
        triggers=(PlaybookTrigger("missing_parts", Said("Something of the set is missing.", "套装中有缺失。")),),
        words=PhraseSet(
            "(赠品|配件|吊牌)(丢了|没了|不见|找不到|用了)",
            "(lost|can't find|missing) the (gift|accessory|accessories|cable|tag|charger)",
        ),
    ),
    Playbook(
        number=6,
        id="strange-item",
        title=Said("Wrong or strange item returned", "退回了其他商品"),
        principle=Said("A mix-up is a mix-up until shown otherwise", "按寄错处理，先询问"),
        handling=Said(
            "Put it in quarantine, photograph it, ask the customer, and swap it back free of charge once. "
            "The refund waits for the right item; the clock of the answer does not.",
            "隔离存放并拍照，询问客户，免费换回一次。收到正确商品后退款；答复时限照常计算。",
        ),
        default=DefaultOutcome.HOLD,
        owner=Role.WAREHOUSE,
        deadlines=(
            Deadline(Said("quarantine and tell the agent", "隔离并通知客服"), working_hours(4)),
            Deadline(CALL, working_days(1)),
        ),
        remedies=(Remedy.SEND_BACK, Remedy.REFUND),
        script=Said(
            "Hello, your parcel has arrived. The item in it is another one than on the return. "
            "Perhaps two parcels were mixed up. May I send you a photograph?",
            "您好，您的包裹已收到。里面的商品与退货单不一致，可能是寄错了。我可以把照片发给您看看吗？",
        ),
        triggers=(
            PlaybookTrigger(
                "strange_item", Said("Another item came back than was announced.", "退回的商品与申请不一致。")
            ),
        ),
        words=PhraseSet(
            "寄错(了|成)\n(退|寄)(成|的是)(另|别的|其他)", "sent (you |)(back |)the wrong (item|one|parcel)"
        ),
    ),
    Playbook(
        number=7,
        id="empty-parcel",
        title=Said("Empty or under-weight parcel", "空包或重量不足"),
        principle=Said("Hear the customer first", "空包裹先听客户说明"),
        handling=Said(
            "Compare the carrier's weights, keep photographs and film of the opening, ask the carrier. "
            "Hear the customer before anything is decided; the carrier may have lost the content.",
            "比对承运重量，保留开箱照片和录像，向承运商核查。作出决定前先听客户说明；也可能是运输途中丢失。",
        ),
        default=DefaultOutcome.PERSON_DECIDES,
        owner=Role.SUPERVISOR,
        deadlines=(
            Deadline(CALL, working_days(1)),
            Deadline(Said("answer of the carrier", "承运商答复"), working_days(3)),
        ),
        remedies=(Remedy.REFUND, Remedy.SEND_BACK),
        script=Said(
            "Hello, your parcel has arrived, and its content was not complete. "
            "I would like to hear from you first: what did you pack? We are checking with the carrier, too.",
            "您好，您的包裹已收到，但内件不完整。我想先听您说说，当时装了什么？我们也正在核对承运记录。",
        ),
        approval=Role.SUPERVISOR,
        never=Said("Suggest that the customer sent it empty.", "暗示客户寄了空包。"),
        triggers=(PlaybookTrigger("empty_parcel", Said("The parcel was empty or too light.", "包裹为空或重量不足。")),),
    ),
    Playbook(
        number=8,
        id="lost-on-way-back",
        title=Said("Lost or damaged on the way back", "退回途中丢失或损坏"),
        principle=Said("Who bears the risk is said by law, not by the carrier", "退回途中毁损，按规定分担风险"),
        handling=Said(
            "Find out who bears the risk by regime and fault. Where it is ours, pay the customer now and claim "
            "from the "
            "carrier afterwards; where it is not, help her with her claim.",
            "按法规和责任确定风险由谁承担。由商家承担的，先向客户退款，再向承运商索赔；不由商家承担的，协助客户索赔。",
        ),
        default=DefaultOutcome.PAY_THEN_CLAIM,
        owner=Role.AGENT,
        deadlines=(
            Deadline(CALL, working_days(1)),
            Deadline(Said("claim with the carrier", "向承运商索赔"), working_days(3)),
        ),
        remedies=(Remedy.REFUND, Remedy.REPLACEMENT),
        script=Said(
            "Hello, I am sorry that your parcel did not arrive as you sent it. "
            "Please keep the proof of posting. We are asking the carrier where it is.",
            "您好，很抱歉您的包裹没有完好送达。请您保留寄件凭证。我们正在向承运商核查。",
        ),
        triggers=(
            PlaybookTrigger("lost_on_way_back", Said("The parcel was lost on the way back.", "包裹在退回途中丢失。")),
            PlaybookTrigger(
                "damaged_on_way_back", Said("The parcel was damaged on the way back.", "包裹在退回途中损坏。")
            ),
        ),
        words=PhraseSet(
            "(退|寄)回…(丢了|丢失|弄丢|没收到)\n(物流|快递)…(弄丢|丢件|丢失|丢了)",
            "(lost|disappeared) (in the mail|in the post|on the way|in transit)\n(carrier|courier) lost",
        ),
    ),
    Playbook(
        number=9,
        id="damaged-at-dock",
        title=Said("Damaged by the carrier at our dock", "到仓时已被承运商损坏"),
        principle=Said("Accept under reserve, and report in time", "破损件保留意见签收，及时报告"),
        handling=Said(
            "Accept with a written reserve, photograph the parcel before it is opened, report to the carrier within "
            "its time limit. The customer's refund does not wait for the carrier.",
            "签收时书面保留意见，开箱前拍照，在承运商规定时限内报告。客户退款不等待承运商结果。",
        ),
        default=DefaultOutcome.PAY_THEN_CLAIM,
        owner=Role.WAREHOUSE,
        deadlines=(Deadline(Said("photographs and report to the carrier", "拍照并向承运商报告"), hours(24)),),
        remedies=(Remedy.REFUND, Remedy.REPLACEMENT),
        script=Said(
            "Hello, your parcel has arrived. It was damaged on its way, which is for us to settle with the carrier. "
            "There is nothing you need to do; you can see every step in your return.",
            "您好，您的包裹已收到。包裹在途中受损，由我们与承运商处理。您可以在退货单中查看进度。",
        ),
        triggers=(
            PlaybookTrigger("damaged_at_dock", Said("The parcel was damaged when it arrived.", "到仓时包裹已破损。")),
        ),
    ),
    Playbook(
        number=10,
        id="merchant-fault",
        title=Said("Our fault: wrong, defective, short", "商家责任：错发、瑕疵、少发"),
        principle=Said("What we did wrong costs the customer nothing", "商家责任，客户不承担任何费用"),
        handling=Said(
            "We pay the freight both ways. Offer a replacement first, then a refund. No fee, no deduction, "
            "and no proof beyond one photograph.",
            "来回运费均由商家承担。优先提供换新，其次退款。不收费、不扣款，除一张照片外不要求其他证明。",
        ),
        default=DefaultOutcome.ACCEPT,
        owner=Role.AGENT,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.REPLACEMENT, Remedy.REFUND, Remedy.REPAIR, Remedy.COMPENSATION),
        script=Said(
            "Hello, I am sorry: this is our mistake. We pay the freight both ways. "
            "Would you like a replacement or a refund?",
            "您好，非常抱歉，这是我们的失误。来回运费由我们承担。请问您希望换新还是退款？",
        ),
        triggers=(
            PlaybookTrigger("merchant_fault", Said("The merchant answers for the reason.", "退货原因属商家责任。")),
        ),
        words=PhraseSet(
            "(发|寄|送)错(了|货|颜色|尺码|款)\n(少|漏)发\n(坏|破|裂|碎)(的|了)\n质量问题",
            "(sent|got|received|delivered) the wrong (size|colour|color|item|one|model)\n(arrived|came) "
            "(broken|damaged|faulty|defective|in pieces)\ndefective\nfaulty",
        ),
    ),
    Playbook(
        number=11,
        id="safety",
        title=Said("Safety defect, injury", "安全缺陷、人身伤害"),
        principle=Said("People first, goods and proofs later", "人身安全第一，商品和证据在后"),
        handling=Said(
            "Ask how the person is, and give the emergency number where somebody is in danger. Stop the sale of the "
            "item, bring in the supervisor, check for a recall. Never ask to post hazardous goods. Templates and "
            "surveys stop.",
            "先询问人员状况，有危险时告知急救电话。暂停销售该商品，请主管介入，核查是否召回。不要求寄送危险品。停用模板和调查。",
        ),
        default=DefaultOutcome.HOLD,
        owner=Role.SUPERVISOR,
        deadlines=(
            Deadline(Said("the supervisor speaks to the customer", "主管联系客户"), hours(1)),
            Deadline(Said("stop the sale, check for a recall", "暂停销售并核查召回"), hours(4)),
        ),
        remedies=(Remedy.RETURNLESS_REFUND, Remedy.COMPENSATION, Remedy.PICK_UP),
        script=Said(
            "Hello, how are you, is everybody safe? Please stop using the item. "
            "If somebody is hurt, call the emergency services first. My supervisor is being informed.",
            "您好，请问您和家人都安全吗？请立即停止使用该商品。如有人受伤，请先拨打急救电话120。我正在通知主管。",
        ),
        urgency=Urgency.AT_ONCE,
        approval=Role.SUPERVISOR,
        never=Said(
            "Ask to post hazardous goods, send a template or a survey, or argue about the cause.",
            "要求寄送危险品、发送模板或调查、争论原因。",
        ),
        triggers=(
            PlaybookTrigger(
                "hazard", Said("The item is a hazard, or somebody was hurt.", "商品存在危险，或有人受伤。")
            ),
        ),
        signals=(Signal.SAFETY,),
    ),
    Playbook(
        number=12,
        id="not-to-be-resold",
        title=Said("Food, medicine, hygiene goods", "食品、药品、卫生用品"),
        principle=Said("What cannot be sold again need not travel", "不宜退回的商品不必寄回"),
        handling=Said(
            "Refund without return on a photograph; ask for a photograph of the destroyed item where the "
            "policy says so. "
            "Illness after use is case 11.",
            "凭照片退款，无需寄回；政策要求时，请客户提供销毁照片。使用后身体不适的，按第11条办理。",
        ),
        default=DefaultOutcome.RETURNLESS,
        owner=Role.AGENT,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.RETURNLESS_REFUND, Remedy.REPLACEMENT),
        script=Said(
            "Hello, for reasons of hygiene this item need not come back. May I have one photograph of the problem?",
            "您好，出于卫生考虑，该商品无需寄回。请提供一张能看清商品和问题的照片。",
        ),
        triggers=(
            PlaybookTrigger("perishable_or_hygiene", Said("The goods cannot be sold again.", "商品不宜再次销售。")),
        ),
        words=PhraseSet("(过期|变质|发霉|临期|发臭)(了|的|)", "(expired|mouldy|moldy|rotten|spoiled|spoilt)"),
    ),
    Playbook(
        number=13,
        id="made-to-order",
        title=Said("Made to order", "定作商品"),
        principle=Said(
            "Made for one person: no return without reason, every right for a fault",
            "定作商品不适用无理由退货，瑕疵权利不变",
        ),
        handling=Said(
            "No return for a change of mind, if this was told before the order. Rights for defects stay. "
            "Goods from stock in a chosen colour or size are not made to order (JD 14).",
            "下单前已告知的，不适用无理由退货。瑕疵权利不变。仅选择颜色或尺码的现货不属于定作（京东规则第14条）。",
        ),
        default=DefaultOutcome.PERSON_DECIDES,
        owner=Role.AGENT,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.REPAIR, Remedy.REPLACEMENT, Remedy.GOODWILL),
        script=Said(
            "Hello, this item was made for you, so it cannot be returned without a reason. "
            "If something is wrong with it, please tell me what: then your rights are in full force.",
            "您好，这件商品是为您定作的，不适用无理由退货。如有质量问题，请您告诉我具体情况，您的权利不受影响。",
        ),
        approval=Role.SUPERVISOR,
        triggers=(PlaybookTrigger("made_to_order", Said("The goods were made to order.", "商品为定作。")),),
        words=PhraseSet(
            "(定制|定作|刻字|订做|定做)(的|了|款|)",
            "(custom-made|custom made|personalised|personalized|engraved|made to order|made to measure)",
        ),
    ),
    Playbook(
        number=14,
        id="large-installed",
        title=Said("Large or installed goods", "大件或已安装商品"),
        principle=Said("We come to the goods", "大件商品上门处理"),
        handling=Said(
            "Inspect on site, collect at home, say the cost of dismantling beforehand by the rule of the policy. "
            "For a fault we pay for dismantling and collection.",
            "上门检测、上门取件；拆卸费用按政策事先说明。质量问题的，拆卸和取件费用由商家承担。",
        ),
        default=DefaultOutcome.PERSON_DECIDES,
        owner=Role.AGENT,
        deadlines=(Deadline(Said("agree the visit", "约定上门时间"), working_days(2)),),
        remedies=(Remedy.REPAIR, Remedy.REPLACEMENT, Remedy.REFUND, Remedy.PICK_UP),
        script=Said(
            "Hello, you need not carry anything. For large goods a technician visits you. Which two days suit you?",
            "您好，大件商品无需您搬运，可以安排师傅上门。请您告诉我两个方便的日期。",
        ),
        triggers=(
            PlaybookTrigger("large_or_installed", Said("The goods are large or installed.", "商品为大件或已安装。")),
        ),
        words=PhraseSet(
            "(装好|安装好|已安装|搬不动|太重|大件)(了|)", "(already installed|been installed|too heavy|too big to)"
        ),
    ),
    Playbook(
        number=15,
        id="price-dropped",
        title=Said("The price dropped", "降价与价保"),
        principle=Said("Give back the difference rather than the goods", "价保优先于退货"),
        handling=Said(
            "Inside the price protection, refund the difference; nothing has to travel. Outside, the return goes on as "
            "any other.",
            "在价保期内退还差价，无需寄回商品。不在价保期内的，退货照常办理。",
        ),
        default=DefaultOutcome.PRICE_DIFFERENCE,
        owner=Role.AGENT,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.PRICE_DIFFERENCE, Remedy.REFUND),
        script=Said(
            "Hello, I understand that a lower price soon after buying is unpleasant. "
            "Your order has price protection, so you can keep the item and get the difference.",
            "您好，刚买就降价，您的心情我理解。您的订单有价格保护，您可以保留商品，退还差价。",
        ),
        triggers=(PlaybookTrigger("price_dropped", Said("The price has dropped since.", "商品已降价。")),),
        words=PhraseSet(
            "价保\n(降价|便宜)了\n(差价|退差)",
            "price (protection|match|drop|dropped|difference)\n(cheaper|on sale) now\nis now (cheaper|on sale)",
        ),
    ),
    Playbook(
        number=16,
        id="promotion-part-return",
        title=Said("Part of a promotion returned", "满减订单部分退货"),
        principle=Said("The customer sees both sums before she says yes", "满减拆退，先看两种算法再确认"),
        handling=Said(
            "Show both computations: what comes back for this part alone, and what comes back for the whole order. "
            "Ask for consent after that. A fault never loses a discount.",
            "展示两种算法：只退这部分的金额，以及全部退货的金额。之后再请客户确认。质量问题不扣减优惠。",
        ),
        default=DefaultOutcome.ASK_THEN_PERSON,
        owner=Role.AGENT,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.REFUND, Remedy.PART_REFUND),
        script=Said(
            "Hello, this order had a discount for all items together. "
            "Here are both sums, so that you can choose: for this item alone and for the whole order.",
            "您好，这笔订单享受了满减优惠。以下是两种金额，您可以选择：仅退这件，或整单退货。",
        ),
        triggers=(
            PlaybookTrigger(
                "is_part_of_promotion", Said("Part of an order with a promotion comes back.", "满减订单部分退货。")
            ),
        ),
        words=PhraseSet(
            "(满减|凑单|优惠券|红包)…退", "(coupon|voucher|promotion|discount code|bundle)…(return|refund|back)"
        ),
    ),
    Playbook(
        number=17,
        id="gift",
        title=Said("A gift's recipient returns it", "受赠人退货"),
        principle=Said("A gift stays a gift: the price stays unsaid", "不向受赠人透露价格"),
        handling=Said(
            "Credit goes to the recipient or to the payer, as the policy says. Do not say the price, "
            "and do not tell the giver without the recipient's consent.",
            "按政策退给受赠人或付款人。不透露价格；未经受赠人同意，不告知赠送人。",
        ),
        default=DefaultOutcome.ACCEPT,
        owner=Role.AGENT,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.STORE_CREDIT, Remedy.EXCHANGE, Remedy.REFUND),
        script=Said(
            "Hello, of course a gift can be exchanged. Please give me the number on the gift note. Nobody is told.",
            "您好，礼物当然可以换。请告诉我礼品单上的编号，我会为您保密。",
        ),
        never=Said("Reveal the price, or tell the giver.", "透露价格或告知赠送人。"),
        triggers=(PlaybookTrigger("gift", Said("The goods were a gift.", "商品为礼物。")),),
        words=PhraseSet(
            "(别人|朋友|同事|亲戚|收到)(送|送我|送给我)的(礼物|)",
            "(got|received|was given) (it|this|them) as a (gift|present)\n(a|was a) (gift|present) (from|to me)",
        ),
    ),
    Playbook(
        number=18,
        id="payment-dead",
        title=Said("The payment method is dead, or she is abroad", "原支付方式失效或客户在境外"),
        principle=Said("Another way only when it is surely hers", "原路退回失败，核实后换路径"),
        handling=Said(
            "Offer a verified alternative, get her consent on record, and let a second person release it. "
            "Ask for account data through the secure form only, never in the conversation.",
            "提供经核实的替代方式，留存客户同意，由第二人复核放款。账户信息只通过安全表单收集，不在对话中索要。",
        ),
        default=DefaultOutcome.HOLD,
        owner=Role.FINANCE,
        deadlines=(
            Deadline(CALL, working_days(1)),
            Deadline(Said("pay by the verified way", "按核实的方式付款"), working_days(3)),
        ),
        remedies=(Remedy.REFUND, Remedy.STORE_CREDIT),
        script=Said(
            "Hello, the refund to your first payment method came back to us. Your money is safe. "
            "Please use the secure form to name another account of yours.",
            "您好，退款未能退回原支付方式，款项安全。请您通过安全表单填写本人的其他账户。",
        ),
        approval=Role.FINANCE,
        triggers=(
            PlaybookTrigger(
                "payment_dead", Said("The first means of payment no longer takes money.", "原支付方式已失效。")
            ),
            PlaybookTrigger("abroad", Said("The customer is abroad.", "客户在境外。")),
        ),
        words=PhraseSet(
            "(卡|账户|银行卡)(注销|销户|过期|作废|冻结)(了|)",
            "(card|account) (expired|was closed|is closed|has been closed|was cancelled|is blocked)",
        ),
    ),
    Playbook(
        number=19,
        id="risk",
        title=Said("Unusual pattern of returns", "退货情况需核实"),
        principle=Said("Rights are unchanged; a person looks twice", "权利不变，增加一次人工核实"),
        handling=Said(
            "The rights of the law and of the policy stay as they are. One extra piece of evidence may be asked for, "
            "a person decides and not a score, and the customer can appeal. No accusation in words, to nobody.",
            "法定权利和政策权利不变。可多要求一项证据，由人工而非评分决定，客户可以申诉。任何场合不得使用指责性语言。",
        ),
        default=DefaultOutcome.PERSON_DECIDES,
        owner=Role.SUPERVISOR,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.REFUND, Remedy.EXCHANGE, Remedy.REPAIR),
        script=Said(
            "Hello, thank you for your request. To complete it, may I have a photograph with the serial number? "
            "A colleague looks at it in person.",
            "您好，感谢您的申请。为完成办理，请您再提供一张能看清序列号的照片，由专人查看。",
        ),
        approval=Role.SUPERVISOR,
        never=Said(
            "Say or hint that the customer cheats, lower a right, or decide by a score alone.",
            "暗示客户不诚实、削减权利、仅凭评分决定。",
        ),
        triggers=(
            PlaybookTrigger("risk_flags", Said("A sign of risk asks for a person's look.", "风险提示，需人工查看。")),
        ),
    ),
    Playbook(
        number=20,
        id="refused-delivery",
        title=Said("Delivery refused, parcel unclaimed", "拒收或无人领取"),
        principle=Said("Silence is not a decision: ask", "拒收不等于退货，先询问"),
        handling=Said(
            "Treat it as a withdrawal only where the law says so. Otherwise ask what she wants: a new delivery, "
            "or a refund. Goods wait meanwhile.",
            "仅在法律规定时视为退货。否则询问客户意愿：重新派送或退款。期间商品妥善保管。",
        ),
        default=DefaultOutcome.ASK_THEN_PERSON,
        owner=Role.AGENT,
        deadlines=(Deadline(CALL, working_days(1)), Deadline(Said("the customer answers", "客户答复"), days(7))),
        remedies=(Remedy.REFUND, Remedy.REPLACEMENT),
        script=Said(
            "Hello, your parcel came back to us undelivered. "
            "Would you like it to be sent once more, or would you like a refund?",
            "您好，您的包裹未能送达，已退回我们这里。请问您希望重新派送，还是退款？",
        ),
        triggers=(
            PlaybookTrigger(
                "refused_delivery", Said("The delivery was refused or not collected.", "包裹被拒收或无人领取。")
            ),
        ),
        words=PhraseSet(
            "拒收(了|)\n没(有|)(去|)(取|领)(件|包裹)",
            "(refused|rejected) (the |)(delivery|parcel)\n(did not|didn't|never) (collect|pick up) the parcel",
        ),
    ),
    Playbook(
        number=21,
        id="going-public",
        title=Said("Talk of an authority, the media or the public", "舆情、媒体或监管投诉"),
        principle=Said(
            "One owner, short clocks, the same rights as a silent customer", "专人负责，缩短时限，权利与普通客户一致"
        ),
        handling=Said(
            "One person owns the case from now on. Answer in two hours, have a plan in twelve, a decision in "
            "twenty-four. The result is what any other customer would get; name the outside bodies if she asks.",
            "指定一人全程负责。2小时内回应，12小时内给出方案，24小时内决定。结果与其他客户一致；客户询问时告知外部途径。",
        ),
        default=DefaultOutcome.AS_EVER,
        owner=Role.SUPERVISOR,
        deadlines=(
            Deadline(Said("first answer", "首次回应"), hours(2)),
            Deadline(Said("plan to the customer", "给出方案"), hours(12)),
            Deadline(Said("decision", "作出决定"), hours(24)),
        ),
        remedies=(Remedy.REFUND, Remedy.REPLACEMENT, Remedy.REPAIR, Remedy.COMPENSATION),
        script=Said(
            "Hello, I am sorry that you had to go this far. You have every right to do so. "
            "My supervisor is joining us now. May I ask what would put this right for you?",
            "您好，很抱歉让您走到这一步，这是您的权利。主管正在加入对话。请问怎样处理您会满意？",
        ),
        urgency=Urgency.AT_ONCE,
        approval=Role.SUPERVISOR,
        never=Said(
            "Ask for silence in return for a remedy, or give more than others get to be quiet.",
            "以封口为条件提供补偿，或为平息事态给予超出他人的待遇。",
        ),
        triggers=(
            PlaybookTrigger(
                "public_complaint",
                Said("An authority, the media or a bank is involved.", "监管部门、媒体或银行已介入。"),
            ),
        ),
        signals=(Signal.GOING_PUBLIC,),
    ),
    Playbook(
        number=22,
        id="vulnerable",
        title=Said("A customer who needs more care", "特殊人群关怀"),
        principle=Said("The slower way, as long as it takes", "放慢节奏，提供便利"),
        handling=Said(
            "Offer the channel that suits her, let a helper speak for her, collect at home, and give longer deadlines. "
            "Ask what would help; never ask for proof of an illness.",
            "提供适合的渠道，允许他人协助，上门取件，放宽期限。询问怎样更方便；不要求病历等证明。",
        ),
        default=DefaultOutcome.AS_EVER,
        owner=Role.AGENT,
        deadlines=(Deadline(CALL, working_hours(4)),),
        remedies=(Remedy.REFUND, Remedy.REPLACEMENT, Remedy.REPAIR, Remedy.PICK_UP, Remedy.GOODWILL),
        script=Said(
            "Hello, thank you for telling me. We take the time that you need. "
            "Would a telephone call help, or may somebody help you with this?",
            "您好，谢谢您告诉我。您不用着急，我们按您方便的节奏来。请问电话沟通方便吗？家人协助也可以。",
        ),
        urgency=Urgency.TODAY,
        never=Said("Ask for proof of age, illness or loss.", "要求提供年龄、疾病或丧亲的证明。"),
        triggers=(
            PlaybookTrigger(
                "needs_care", Said("The customer has asked for help of this kind before.", "客户曾提出需要协助。")
            ),
        ),
        signals=(Signal.VULNERABLE,),
    ),
    Playbook(
        number=23,
        id="abuse",
        title=Said("Staff are insulted", "辱骂客服"),
        principle=Said("Protect the agent, keep the customer's rights", "保护客服，客户权利不变"),
        handling=Said(
            "One calm warning, then another channel (e-mail) or another person. The case goes on in writing, "
            "the rights stay. A threat of violence goes to the supervisor at once.",
            "平静提醒一次，之后改用邮件或换人处理。案件以书面方式继续，权利不变。暴力威胁立即报告主管。",
        ),
        default=DefaultOutcome.AS_EVER,
        owner=Role.SUPERVISOR,
        deadlines=(Deadline(Said("the supervisor takes over", "主管接手"), working_hours(2)),),
        remedies=(Remedy.REFUND, Remedy.REPLACEMENT, Remedy.REPAIR),
        script=Said(
            "Hello, I want to solve this for you. Please let us talk without insults. "
            "Your case goes on either way, in writing if you prefer.",
            "您好，我希望为您解决问题，请您使用文明用语。您的案件照常办理，也可以书面沟通。",
        ),
        urgency=Urgency.TODAY,
        never=Said(
            "Answer in kind, hang up without a warning, or refuse a right for it.",
            "以牙还牙、未提醒就挂断、因此拒绝客户权利。",
        ),
        signals=(Signal.ABUSE,),
    ),
    Playbook(
        number=24,
        id="minor",
        title=Said("A minor bought", "未成年人购买"),
        principle=Said("A guardian decides", "由监护人确认"),
        handling=Said(
            "Speak to the guardian. Whether the purchase stands follows the age and what suits it (Civil Code "
            "19, 145). "
            "The child is never questioned alone.",
            "与监护人沟通。购买是否有效，视年龄和与其智力相适应的程度而定（民法典第19、145条）。不单独询问未成年人。",
        ),
        default=DefaultOutcome.PERSON_DECIDES,
        owner=Role.SUPERVISOR,
        deadlines=(Deadline(CALL, working_days(1)), Deadline(DECIDE, working_days(3))),
        remedies=(Remedy.REFUND,),
        script=Said(
            "Hello, thank you for writing to us as a parent. "
            "For an order made by a child there is a way of its own. May I ask how old your child is?",
            "您好，感谢您作为家长联系我们。未成年人下单有专门的办理方式。请问孩子多大？",
        ),
        approval=Role.SUPERVISOR,
        triggers=(PlaybookTrigger("minor", Said("The buyer is a minor.", "购买人为未成年人。")),),
        words=PhraseSet(
            "(孩子|小孩|儿子|女儿|未成年人)(偷偷|自己|私自|乱)…(买|下单|充)\n未成年",
            "(my|our) (son|daughter|child|kid) (ordered|bought) …without\nis (a minor|under 18|underage)",
        ),
    ),
    Playbook(
        number=25,
        id="force-majeure",
        title=Said("Force majeure, strike, disaster", "不可抗力"),
        principle=Said("The customer's clock stops, ours does not", "客户期限顺延，退款时限照常"),
        handling=Said(
            "Extend every date the customer has to keep by the time that was lost. The refund clock runs on.",
            "客户须遵守的各项期限按受影响时间顺延。退款时限照常计算。",
        ),
        default=DefaultOutcome.EXTEND,
        owner=Role.SUPERVISOR,
        deadlines=(Deadline(Said("extend the dates and tell those concerned", "顺延期限并告知客户"), working_days(1)),),
        remedies=(Remedy.REFUND, Remedy.REPLACEMENT),
        script=Said(
            "Hello, I hope that you are well. You need not hurry: your date for sending back is extended. "
            "You can see the new date in your return.",
            "您好，希望您一切平安。您不用着急，寄回期限已顺延。您可以在退货单中查看新的日期。",
        ),
        triggers=(
            PlaybookTrigger("force_majeure", Said("An event nobody could avert holds things up.", "发生不可抗力。")),
        ),
        words=PhraseSet(
            "(台风|地震|洪水|暴雨|暴雪|疫情|封控|封路|停运)",
            "(hurricane|typhoon|earthquake|flood|flooded|snowstorm|postal strike|carrier strike|lockdown)",
        ),
    ),
    Playbook(
        number=26,
        id="system-error",
        title=Said("An error of our system", "系统差错"),
        principle=Said("Put it right first, apologise, compensate by the table", "先更正，再致歉，按标准补偿"),
        handling=Said(
            "Correct the price or the double charge before anything else, apologise, compensate by the table. "
            "Look for other customers with the same error.",
            "先更正价格或重复扣款，再致歉，按标准补偿。并查找受同一问题影响的其他客户。",
        ),
        default=DefaultOutcome.PAY_THEN_CLAIM,
        owner=Role.FINANCE,
        deadlines=(
            Deadline(Said("correct it", "更正"), working_days(1)),
            Deadline(Said("tell everybody concerned", "告知受影响客户"), working_days(2)),
        ),
        remedies=(Remedy.REFUND, Remedy.COMPENSATION),
        script=Said(
            "Hello, I am sorry: our system made a mistake with your payment. "
            "Your money is safe, and we are working on the correction.",
            "您好，非常抱歉，我们的系统在扣款时出错。您的款项安全，我们正在处理更正。",
        ),
        urgency=Urgency.TODAY,
        triggers=(
            PlaybookTrigger("system_error", Said("Our system charged or priced wrongly.", "系统扣款或价格出错。")),
        ),
        words=PhraseSet(
            "(重复|多|两次|双重)(扣款|扣费|扣了|收费)\n扣了(我|)(两|2)(次|笔|遍)",
            "(charged|billed) (me |)twice\ndouble(-| )charged\n(charged|billed) the wrong (amount|price)",
        ),
    ),
    Playbook(
        number=27,
        id="legal-hold",
        title=Said("Death, insolvency, court order", "身故、破产、司法查封"),
        principle=Said("Hold, and pay only whom the law names", "依法暂停，只向法定权利人付款"),
        handling=Said(
            "Place a legal hold, let finance lead, and pay the heir, administrator or court that proves its right. "
            "With relatives: condolence first, papers later.",
            "设置法律冻结，由财务主导，仅向能证明权利的继承人、管理人或法院付款。面对家属，先致哀，再谈材料。",
        ),
        default=DefaultOutcome.HOLD,
        owner=Role.FINANCE,
        deadlines=(
            Deadline(Said("place the hold, name the person in charge", "冻结并指定负责人"), working_hours(4)),
            Deadline(CALL, working_days(2)),
        ),
        remedies=(Remedy.REFUND,),
        script=Said(
            "Hello, please accept our condolences. Nothing is urgent now, and no date will be missed. "
            "A colleague from finance looks after this personally.",
            "您好，请您节哀。现在不用着急，各项期限都已暂停。财务同事会专门负责此事。",
        ),
        urgency=Urgency.TODAY,
        approval=Role.FINANCE,
        triggers=(
            PlaybookTrigger(
                "legal_hold", Said("A death, an insolvency or a court order is on file.", "存在身故、破产或司法查封。")
            ),
        ),
        words=PhraseSet(
            "(破产|清算|查封|法院冻结|遗产|继承人)",
            "(insolvency|bankrupt|bankruptcy|court order|probate|estate of|executor|heir)",
        ),
    ),
    Playbook(
        number=28,
        id="inspection-dispute",
        title=Said("Dispute about the inspection", "验收争议"),
        principle=Said("Other eyes look, then a third party", "换人复检，必要时第三方检测"),
        handling=Said(
            "A second inspector who has not seen the first result looks again. If that does not settle it, a third "
            "party tests; who loses pays for the test (JD table). The item is kept as it is.",
            "由未参与首次验收的人员复检。仍有争议的，由第三方检测，检测费由责任方承担（京东规则）。商品保持原状。",
        ),
        default=DefaultOutcome.HOLD,
        owner=Role.SUPERVISOR,
        deadlines=(Deadline(Said("second inspection", "复检"), working_days(2)), Deadline(DECIDE, working_days(7))),
        remedies=(Remedy.REFUND, Remedy.PART_REFUND, Remedy.SEND_BACK),
        script=Said(
            "Hello, you see this differently from our inspection, and I take that seriously. "
            "A second inspector looks at the item anew. Please send anything that you would like to be seen.",
            "您好，您对验收结果有不同看法，我很重视。将由另一位验收员重新检查。请把您希望我们看到的材料发来。",
        ),
        approval=Role.SUPERVISOR,
        triggers=(
            PlaybookTrigger(
                "inspection_disputed", Said("The result of the inspection is disputed.", "对验收结果有争议。")
            ),
        ),
        words=PhraseSet(
            "(验收|检测|检验)(结果|报告|)…(异议|不认可|不同意|不接受|争议|不服)\n(不认可|不同意|不接受|不服)…(验收|检测|检验)",
            "(disagree|dispute|wrong|do not accept|don't accept|object)…(inspection|assessment)\n(inspection"
            "|inspector)…(wrong|disagree|incorrect|mistaken)",
        ),
    ),
    Playbook(
        number=29,
        id="repeated-complaint",
        title=Said("The same complaint again", "重复投诉"),
        principle=Said("Whoever comes twice has not been helped once", "重复投诉说明首次未解决"),
        handling=Said(
            "A supervisor who did not decide the first time reads the whole case, calls, and decides anew.",
            "由未参与首次决定的主管通读案件，致电客户，重新决定。",
        ),
        default=DefaultOutcome.PERSON_DECIDES,
        owner=Role.SUPERVISOR,
        deadlines=(Deadline(CALL, working_hours(4)), Deadline(DECIDE, working_days(2))),
        remedies=(Remedy.REFUND, Remedy.REPLACEMENT, Remedy.REPAIR, Remedy.COMPENSATION),
        script=Said(
            "Hello, I am sorry that you have to come back to us about this. "
            "I have read the whole case, so you need not tell it again. What would put it right for you?",
            "您好，很抱歉让您再次为此联系我们。我已看完全部记录，您无需重复说明。请问怎样处理您会满意？",
        ),
        urgency=Urgency.TODAY,
        approval=Role.SUPERVISOR,
        triggers=(
            PlaybookTrigger("is_repeated_complaint", Said("It has been complained about before.", "此前已就此投诉。")),
        ),
    ),
    Playbook(
        number=30,
        id="very-high-value",
        title=Said("Very high value", "金额特别高"),
        principle=Said("Two pairs of eyes, no longer wait", "双人复核，时限不变"),
        handling=Said(
            "A second person checks goods and sum before money moves. The promised time stays.",
            "付款前由第二人复核商品和金额。承诺时限不变。",
        ),
        default=DefaultOutcome.PERSON_DECIDES,
        owner=Role.SUPERVISOR,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.REFUND, Remedy.REPLACEMENT, Remedy.REPAIR),
        script=Said(
            "Hello, thank you for your request. As the item is of high value, a second colleague looks at it. "
            "Please insure the parcel when you send it; the label includes this.",
            "您好，感谢您的申请。由于商品金额较高，将由第二位同事复核。寄回时请保价，运单已包含保价费。",
        ),
        approval=Role.SUPERVISOR,
        triggers=(PlaybookTrigger("very_high_value", Said("The value is very high.", "金额特别高。")),),
    ),
    Playbook(
        number=31,
        id="unreachable",
        title=Said("The customer cannot be reached", "联系不上客户"),
        principle=Said("Silence costs the customer nothing", "联系不上不减损客户权利"),
        handling=Said(
            "Three attempts on two channels at different hours, each on record, then a letter. "
            "What is due without an answer is done; nothing is closed before the last date.",
            "通过两个渠道、不同时段联系三次并记录，之后发函。无需答复即应办理的照常办理；期满前不关闭案件。",
        ),
        default=DefaultOutcome.AS_EVER,
        owner=Role.AGENT,
        deadlines=(
            Deadline(Said("three attempts", "三次联系"), working_days(3)),
            Deadline(Said("letter with the last date", "发函告知最后期限"), working_days(5)),
        ),
        remedies=(Remedy.REFUND, Remedy.SEND_BACK),
        script=Said(
            "Hello, I have tried to call you about your return. "
            "Please tell me a time and a number that suit you. Nothing is lost meanwhile.",
            "您好，关于您的退货，我曾致电未能接通。请您告诉我方便的时间和号码。期间您的权利不受影响。",
        ),
        triggers=(
            PlaybookTrigger(
                "is_unreachable", Said("Several attempts to reach the customer failed.", "多次联系客户未果。")
            ),
        ),
    ),
    Playbook(
        number=32,
        id="goodwill",
        title=Said("Goodwill", "善意处理"),
        principle=Said("A gift is called a gift, and has a limit", "善意有据可查，不超权限"),
        handling=Said(
            "Where no right helps and the reason is good: up to the limit of the role, once, recorded with its reason "
            "and told as a courtesy and not as a right.",
            "无权利可依而理由正当的，在权限内给予一次，记录理由，并向客户说明为善意而非权利。",
        ),
        default=DefaultOutcome.PERSON_DECIDES,
        owner=Role.AGENT,
        deadlines=(Deadline(DECIDE, working_days(1)),),
        remedies=(Remedy.GOODWILL, Remedy.STORE_CREDIT),
        script=Said(
            "Hello, I have read your reasons, and I understand them. "
            "The rules do not cover this case, so I am asking for a gesture of goodwill.",
            "您好，我看了您的理由，非常理解。现有规定未包含这种情况，我正在为您申请善意处理。",
        ),
        approval=Role.SUPERVISOR,
        triggers=(
            PlaybookTrigger(
                "good_cause", Said("There is a good reason that no rule covers.", "理由正当但规则未涵盖。")
            ),
        ),
    ),
)
"""In the order of the list."""
