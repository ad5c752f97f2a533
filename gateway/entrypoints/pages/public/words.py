"""Words of the pages for everybody; `{fact}` places are filled in."""

from collections.abc import Mapping
from typing import Final

from shared.kernel.errors import Said

PUBLIC_WORDS: Final[Mapping[str, Said]] = {
    "claim": Said(
        "From the customer’s first wish to the last cent and the last word.",
        "从顾客提出退货，到最后一分钱、最后一句话。",
    ),
    "policy_version": Said("Version {version}, in force from {day}.", "{version} 版，自{day}起施行。"),
    "policy_glance": Said("At a glance", "要点一览"),
    "policy_contents": Said("Contents", "目录"),
    "policy_where": Said("Orders from", "订单所在地区"),
    "policy_mind": Said("Without a reason", "无理由退货"),
    "policy_fault": Said("Something is wrong with it", "商品存在问题"),
    "policy_send": Said("Time for sending it back", "寄回期限"),
    "policy_way": Said("The way back, without a reason", "无理由退货运费"),
    "policy_days": Said("{n} days", "{n} 天"),
    "policy_looked_at": Said("then a person looks until day {n}", "之后至第 {n} 天由人工处理"),
    "policy_by_law": Said("your right by law", "法定权利"),
    "policy_by_us": Said("given by us", "商家承诺"),
    "policy_free": Said("we pay", "我们承担"),
    "policy_reasons": Said("Reasons, and who pays for sending back", "退货原因与运费承担"),
    "policy_you_pay": Said("you pay", "由您承担"),
    "policy_digest": Said("Digest of what it says (SHA-256)", "内容摘要（SHA-256）"),
    "regime_CN": Said("mainland China", "中国大陆"),
    "regime_EU": Said("the European Union", "欧盟"),
    "regime_UK": Said("the United Kingdom", "英国"),
    "regime_US": Said("the United States", "美国"),
    "what_title": Said("What this is", "这是什么"),
    "what": Said(
        "Retour runs a merchant’s returns: it takes the request and decides by the published policy, tells the "
        "customer where to send the goods, receives and inspects them, pays the money back and keeps everybody told. "
        "Every step is an event, and every return shows who did what, when, and what is next.",
        "Retour 为商家处理全部退货：受理申请并依据公开政策作出决定，告知顾客寄回方式，"
        "收货、质检、退款，并及时通知每一方。"
        "每一步都是一个事件；每张退货单都写明谁在何时做了什么，以及接下来由谁在何时之前做什么。",
    ),
    "for_staff": Said("For staff", "面向员工"),
    "for_staff_about": Said(
        "Find a return, see where its parcels, units and money are.", "查找退货单，查看包裹、商品与退款的进展。"
    ),
    "open_console": Said("Open the console", "进入工作台"),
    "for_developers": Said("For developers", "面向开发者"),
    "for_developers_about": Said(
        "One HTTP API for storefronts, scanners and finance systems, described by OpenAPI 3.1.",
        "为店铺、扫码设备和财务系统提供统一的 HTTP 接口，以 OpenAPI 3.1 描述。",
    ),
    "read_documentation": Said("Read the documentation", "查看接口文档"),
    "for_operators": Said("For operators", "面向运维"),
    "for_operators_about": Said(
        "The process says itself whether it lives and whether it may get traffic.", "进程会自行报告存活与就绪状态。"
    ),
    "demo_accounts": Said("Demo accounts", "演示账号"),
    "demo_about": Said(
        "This is a demonstration with made-up people and orders. Sign in as any of these:",
        "这是演示环境，人物与订单均为虚构。可使用以下任一账号登录：",
    ),
    "problems_about": Said(
        "Every refusal is a problem document with one of these codes. A code never changes its meaning.",
        "每一次拒绝都会返回带有以下代码之一的问题文档。代码的含义不会改变。",
    ),
    "code": Said("Code", "代码"),
    "http_status": Said("HTTP status", "HTTP 状态"),
    "meaning": Said("What it says", "含义"),
}
