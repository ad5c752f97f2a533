"""The phrases that signal a customer's state: one table for each signal, in both languages, by strength or topic (C1,
C4).

`phrase_search` describes the notation: `(a|b|)` for alternatives, `…` for a gap within the sentence. A shield is a
phrase that makes a hit inside it harmless. Traditional, full-width and upper-case forms need no entries, because texts
are folded first.
"""

from collections.abc import Mapping
from typing import Final

from service_notifications.domain.care.text.phrase_set import PhraseSet

ANGER: Final[Mapping[int, PhraseSet]] = {
    3: PhraseSet(
        zh="""
        气死(我|人|)
        气炸了
        (太|真|也太|实在)(过分|气人|欺负人)
        欺人太甚
        欺负(消费者|人|客人|顾客|我)
        忍无可忍
        愤怒
        岂有此理
        火冒三丈
        火大
        恼火
        受够了
        耍我
        耍人
        垃圾(服务|店|客服|平台|公司|售后|商家)
        (破|黑|烂)店
        骗子
        无良(商家|卖家|店)
        再也不(会|)(来|买|光顾|相信)
        tmd
        他妈的
        服了(你们|你家|你)
        当(我|)(傻子|傻瓜|猴)(耍|骗|)
        把我当傻
        (气得|气到|气疯|气坏|被气)
        也敢开店
        (别|少)废话
        当放屁
        放(狗|)屁
        扯淡
        (坑|骗)(我|人|爹|死|钱)
        被坑
        被骗
        黑心
        奸商
        欺诈
        诈骗
        店大欺客
        霸王条款
        不可理喻
        忍不了
        (没法|不能)忍
        窝火
        抓狂
        火都来了
        可恶
        可恨
        有没有搞错
        有完没完
        耍猴
        逗我(玩|呢)
        玩我呢
        什么破(东西|玩意|店|服务)
        什么玩意
        (讲不讲|有没有)(信用|诚信|良心|道理|王法|底线)
        (跟|和)你们没完
        不想干了
        良心(被狗|不会痛|何在|过得去)
        吃相
        (太|真|好)(欺负人|坑人|黑了|恶劣)
        (耍|)无赖
        (赖|不认)账
        (故意|存心)(拖|骗|坑|刁难)
        没天理
        荒(唐|谬)
        (可笑|可耻|无耻)
        (欺骗|愚弄|戏弄)(消费者|客户|顾客|我)
        """,
        en="""
        furious
        livid
        outraged
        outrageous
        disgrace
        disgraceful
        disgusted
        disgusting (service|behaviour|behavior|treatment)
        infuriating
        infuriated
        enraged
        had enough
        enough is enough
        sick and tired
        sick of
        fed up
        pissed( off|)
        how dare you
        are you kidding( me|)
        you people
        you are a joke
        what a joke
        worst (customer |)(service|company|shop|store|experience)
        never (order|buy|shop)(ing|) (from you|here|with you) again
        beyond frustrated
        absolutely ridiculous
        rip(-| |)off
        scammers
        bullshit
        (losing|lost|out of|run out of) (my |)patience
        shambles
        !(gives|give|gave) a damn
        for (god's|heaven's|christ's|goodness|fuck's) sake
        !treated (so badly|this badly|like this|like dirt|like rubbish)
        (blood is boiling|blood boil)
        joke of a (company|shop|store|service)
        (absolute|total|utter|complete) (joke|disgrace|farce|rubbish|garbage)
        (hopping|so|really|very|absolutely) mad
        mad at (you|your)
        seething
        fuming
        irate
        raging
        shame on you
        ought to be ashamed
        should be ashamed
        (terrible|awful|horrible|lousy|appalling) (service|company|experience|shop|support|treatment)
        (atrocious|abysmal|disgusting|rubbish|garbage|dreadful) (service|company|experience|shop|support|treatment)
        what the (hell|heck|fuck)
        wtf
        you lied
        (lied|lying) to me
        liars
        (scam|scammed|scamming|scammer)
        (crooks|thieves|con artists)
        (stole|stealing|robbed) my
        refund me (now|already|immediately)
        my money (back |)(now|right now|immediately)
        worst ever
        zero stars
        never again
        (done with|finished with) (you|your|this company|this shop)
        (complete|utter|total) incompetence
        beyond a joke
        don't deserve (any|customers|my)
        (laughing stock|taking the piss|taking the mick|taking me for a fool)
        (treat|treating|treated) (customers|people|me) like
        not (standing|putting up) (for|with)
        (last|final) straw
        an insult
        insulting
        hate (you|your|this company|this shop)
        (pitiful|woeful|laughable|farcical|ludicrous)
        (preposterous|scandalous|deplorable|inexcusable|unforgivable|intolerable)
        (boiling|steaming|hopping) mad
        (outrage|contempt|contemptuous)
        (rude|arrogant|dishonest) (company|shop|people|lot)
        (fraud|fraudulent|con) (company|shop|website|business)
        """,
        shields="""
        like an angry
        """,
    ),
    2: PhraseSet(
        zh="""
        生气
        气愤
        很气
        什么(态度|服务|垃圾)
        离谱
        糊弄
        敷衍
        忽悠
        踢皮球
        推来推去
        打官腔
        无语
        烦死
        烦透
        不耐烦
        凭什么
        到底(管不管|退不退|什么时候|怎么回事|能不能|想怎样|要怎样|有没有|会不会)
        (还要|还得|要)(我|)等(到|)(多久|什么时候)
        没完没了
        一拖再拖
        又发错
        (第三|第四|第五|好几|五|四|三|八)(次|遍)…(错|说不清|没人|没有人)
        说了(三|四|五|好几|八)遍
        打了(三|四|五|好几|八)(次|个)电话
        不回消息
        言而无信
        说话不算(话|数)
        根本不(把|管|理)
        zz
        拖拖拖
        就知道拖
        (这种|什么)(服务|水平|素质|效率)
        复读机
        敷衍了事
        三番五次
        一而再
        几次三番
        第几次了
        不管不问
        装死
        装聋作哑
        推卸
        推脱
        推诿
        甩锅
        扯皮
        浪费(我|大家)(的|)时间
        (太|真|好)(垃圾|差劲|恶心|讨厌)
        恶心(人|到我)
        差到
        差劲
        烦人
        来气
        憋屈
        受不了(你们|你家)
        不负责任
        (赶紧|赶快|马上|立刻|快点)(给我|)(退钱|解决)
        (马上|立刻|今天)给我
        必须给我
        搞什么
        搞笑(吗|呢|吧)
        (等了|拖了|都|已经)(半个月|一个月|两个月|三个月|好几个月)(了|)还(没|不)
        两面三刀
        出尔反尔
        没(有|)人(理|管|回|答复|搭理)
        除了…还会(干|做|说)
        再不(给我|给|)(退|处理|解决|发货|回复|回我)
        (第|等了|拖了)(三|四|五|六|七|八|十|好几)(天|次|回|个月|周)了
        (还|到底)(有完|要不要|想不想)
        (等|拖)(到什么时候|到猴年马月|多久才)
        猴年马月
        踢来踢去
        一问三不知
        石沉大海
        爱答不理
        不理不睬
        已读不回
        机器人(回复|一样|似的)
        模板(回复|话术)
        套话
        (反复|来回|一遍又一遍)(问|说|解释|折腾|要照片)
        不(讲信用|守信|讲理)
        骗(消费者|客户|顾客)
        虚假(宣传|发货)
        (效率|速度)(这么|太|真|也太)(低|慢|差)
        (莫名其妙|无法理喻|不知所谓)
        (互相|相互)(推|踢)
        (糟|烂)透了
        (太|真|非常|极其|极度)(糟糕|烦|火|窝囊|憋火)
        (心里|一肚子)(火|气)
        (忍|憋)(了|)(很久|好久|够久)
        """,
        en="""
        angry
        unacceptable
        ridiculous
        kind of (service|shop|company) is this
        stop wasting my time
        wasting my time
        waste of (my |)time
        nobody (calls|answers|replies|cares)
        answer me
        where is my money
        third wrong
        wrong (size |item |colour |color |one |)again
        for the (third|fourth|fifth|tenth) time
        called (three|four|five|six|ten|several) times
        excuses
        appalling
        shameful
        pathetic
        your own mistake
        incompetent
        copy and paste
        do you (even |)(read|care|listen)
        can't you read
        annoyed
        annoying
        irritated
        irritating
        nonsense
        poor (customer |)service
        shocking
        unbelievable
        can't believe (you|this|how)
        fuck
        fucking
        bloody
        crap
        damn
        clueless
        how (hard|difficult) can it be
        how many times
        how many more times
        yet again
        umpteenth time
        cross with
        what is wrong with you
        sort it out
        are you serious
        seriously?
        canned (answer|answers|reply|replies|response|responses)
        every time i (ask|call|write|phone|contact|email)
        how you treat
        stop (sending|telling|asking|ignoring|lying|making|fobbing|passing|stalling)
        (get|give) me (back |)my money
        takes (any |)responsibility
        (fob|fobbed|fobbing) (me |)off
        (pillar to post|runaround|run around in circles|going round in circles)
        (messing|messed) me (about|around)
        (ignored|ignoring) (me|my|by)
        (keep|keeps|kept) (telling|asking|sending|making|changing)
        (tired|bored) of (waiting|this|your|asking|chasing|hearing)
        (disgusted|disgusting|appalled)
        (robotic|automated|scripted) (answers|replies|responses|answer|reply|response)
        (no|not one|not a single) (apology|explanation)
        absurd
        (hopeless|useless) (company|service|shop|support|process|system)
        (you|they) (obviously|evidently) (don't|do not) care
        (had it|had enough) with
        (take|taking) (me|us) for (a fool|fools|granted)
        (sheer|utter|complete) (incompetence|cheek|nonsense|arrogance|stupidity)
        (no|zero) (respect|accountability)
        (beggars|beyond) belief
        """,
        shields="""
        angry (red|birds|bird)
        no excuses needed
        zz-
        """,
    ),
}
ANGER_EMOJI: Final = "😡🤬😠👿💢😤"

DISTRESS: Final[Mapping[int, PhraseSet]] = {
    3: PhraseSet(
        zh="""
        崩溃
        绝望
        (快|要|急)哭了
        心(都|)(碎|凉)了
        心都凉
        急死
        睡不着
        无助
        没办法了
        不知道(该|)怎么办
        大失所望
        (实在|太|真|非常|特别|十分|极其|很)(的|是|)失望
        眼泪
        流泪
        泪(流|崩|目)
        想哭
        欲哭无泪
        呜呜
        心(痛|灰意冷)
        提心吊胆
        坐立不安
        失眠
        煎熬
        晴天霹雳
        撑不住
        (承受|接受)不了
        血汗钱
        救命钱
        (身心|精|筋)(俱疲|疲力)
        疲惫不堪
        """,
        en="""
        heartbroken
        broke (my|her|his|our) heartbeat
        desperate
        devastated
        in tears
        worried sick
        at my wit(s|'s|s') end
        helpless
        don't know what to do
        do not know what to do
        sleepless
        can't sleep
        could (just |)cry
        (want|wanted|started|about) to cry
        burst into tears
        (weeping|sobbing)
        gutted
        crushed
        nightmare
        (can't|cannot|can not) (cope|take it|take this|take any more|bear)
        overwhelmed
        inconsolable
        hopeless
        (lost|losing|giving up) hope
        broken(-| )hearted
        worried to death
        panicking
        terrified
        don't know what (to|else|i'm)
        do not know what (to|else)
        (at a loss|beside myself|lost for words|speechless)
        (losing|lost) sleep
        (can't|cannot) stop (crying|worrying|thinking)
        """,
        shields="""
        (笑|感动|好吃到|美|高兴)(到|得|)(快|要|)哭了
        (happy|tears of) (tears|joy)
        """,
    ),
    2: PhraseSet(
        zh="""
        失望
        寒心
        心寒
        难过
        难受
        伤心
        委屈
        着急
        焦虑
        心疼
        心累
        担心
        毁了
        折腾
        跌到谷底
        (我|真的|太|好|很)(真的|)(很|太|好|)累
        怎么办
        帮帮我
        求求
        哭了(一|很|好)
        害怕
        好怕
        (好|心|很)慌
        怎么(跟|向|和|给)…交代
        太难了
        跑了(三|四|五|几|好几|两)(趟|次)
        心情(不好|很差|糟|低落|一下)
        郁闷
        沮丧
        失落
        苦恼
        揪心
        闹心
        堵心
        心塞
        破防
        扫兴
        泄气
        灰心
        无奈
        无能为力
        不知所措
        忐忑
        泡汤
        白(等|跑|费)了
        空欢喜
        落空
        傻眼
        来不及了
        赶不上
        急(用|需)(钱|)
        等着(用|救急)
        (睡|吃)不(好|下)
        没睡好
        (怕|担心)…(退不|拿不|要不|收不|赶不)
        (心|眼)都(凉|碎|红)了
        不是滋味
        (拜托|求)(你们|您|大家)
        (等|盼)了(这么久|那么久|好久)
        没想到(会|是)(这样|这么)
        """,
        en="""
        disappoint(ed|ing|ment)
        upset
        upsetting
        ruined
        stress(ed|ful)
        let(-| |)down
        sad
        saddened
        anxious
        worried
        frustrat(ed|ing)
        exhaust(ed|ing)
        distress(ed|ing)
        please help me
        (cried|crying)
        struggling
        miserable
        dismayed
        disheartened
        scared
        (feel|feeling|felt) (cheated|betrayed|terrible|awful|lost|ignored|forgotten|abandoned|sick|hurt)
        (feel|feeling|felt) so bad
        and now this
        looking forward to … and now
        spoil(ed|t) (the|her|his|my|our)
        such a shame
        worn out
        drained
        can somebody please help
        somebody please help
        (urgently|desperately) need
        too late for (the|my|his|her|our)
        missed (the|her|his|our|my) (wedding|birthday|party|anniversary|funeral)
        dishearten(ed|ing)
        stress
        (want|wish) (it|this) (all |)to be over
        (sick with worry|worrying|worries me)
        (unhappy|sorrow|sorry state)
        (let|letting) (me|us|her|him) down
        (feel|feels|felt) (like crying|small|helpless|powerless|exhausted|low)
        (dreading|dread)
        (had|have|has) been counting
        """,
        shields="""
        (克服|缓解|摆脱|治疗)焦虑
        不(用|必)担心
        (从不|没|没有|不|不会|从没)(让|叫)(我|人|大家)失望
        (did not|didn't|never|does not|doesn't) disappoint
        sad (clown|face|cat|panda)
        """,
    ),
}
DISTRESS_EMOJI: Final = "😭😢😞😔💔🥺😣😖😩"

SAFETY: Final[Mapping[str, PhraseSet]] = {
    "fire": PhraseSet(
        zh="""
        着火
        起火
        冒烟
        烧焦
        烧黑
        烧着
        烧起来
        火花
        自燃
        爆炸
        炸裂
        炸开
        爆开
        (电池|充电宝|手机)…(炸|鼓包|发烫)
        熔(了|化)
        烧(了|穿|出|破)(个|一个|一|)(大|小|)洞
        烧(坏|糊|化)
        (糊|焦|焦糊)味
        黑烟
        (起|出|冒)(了|出|)烟
        火(苗|星)
        (玻璃|钢化|屏幕|杯子|锅|灯|瓶子)…(炸了|自爆|爆了)
        (电池|充电宝)…(漏液|膨胀|鼓起)
        冒(了|)火
        (插座|插头|充电器|电线|排插)…(黑|化|糊|焦)了
        烫得(没法|不敢|要命)
        (水壶|高压锅|烤箱|微波炉|煤气灶|插座|热水袋|暖手宝|空气炸锅|灯泡|灯管|电视|屏幕)…炸(了|开|裂)
        跳闸
        (电|打)火花
        冒火
        烧(起|着|穿|化|坏)了
        """,
        en="""
        (caught|catch|catches|catching) fire
        on fire
        set fire
        burst into flames
        (in|into|of) flames
        smoke (came|comes|coming|poured|pouring|rising)
        smoke (out of|from)
        (is|was|started|began|starts|were|it's) (smoking|to smoke)
        exploded
        explodes
        exploding
        explosion
        blew up
        overheat(ed|s|ing|)
        melted
        spark(s|ed|ing)
        burn(ed|t) (down|through|a hole)
        burning smell
        smell(s|ed|) (of |)(burning|burnt)
        scorched
        melt(s|ing)
        singed
        charred
        smoulder(ing|ed)
        burn(t|ed) a hole
        (flame|flames) (shot|came)
        too hot to touch
        (red|scorching) hot
        battery (swelled|is swollen|leaked|is leaking|burst|is bulging)
        went (up in smoke|bang)
        there was a bang
        smoke is (coming|pouring|rising)
        (smell|smelled|smelt|stank|smells) (of |like |)(smoke|burning|plastic burning)
        (burned|burnt|burning) (out|up|my|the|our|a)
        (fuse|fuses|circuit breaker|breaker) (blew|tripped|trips|blown)
        (flames|sparks|smoke|fumes) from
        """,
        shields="""
        (价格|简直|太|口味|颜值|口感|味道|真是|便宜得)…炸裂
        心里着火
        (灭|防|消)着火
        risk of fire
        sales explosion
        爆炸(糖|盐|头|贝贝)
        (防|阻)燃
        烤糊
        """,
    ),
    "electric": PhraseSet(
        zh="""
        漏电
        触电
        电击
        被电(到|了)
        电了(我|他|她|孩子|一)
        短路
        电到(我|手|孩子|人)
        麻了一下
        """,
        en="""
        electric(al|) shock
        electrocuted
        (gave|got|get|gives|give|had) (me |him |her |us |a |an )…shock
        shocked (my|his|her) (hand|fingers|arm)
        short(-| )circuit(ed|)
        (a|an|small|big|bad|nasty) shock (when|from|off)
        (zapped|shocked) (me|him|her)
        """,
        shields="""
        防漏电
        漏电保护
        防触电
        触电保护
        """,
    ),
    "injury": PhraseSet(
        zh="""
        受伤
        割伤
        烫伤
        烧伤
        扎伤
        夹伤
        砸伤
        摔伤
        摔倒
        摔下来
        骨折
        流血
        出血
        (手|脸|脚|腿|指|孩子|宝宝|眼睛)…(划伤|割破|划破|扎破|夹到)
        (去|送|进)(了|到|)(医院|急诊)
        去医院(说|检查|看)
        住院
        昏迷
        晕倒
        窒息
        出人命
        溅到…眼
        眼睛…(溅|看不清|看不见|刺痛)
        缝(了|)(几|两|三|四|五)针
        (手|手指|指头|脸|脚|腿|胳膊|眼睛|眼|嘴|皮肤|脖子|背)…(划破|划到|割到|割破|扎到|扎破|烫到|烧到)
        (手|手指|指头|脸|脚|腿|胳膊|眼睛|眼|嘴|皮肤|脖子|背)…(夹到|砸到|破皮|红肿|肿了|起泡|水泡|发炎|溃烂)
        (划|割|扎|烫|夹|砸)(到|破|伤)…(手|脸|脚|腿|眼|嘴|皮肤|指|孩子|宝宝)
        (腰|腿|头|膝盖|屁股|尾椎|胳膊)…(摔坏|摔断|摔破|摔伤|磕破|磕到|撞到|扭伤|断了)
        (腰|腿|头|膝盖|屁股|尾椎|胳膊)(摔|磕|撞|扭)
        (在|挂|看|上)(了|)急诊
        救护车
        抢救
        (打|叫|拨)(了|)120
        送医
        (看|找)了医生
        医生…(缝|拍片|包扎|住院)
        塞(进|到)…(鼻|耳)
        取不出来
        人…(差点|险些)(没命|出事)
        (差点|险些)(没命|出人命|毁容|失明)
        毁容
        (划|割|扎|烫|夹|砸|刮|磕)了(手|脸|脚|腿|眼|嘴|头|我|孩子|宝宝)
        流(了|)(好多|很多|不少|满手|一手|一地|点|)血
        止不住血
        (磕|撞|摔)(了|出)(个|一个|)(大|)包
        (头|脸|手|腿)(上|)(磕|摔|撞|划|割|烫)
        (缝|打)了(石膏|破伤风)
        破伤风
        (手上|手指|手臂|脸上|额头|眼皮|眼睛|嘴唇|舌头|喉咙)…(肿|起泡|水泡|淤青|乌青|青了|青一块)
        (手上|手指|手臂|脸上|额头|眼皮|眼睛|嘴唇|舌头|喉咙)…(破皮|出血|流血|刺痛|发炎|溃烂|烂了)
        (脖子|膝盖|皮肤|胳膊|身上|头皮|大腿|小腿|一腿|脚上)…(肿|起泡|水泡|淤青|乌青|青了|青一块)
        (脖子|膝盖|皮肤|胳膊|身上|头皮|大腿|小腿|一腿|脚上)…(破皮|出血|流血|刺痛|发炎|溃烂|烂了)
        (开水|热水|热油|热汤|滚水)…(溅|洒|泼|漏|烫)
        (孩子|宝宝|小孩|老人|爷爷|奶奶)…(摔下|滚到地|滚下|跌下|跌倒|被砸|被夹|被烫|被割|被扎|被电)
        (去|看|挂|上|进|住)(了|过)(医院|急诊|皮肤科|眼科|骨科|外科|诊所|门诊)
        (去|看|挂)(皮肤科|眼科|骨科|外科|急诊)
        (医药|医疗|治疗)费
        (脑震荡|挫伤|擦伤|扭伤|拉伤|韧带|骨裂)
        """,
        en="""
        injured
        injury
        injuries
        (was|were|got|been|gets|is) hurt
        hurt (my|his|her|our) (hand|back|leg|arm|head|foot|finger|eye|knee)
        cut (my|his|her|our|myself|himself|herself|me|him)
        (burned|burnt) (my|his|her|our|myself|himself|herself|me|him)
        bleeding
        broke (my|his|her) (wrist|arm|leg|hand|foot|nose|tooth|ankle|hip|finger)
        fractur(e|ed)
        concussion
        stitches
        (go|went|taken|rushed|brought) to (the |a |)(hospital|a&e|er|emergency)
        (brakes|brake) failed
        fell off
        (splashed|sprayed|got|went|flew) (in|into) (my|his|her|the|both) eye(s|)
        cannot see well
        unconscious
        fainted
        dizzy
        (sliced|slashed|scalded|bruised|pinched|trapped) (my|his|her|our|their)
        (crushed|stabbed|gashed|grazed|scratched|fractured) (my|his|her|our|their)
        (finger|fingers|hand|arm|leg|foot|toe|eye|face|head|lip|thumb|skin)…(bleeding|bled|injured|bruised)
        (finger|fingers|hand|arm|leg|foot|toe|eye|face|head|lip|thumb|skin)…(burnt|burned|scalded|blistered|infected)
        (finger|fingers|hand|arm|leg|foot) (got|was|were|is) (cut|hurt|trapped|swollen|broken|crushed)
        (toe|eye|face|head|lip|thumb|skin) (got|was|were|is) (cut|hurt|trapped|swollen|broken|crushed)
        hurt (myself|himself|herself|themselves)
        (a&e|emergency room|ambulance|paramedics|urgent care|intensive care)
        (see|saw|to see) a doctor
        to the (doctor|doctors|doctor's)
        medical (attention|treatment)
        up (her|his|my) nose
        stuck in (her|his|my) (throat|ear|nose)
        nearly (killed|blinded|choked|lost an eye|lost a finger)
        could have (killed|died|been killed|lost an eye|burned|blinded)
        (broken|broke) (bone|bones|rib|ribs)
        knocked (me|him|her) (out|unconscious)
        sprained
        (broken|twisted|dislocated|sprained|burnt|burned|hit|banged) (my|his|her) (wrist|arm|leg|hand|foot|nose)
        (broken|twisted|dislocated|sprained) (my|his|her) (tooth|ankle|hip|finger|head|back|knee)
        (burnt|burned|hit|banged) (my|his|her) (tooth|ankle|hip|finger|head|back|knee)
        (collapsed|snapped|gave way|broke) (while|when|under|beneath|with) (i|me|my|he|she|we|him|her)
        (cut|hit|bumped|banged) (my|his|her) head
        (blood|bruises|bruise|a gash|a bump|concussed)
        (swell|swelled|swelling) (up|so)
        (hot|boiling) (water|soup|oil|coffee|tea|liquid) (went|spilled|spilt|splashed|poured|all over|over)
        threw (me|him|her|my)
        (head|back|neck|shoulder|hip|rib) injury
        (bruised|black eye|bled|bleed)
        (cut|burn|scald|bruise|wound|gash) on (my|his|her|our)
        (needed|had|getting) (stitches|surgery|an operation|treatment|first aid)
        (tripped|slipped) (and|over|on) …(fell|hurt|hit|broke)
        """,
        shields="""
        (防|防止|避免|以免|预防)(意外|)(受伤|烫伤|割伤|夹伤|摔倒|窒息|烧伤)
        住院部
        hurts my eyes
        fell off (the |a |)(truck|lorry|shelf|table)
        """,
    ),
    "ingestion": PhraseSet(
        zh="""
        误食
        误吞
        误吸
        吞(下|进|了|食|到)
        噎(住|到|着)
        呛(到|住)
        卡(在|住)…喉
        误(喝|饮)
        (吃|喝|咽|吃进|吃到|喝到)(了|到|进|)…(塑料片|玻璃|金属|铁丝|铁钉|石子|虫子|电池|磁铁|零件|干燥剂)
        咽(下|了|进)
        (孩子|宝宝|小孩|儿子|女儿|娃)…(吞|咽|吃下去|吃进去|塞嘴里|含嘴里)
        """,
        en="""
        swallow(ed|s|ing|)
        chok(ed|es|ing)
        ingested
        ate (a|the|some) (piece|magnet|magnets|battery|bead|beads)
        in (her|his) mouth and
        stuck in (his|her|my|the baby's) (throat|windpipe|airway|nose|ear)
        (put|stuck) (it|one|them) in (his|her) (mouth|nose|ear)
        """,
        shields="""
        choking hazard (label|warning|sign)
        """,
    ),
    "allergy": PhraseSet(
        zh="""
        过敏
        红疹
        皮疹
        起疹
        荨麻疹
        嘴唇…肿
        脸…肿
        肿起来
        喘不(上|过)气
        呼吸困难
        又红又肿
        红肿
        (脸|身上|全身|皮肤)…(烂|痒|红点|起包|疙瘩)
        起(了|)(一身|满脸|很多|好多|全身)
        灼伤
        奇痒
        火辣辣
        喉咙…肿
        休克
        (小|)红点
        又痒又(疼|痛|红)
        又(疼|痛)又痒
        又肿又(烂|疼|痒|红)
        (皮炎|湿疹|荨麻疹|红斑|水疱)
        """,
        en="""
        allergic (reaction|shock)
        had an allergy
        (a|skin|red) rash
        hives
        anaphyla(xis|ctic)
        swollen
        swelled up
        (can't|cannot|can not|couldn't) breathe
        (trouble|difficulty|difficulties) breathing
        throat (closed|is closing|swelled|was closing|tightened)
        itch(y|ing|ed) all over
        broke out in
        blister(s|ed|ing)
        burn(s|ing|ed|t) my (skin|eyes|face)
        (skin|eyes) (is|are|was|were) burning
        (short|shortness) of breath
        stopped breathing
        epipen
        (eyelids|eyes|lips|tongue|face|throat|skin|hands|feet) (swell|swelled|swollen|swelling|itch)
        (eyelids|eyes|lips|tongue|face|throat|skin|hands|feet) (itching|burning|burn|burns|went red|turned red)
        (eczema|dermatitis|welts)
        """,
        shields="""
        (不会|不易|不|低|抗|防)过敏
        (过敏体质|过敏源|过敏原|过敏肌)
        """,
    ),
    "poison": PhraseSet(
        zh="""
        中毒
        拉肚子
        上吐下泻
        呕吐
        (煤气|燃气|天然气)…(漏|泄)
        玻璃(碴|渣|碎片)…(嘴|吃|喝|奶|饭|菜)
        (吃|喝|奶|饭|菜|粉|罐|面包|零食)…玻璃(碴|渣|碎)
        (里|里面)(有|吃出|发现)(刀片|针|铁丝|虫子|老鼠)
        一直(吐|拉|在吐|在拉)
        吐(个不停|了一晚|了好几|了一天|得)
        腹泻
        腹痛
        肚子(疼|痛)
        恶心想吐
        头晕
        (吃|喝)(了|完|下)…(过期|变质|发霉)…(吐|拉|疼|痛|医院)
        """,
        en="""
        food poisoning
        poisoned
        vomit(ed|ing)
        gas (leak|leaks|leaked)
        gas (hose|pipe|tube|bottle|valve) (leak|leaks|is leaking|leaked)
        smell(s|ed|) (of |)gas
        (glass|metal|needles|needle|a blade) in…(food|milk|soup|bread|jar|salad|rice)
        (throwing|threw|thrown) up
        been (violently |very |)(sick|ill) (since|after|all)
        (sick|ill) after (eating|drinking|using)
        (made|makes|making) (me|us|him|her|them) (sick|ill)
        (diarrhoea|diarrhea)
        stomach (cramps|pain|pains|ache)
        carbon monoxide
        """,
    ),
    "self_harm": PhraseSet(
        zh="""
        不想活
        活不下去
        活着(没|没有)(意思|意义)
        自杀
        轻生
        想死(了|算了|的心)
        不如死了
        跳楼
        跳下去
        割腕
        一了百了
        结束(自己的|我的|)生命
        活着(太|好|真)(累|苦|没)
        离开(这个|)(世界|人世)
        死了算了
        死给你
        活够了
        (跳|投)(河|江)
        上吊
        (喝|吃)(农|安眠)药
        撑不下去
        (不如|还不如|想)(去|)死了
        (没|没有)活(着|下去)的(意义|意思|勇气)
        活下去的(必要|意义|勇气|动力|理由)
        活着(还|又|)有什么(意思|意义|用)
        活着没(有|)(意思|意义|劲)
        一死了之
        遗书
        自残
        不想在这个世界
        """,
        en="""
        kill myself
        end my (own |)life
        end it all
        don't want to live
        do not want to live
        no reason to live
        suicide
        suicidal
        (want|wish) to die
        harm myself
        better off dead
        rather be dead
        (can't|cannot) go on (living|like this|any more|anymore)
        take my (own |)life
        don't want to be here (any more|anymore)
        no point (in |)living
        nothing (left |)to live for
        overdose
        (the|any|much) point (in |of |)living
        (don't|do not) see (the|a|any) point (in |of |)(living|going on)
        (can't|cannot) take (it|life|this) any (more|longer) and want
        (not|n't) want to (wake up|live|be alive)
        better off without me
        (wish|wishing) i (was|were) (dead|never born|not here)
        (disappear|vanish) (for ever|forever|and never)
        (self-harm|self harm|cutting myself|hurting myself)
        goodbye (world|everyone)
        """,
        shields="""
        跳楼价
        跳楼大甩卖
        跳楼机
        suicide squad
        """,
    ),
    "threat": PhraseSet(
        zh="""
        (杀|弄死|砍死|打死|捅)(了|)你
        打断(你|你们|)(的|)腿
        小心我(找|打|弄|去)
        要你(的|)命
        砸(了|)(你们|你)(的|)(店|仓库)
        (让|叫)你(们|)(不得好死|吃不了兜着走)
        (弄|整|搞|打|砍)死你
        找人(收拾|打|弄|修理)你
        别让我(碰到|看到|见到|遇到)你
        同归于尽
        (烧|炸|砸)了你们
        堵(你|你们)(家|门|公司)
        (揍|打|弄|收拾)你一顿
        (揍|砍|捅|打)(死|)你
        找人(去|来|)(揍|打|弄|收拾|砍)
        """,
        en="""
        kill you
        beat you( up|)
        hurt you
        know where you (work|live)
        i('ll| will|'m going to| am going to) find you
        (you'll|you will) regret
        watch your back
        burn (your|down your) (shop|store|warehouse)
        break your (legs|neck|arms)
        (slap|punch|smash|shoot|stab) you
        i'll come (for|after) you
        come (down |)there and
        smash your (face|head|skull|teeth|windows)
        (your|his|her) (face|head|teeth) in
        (come|coming) (to|for|after|round to) (you|your office|your house|your shop) (and|with)
        """,
        shields="""
        i('ll| will|'m going to| am going to) find you (the|a|an|my|that|this|some|it|one|another|more)
        """,
    ),
}
SAFETY_ASKED: Final = """
会不会…(漏电|过敏|着火|爆炸|受伤|烫伤|中毒|起火|冒烟|短路)
(是否|有没有可能|容易|可能)(会|)…(漏电|过敏|着火|爆炸|起火|中毒|短路)吗
(causes|cause|trigger|triggers) an allergy
"""
"""Questions about safety before use; no danger is reported."""

GOING_PUBLIC: Final[Mapping[int, PhraseSet]] = {
    3: PhraseSet(
        zh="""
        12315
        315晚会
        黑猫
        消协
        消保委
        消委会
        消费者(协会|委员会|权益)
        (市场|)(监管局|监督局|监管所)
        市监局
        (去|到|向|找|上)(市场监管|工商)
        工商(局|)(举报|投诉)
        举报
        媒体
        记者
        电视台
        (上|登)(报|热搜|新闻|电视)
        曝光
        起诉
        (上|去|到)(法院|法庭)
        (法院|法庭)见
        打官司
        律师(函|会|来|跟|找)
        (找|请|委托|咨询)(了|)律师
        拒付
        拉横幅
        (找|打|上|到|拨)315
        传票
        仲裁
        诉讼
        告(你们|你|到|上)
        (走|通过|拿起)(法律|司法)
        报警
        派出所
        (有关|相关|主管)部门
        (质监|药监|食药监|商务|税务)局
        12345
        市长热线
        信访
        采访
        报社
        找新闻
        银行…(撤销|拒付|争议)
        撤销…(交易|付款|支付)
        退一赔三
        (监督管理|市场监督|市场监管)局
        市监
        (律师|律所|法务)(跟|和|找|联系|介入|沟通)
        (违法|违反)(的|了|消费者|法律|三包)
        消费者(保护|投诉)
        """,
        en="""
        trading standards
        charge(-|)back
        bbb
        better business bureau
        ombudsman
        ftc
        attorney general
        consumer (protection|council|watchdog|agency|association)
        citizens advice
        small claims( court|)
        take you to court
        see you in court
        legal action
        (solicitor|lawyer|attorney) (will|is going|has)
        (call|calling|contact|contacting|contacted|hear from) (a|my|our) (lawyer|solicitor|attorney)
        (hire|hired|see|seeing) (a|my|our) (lawyer|solicitor|attorney)
        (i will|i'll|i'm going to|going to|we will|we'll) sue
        sue you
        suing (you|your)
        (go|going|went|talk|talking) to the (press|media|papers|newspapers|news)
        (contact|contacted|contacting|call|called|tell|told|emailed)…(the press|newspaper|newspapers|the media)
        (contact|contacted|contacting|call|called|tell|told|emailed)…(journalist|reporter|tv station)
        (write|wrote) to…(the press|newspaper|newspapers|the media|journalist)
        (in|all over) the (media|press|papers|newspapers|news)
        (report|reported|reporting) (you|this|your shop|your company|your store) to
        (dispute|disputing|disputed) the (payment|charge|transaction|purchase)
        (open|opened|file|filed|opening|filing) a (dispute|claim|case) with
        barrister
        (legal|court) (team|advice|proceedings|claim|papers)
        letter before action
        tribunal
        arbitration
        lawsuit
        prosecute
        revers(e|ing|ed) the (charge|payment|transaction)
        section 75
        through my (card issuer|credit card|bank)
        (bank|card issuer) (to|will) (reverse|cancel|dispute|claw)
        which? magazine
        watchdog
        (bbc|cnn)
        action fraud
        (call|calling|called|tell|inform) the police
        consumer (rights|affairs|hotline|helpline|centre|center|reports|advice)
        (competition and markets|financial conduct|advertising standards) authority
        accc
        (contacting|contacted|spoken to|speaking to|informed) (the authorities|my solicitor|my lawyer)
        take(n|) (this|it) further
        taking (this|it) further
        told me to report you
        (is|works as|who is) a (journalist|reporter|lawyer|solicitor)
        (local|national|evening) (paper|news|tv|radio)
        (contact|contacting|write to|writing to|going to) (my mp|my senator)
        (contact|contacting|write to|writing to|going to) (my congressman|the authorities|the regulator)
        """,
        shields="""
        (多|流|全)媒体
        记者节
        (曝光)(过度|不足|补偿|时间|功能|模式|值)
        (长|多重|二次)曝光
        (发票抬头|抬头)…法院
        small claims form
        12315(号|室|路|弄)
        发到我(的|)(邮箱|微信|手机)
        """,
    ),
    2: PhraseSet(
        zh="""
        小红书见
        (发|上|挂|晒|传|放)(到|在|上|)(小红书|抖音|微博|知乎|贴吧|b站|快手)
        (发|挂|晒|传|放|公开)(到|在|)(网上|网络|群里|各个群)
        朋友圈…(挂|曝|晒出来)
        挂出来
        挂(到|在)(网上|朋友圈)
        网友…评
        让(大家|所有人|网友|全网)(都|)(看看|知道|评评理)
        公之于众
        (申请|要求|找|请)(了|)平台(介入|投诉|客服)
        平台申请介入
        (打|给|写)(你们|个|)差评
        维权
        避雷
        吐槽
        (发|写)(个|篇|一篇|)(帖|贴|帖子|长文|文章|小作文)
        (业主|家长|各个|各种|所有)群
        各大平台
        全网
        热搜
        让更多人(知道|看到)
        (劝|提醒|告诉)(大家|所有人|网友)
        (聊天记录|截图|证据)…(发到|发给媒体|公开|曝光|上传)
        (都截图|截图保存|录音|录屏)了
        """,
        en="""
        trustpilot
        (one|1)(-| )star( review|)
        (bad|negative|terrible|horrible) review
        social media
        (post|posting|posted|share|sharing) (this|it|about you|about this) …(twitter|facebook|tiktok|reddit|instagram)
        (post|posting|posted|share|sharing|put|putting) (this|it|everything|photos) …(online|youtube|internet)
        (go|going|goes|gone) viral
        name and shame
        (tell|telling|warn|warning) everyone
        (everyone|everybody) can see
        whole (internet|world)
        go public
        tweet(ing|) (about|this)
        (write|writing) (a|an) (article|blog|blog post|review|honest review)
        people (need to|should|must) know
        (warn|warning) (others|people|friends)
        let (people|others|everyone) know
        spread the word
        google review
        facebook group
        (review|reviews) (everywhere|online)
        go online
        screenshots
        review site(s|)
        (every|all) review
        (so|let) (others|people|everyone|everybody) (know|knows|are warned|beware)
        (photos|pictures|story|screenshots) (on|to) (facebook|twitter|tiktok|instagram)
        (photos|pictures|story|screenshots) (on|to) (reddit|youtube|social|the internet)
        (write|writing) about (this|you|it) on
        """,
        shields="""
        five-star review
        social media (page|account|link|icon)
        """,
    ),
}

COMPLAINT: Final[Mapping[int, PhraseSet]] = {
    3: PhraseSet(
        zh="""
        投诉
        申诉
        (找|叫|喊|让|请|要|换|转接)(你们|你|个|)(的|)(主管|经理|领导|负责人|老板|上级)
        (跟|和|向|给)(你们|)(主管|经理|领导|负责人|老板|上级)(反映|投诉|说|谈)
        态度(恶劣|很差|极差|太差|差)
        (能|)管事的
        (做得了|能做)主的
        你们总部
        (给|向)我道歉
        赔礼道歉
        (必须|要|要求)(道歉|赔)
        精神损失
        误工费
        (转给|转到|转)(你们|)(的|)(主管|经理|领导|负责人|上级)
        """,
        en="""
        complaint
        complaints
        complain
        complaining
        (speak|talk|speaking|talking) (to|with) (your|a|the) (manager|supervisor|boss)
        (get|give) me (a|your|the) (manager|supervisor|boss)
        (want|need|demand|like) (a|your|the|to see a) (manager|supervisor)
        (put|pass|transfer|connect) me (through |over |on |)to
        someone (senior|higher|in charge)
        in charge here
        escalate
        lodge
        grievance
        complaints (team|department|procedure|process)
        (report|reporting) (a|one of|your) (member|employee|agent|driver|of your staff|staff|colleague)
        take this further
        log this
        formally
        formal
        head office
        customer relations
        (was|so|very|extremely|been) rude
        hung up on me
        """,
        shields="""
        投诉(就|)(不必|不用|算)
        """,
    ),
    2: PhraseSet(
        zh="""
        不满
        不认可
        不接受
        不同意这
        不服
        异议
        (有|提)(点|个|些|)意见
        反映
        (给|要)(我|个|一个|我个|我一个|我们一个)(说法|交代|交待|解释)
        要(一|)个(说法|交代)
        书面(答复|回复|说明)
        要求(书面|赔偿|赔付|补偿|复核|复检|升级|道歉|重新|你们)
        赔偿(我|损失|精神)
        升级处理
        (不能|无法|难以)接受
        不(合理|公平|讲理)
        重新(处理|审核|检测|验收|评估)
        (复审|复核|复检)
        第三方检测
        (有人|谁来|谁)负责
        合理(的|)解释
        解释清楚
        (反馈|反应)…(态度|问题|恶劣)
        不同意(扣|这|你们|该|此)
        重新(核算|计算|核实|检查|验)
        再(检查|核|验|检)一(次|遍)
        (验收|检测|检验|处理|核算|扣款)…(不对|不准|有误|不公|错误)
        """,
        en="""
        not (satisfied|happy|at all happy|at all satisfied)
        dissatisfied
        unsatisfied
        unhappy
        (do not|don't|cannot|can't|won't|refuse to) accept
        appeal against
        (want|like|wish) to appeal
        object to
        i object
        (demand|want|expect|claim|require) (compensation|an apology|an explanation|a written)
        written (explanation|answer|response|reply|apology)
        (this|it) (investigated|looked into|reviewed)
        not good enough
        unacceptable
        unfair
        not fair
        second opinion
        disagree with (your|the|this)
        dispute (the|your) (result|results|finding|findings|decision|inspection|deduction)
        challenge (the|your|this) decision
        (badly|poorly) handled
        mishandled
        unprofessional
        unhelpful
        who (can|do|should) i (speak|talk|complain|turn) to
        (put|make) (it|this|things) right
        (don't|do not|didn't|can't) agree
        (looked at|looked into|checked|reviewed|considered) (again|properly|once more)
        (look at|check|review|reconsider) (it|this|my case) again
        reconsider
        (dealt with|handled) (badly|poorly|properly)
        (want|like) (that|this|it) (dealt with|sorted|resolved|escalated)
        """,
        shields="""
        没有(什么|任何|)(不满|异议|意见)
        """,
    ),
}

VULNERABLE: Final[Mapping[str, PhraseSet]] = {
    "grief": PhraseSet(
        zh="""
        去世
        过世
        离世
        病逝
        (走|离开)了,(家里|我)
        流产
        (妈妈|爸爸|父亲|母亲|老公|老婆|爱人)(前几天|上周|上个月|刚刚|刚|已经|)(刚走|没了|不在了|走了)
        (先生|太太|爷爷|奶奶|儿子|女儿|家人)(前几天|上周|上个月|刚刚|刚|已经|)(刚走|没了|不在了|走了)
        丧事
        办后事
        """,
        en="""
        passed away
        (husband|wife|mother|father|mum|mom|dad|son|daughter|partner|brother|sister) (has |just |recently |)died
        (my|our) late (wife|husband|mother|father|mum|mom|dad|son|daughter|partner|brother|sister)
        bereave(d|ment)
        (a|my|her) funeral
        miscarriage
        lost my (husband|wife|mother|father|mum|mom|dad|son|daughter|partner|brother|sister|child|baby)
        (widow|widower|widowed)
        (his|her) estate
        grieving
        """,
    ),
    "illness": PhraseSet(
        zh="""
        化疗
        放疗
        癌症
        (正在|还在|在|刚)住院
        (刚|才)(出院|做完手术|动完手术)
        (做|动)(了|完|)手术
        卧床
        瘫痪
        中风
        (身体|身子)…(虚弱|不好)
        抑郁
        焦虑症
        精神(疾病|障碍)
        怀孕
        身孕
        孕晚期
        (卧床|安胎|保胎|养胎|养病)
        坐月子
        在月子里
        月子里
        哺乳期
        刚生(完|了|)(孩子|宝宝)
        产后
        (重病|病重|病危|绝症|透析|白血病|肿瘤|心脏病|帕金森|偏瘫|癫痫)
        (出不了|出不去)门
        下不了(楼|床)
        没法下(楼|床)
        """,
        en="""
        chemo
        chemotherapy
        cancer
        (in|in the) hospital
        hospitali(s|z)ed
        surgery
        (a|my|had a|from a) stroke
        bedridden
        housebound
        depression
        mental (health|illness)
        ptsd
        pregnant
        leave the house
        (terminally|seriously|chronically) ill
        (hospice|palliative)
        dialysis
        parkinson's
        multiple sclerosis
        i have (ms|me|epilepsy|diabetes|arthritis|leukaemia|leukemia)
        (epilepsy|epileptic)
        long covid
        chronic (illness|pain|fatigue)
        fibromyalgia
        arthritis
        heartbeat (attack|condition|surgery|failure)
        anxiety disorder
        panic attacks
        (bipolar|schizophrenia)
        breakdown
        just had a baby
        gave birth
        newborn
        can't (walk|drive|climb|lift|get out)
        """,
        shields="""
        stroke (width|of luck|order)
        cancer (charity|ribbon)
        """,
    ),
    "disability": PhraseSet(
        zh="""
        盲人
        失明
        视障
        视力(障碍|不好|很差)
        眼睛(不好|不行|看不见|花)
        (看不见|看不清)(屏幕|字)
        听障
        聋人
        失聪
        耳朵(听不见|不好|背|聋)
        (坐|用)轮椅
        残疾
        残障
        (行动|腿脚|手脚)(不便|不好|不方便|不利索)
        阅读障碍
        自闭症
        聋哑
        耳背
        助听器
        听力(不好|障碍|有问题)
        眼睛…(看不|不好使)
        走不了路
        拄(拐|着拐)
        智力障碍
        唐氏
        多动症
        字(能|可以)大(一|)点
        """,
        en="""
        (i'm|i am|is|are) (legally |partially |completely |)(blind|deaf)
        visually impaired
        partially sighted
        hard of hearing
        (a|my|her|his) wheelchair
        disabled
        disability
        dyslexic
        dyslexia
        autistic
        autism
        (my |)(eyesight|sight) is (very |so |)(poor|bad|failing|going)
        (sight|hearing) loss
        hearing (impaired|aid|aids)
        (sign language|braille|screen reader|large print)
        learning (difficulties|difficulty|disability|disabilities)
        special needs
        adhd
        down('s|) syndrome
        mobility (issues|problems|scooter)
        crutches
        walking (stick|frame)
        can't stand (in|for|up)
        """,
        shields="""
        wheelchair (ramp|cover|bag|cushion|wheel)
        残疾人(通道|证件夹)
        can't stand (the|this|that|it)
        """,
    ),
    "age": PhraseSet(
        zh="""
        老年痴呆
        痴呆
        阿尔茨海默
        不识字
        不(会|懂)(用|操作|使用|)(手机|电脑|上网|智能机|网络)
        老人(家|)(不会|不懂|自己|独居|一个人)
        独居老人
        老人(家|)…(不会|不懂|弄不)
        今年(六|七|八|九)十(多|几|来|)(岁|了)
        (八|九)旬
        没有智能(手)机
        老年机
        不认字
        认字不多
        不会(用|操作|弄|使)(这个|那个|)(小程序|软件|app|系统|网站|手机|电脑)
        (子女|儿女|孩子)(都|)不在身边
        空巢老人
        """,
        en="""
        dementia
        alzheimer's
        elderly (mother|father|mum|mom|dad|parent|parents|aunt|uncle|neighbour|neighbor|grandmother|grandfather)
        pensioner
        (don't|do not) know how to use
        no (internet|computer|smartphone)
        (i'm|i am|is|aged) (seventy|eighty|ninety)
        (i'm|i am|is) in (my|her|his) (seventies|eighties|nineties)
        great-grandmother
        care home
        nursing home
        (a |my |)carer for
        power of attorney
        types for me
        hands shake
        (not|n't) good with (computers|technology|phones|the internet)
        """,
    ),
    "language": PhraseSet(
        zh="""
        (中文|汉语|普通话)(不好|不太好|说不好|很差)
        (不会|不懂|看不懂)(中文|汉语)
        (长的|)说明(都|)看不懂
        不会打字
        (我是|)外国人
        刚来中国
        """,
        en="""
        english is (not|n't) (so |very |)(good|great)
        english isn't (so |very |)(good|great)
        (my|poor|bad) bad english
        (don't|do not) speak (much |good |)english
        (can't|cannot|can not) read
        only speak (a little|some|a bit of) english
        english is(n't| not) my first language
        don't understand english
        (an interpreter|a translator)
        """,
        shields="""
        (can't|cannot|can not) read (the|it|this|your) (label|number|code|print|size|date)
        """,
    ),
    "hardship": PhraseSet(
        zh="""
        失业
        (付|负担)不起
        低保
        经济困难
        下岗
        单亲(妈妈|爸爸|家庭)
        没钱(吃饭|交房租|看病|生活)
        贫困
        残疾证
        """,
        en="""
        lost my job
        unemployed
        (can't|cannot|can not) afford
        on benefits
        homeless
        food bank
        evicted
        made redundant
        universal credit
        single (mum|mother|parent|dad)
        in debt
        """,
    ),
}
ELDERLY: Final = 65
"""From this age in years a customer who states an age is served as one who may need more time."""

ABUSE: Final[Mapping[int, PhraseSet]] = {
    3: PhraseSet(
        zh="""
        傻(逼|x|b|叉|屌)
        煞笔
        沙比
        nmsl
        cnm
        操你
        草泥马
        (你|他)妈的
        你他妈
        你妈死
        死全家
        (全家|都)死(光|绝)
        不得好死
        去死
        脑残
        弱智
        智障
        贱人
        婊子
        王八蛋
        混蛋
        畜生
        人渣
        狗东西
        (是|像|当)(条|)狗。
        都是狗
        臭不要脸
        不要脸
        蠢(货|猪|驴)
        白痴
        (你|你们)(是|就是|)(个|)废物
        废物(一个|东西|客服)
        垃圾人
        (你|你们)(是|就是)猪
        猪脑
        sb
        脑子(进水|有坑|被驴踢|有屎)
        脑(瘫|残)
        蠢(材|死|得)
        去你(大爷|妈|的|娘)
        没用的东西
        妈的(,|!|。)
        (狗都|狗客服|狗眼|猪狗)
        狗娘
        老子…你
        (弄|整|搞)死你
        (全家|一家)…(有病|死)
        不是人
        丧尽天良
        憨批
        傻(吊|狗)
        下地狱
        没教养
        缺德
        (是|都是|全是|一群|一帮|这群|这帮)(傻子|废物|蠢货|白痴|饭桶|畜生|骗子|垃圾人)
        (你妈|爸妈|父母)没教
        没教过你
        (贱不贱|真贱|好贱|太贱|犯贱)
        真他妈
        (蠢|笨)(得|到)(要命|死|家)
        这群垃圾
        """,
        en="""
        fuck (you|off)
        fucking (idiot|idiots|useless|liar|liars|moron)
        piece of shit
        (asshole|assholes|a$$hole|a$$holes|arsehole|arseholes)
        bastard
        bastards
        bitch
        cunt
        wanker
        twat
        prick
        retard
        retarded
        scum
        go to hell
        screw you
        stfu
        worthless
        you (absolute|complete|total|utter|stupid) (muppet|idiot|moron|clown|worm|fool)
        you (bloody|pathetic|useless|silly|fucking) (muppet|idiot|moron|clown|worm|fool)
        you (absolute|complete|total|utter|stupid) (imbecile|cretin|donkey|plonker|twit|loser)
        you (bloody|pathetic|useless|silly|fucking) (imbecile|cretin|donkey|plonker|twit|loser)
        (cretin|cretins)
        (f***|f**k|fck) (off|you)
        f*** off
        eat shit
        (piss|bugger|sod|eff) off
        (drop dead|rot in hell|burn in hell)
        (slap|punch) you
        (dickhead|knobhead|tosser|douchebag|slut|whore|jerk|jerks)
        up yours
        kiss my (ass|arse)
        waste of (space|oxygen)
        go f*** yourself
        (f***|f**k|f*ck) (you|off|yourself)
        (f***ing|f*cking) (idiot|idiots|moron|morons|useless|joke)
        (you are|you're|you people are|you lot are) (scum|vermin|filth|trash|garbage|pigs)
        """,
        shields="""
        bastard file
        (他|她|你)妈(妈|的名字|的电话|的地址|的尺码)
        傻b(款|色)
        """,
    ),
    2: PhraseSet(
        zh="""
        (滚|给我滚|你滚|快滚)(蛋|开|远|吧|回去|出去)
        给我滚
        神经病
        (你|你们)有病
        有病吧
        脑子有(病|问题)
        tmd
        (死|臭)(客服|骗子)
        你算(什么|个什么|老几)
        (瞎|聋)了(吗|你)
        眼瞎
        没(长脑|长眼|脑子)
        缺心眼
        二百五
        闭嘴
        特么
        尼玛
        """,
        en="""
        idiot
        idiots
        moron
        morons
        imbecile
        imbeciles
        brain(-| |)dead
        shut up
        dumbass
        stupid (cow|people|agent|woman|man|idiot|person|lot)
        (too|so|that) dumb
        you dumb
        useless (clown|clowns|idiot|people|lot|agent)
        (lying|filthy) (pig|pigs|liar|liars)
        brainless
        are you (thick|stupid|dumb|deaf|blind|retarded|mental)
        thick or what
        (you|people like you) disgust me
        pathetic little
        bunch of (crooks|clowns|idiots|morons|thieves|liars)
        (halfwit|dimwit|nitwit|simpleton)
        (loser|losers)
        (that|so|really|how) stupid (are you|is that)
        (hope|wish) you (all |)(lose your job|lose your jobs|get fired|get sacked)
        are you (really |)that (stupid|dumb|thick|slow)
        (bunch|pack|load) of (useless |)(idiots|morons|clowns|fools|liars|thieves)
        """,
        shields="""
        (like an|i'm an|i am an|i was an|such an) idiot
        神经病学
        """,
    ),
}
ABUSE_EMOJI: Final = "🖕"
