"""The page of settings, in both languages: from the settings classes, and from a table of all other variables.

A setting's English text is the `description` of its field. Its Chinese text stands in `CHINESE` under its name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import gateway.settings
import service_inspection.settings
import service_notifications.settings
import service_refunds.settings
import service_requests.settings
from shared.files.settings import FileSettings
from shared.kernel.errors import Language, Said
from shared.runtime.failpoint import SETTING as FAILPOINT
from shared.telemetry.logging import LEVEL

LANGUAGES: Final[Mapping[str, Language]] = {"en": "en", "zh": "zh-CN"}
CLASSES: Final[Mapping[str, type[BaseSettings]]] = {
    "gateway": gateway.settings.Settings,
    "requests": service_requests.settings.Settings,
    "inspection": service_inspection.settings.Settings,
    "refunds": service_refunds.settings.Settings,
    "notifications": service_notifications.settings.Settings,
}
EVERY_SERVICE: Final[Mapping[str, str]] = {
    "DATABASE_URL": "数据保存在何处：`postgresql://…` 或 `sqlite:///…`。",
    "BROKER_URL": "RabbitMQ 及其虚拟主机：`amqp://…`，使用 TLS 时为 `amqps://…`。",
    "INTERNAL_KEY": "证明调用来自网关；网关持有相同的密钥。",
    "BROKER_PREFIX": "交换机和队列名称的前缀；同一 Retour 的各服务须相同。",
    "ARCHIVE_DAYS": "已发送事件保留的天数，以便重发。",
    "HOST": "服务监听的地址。",
    "PORT": "服务监听的端口。",
}
FILES: Final[Mapping[str, str]] = {
    "FILES_FOLDER": "文件所在目录；使用存储桶时，上传中的文件暂存于此。",
    "FILES_BUCKET": "S3 服务的存储桶；为空时文件保存在目录中。",
    "FILES_ENDPOINT": "S3 服务的地址。",
    "FILES_REGION": "存储桶所在区域。",
    "FILES_KEY_ID": "存储桶密钥的标识。",
    "FILES_SECRET": "存储桶的密钥。",
    "FILES_BY_HOST": "存储桶名写在主机名中，而不是路径中。",
}
"""Of a service whose settings class is a `FileSettings`."""
CHINESE: Final[Mapping[str, str]] = {
    **{
        f"{name.upper()}_{field}": says
        for name, kind in CLASSES.items()
        if issubclass(kind, FileSettings)
        for field, says in FILES.items()
    },
    "REQUESTS_TRANSIT_DAYS": "已登记的包裹最多在途多少天；超过即逾期，须向承运商查询。",
    "REQUESTS_JUDGE_DAYS": "对验货未通过商品作出决定的工作日数。",
    "REQUESTS_CALCULATE_DAYS": "从接受商品到生成退款的工作日数。",
    "REQUESTS_TELL_DAYS": "告知客户已退款，或在通知发送失败后以其他方式联系到客户的工作日数。",
    "REQUESTS_ANSWER_DAYS": "仓库未给出期限时，答复商品疑问的工作日数。",
    "REQUESTS_EXTENSION_DAYS": "客服最多可将期限延长至自今日起多少天。",
    **{
        f"{prefix}_{name}": says
        for prefix in ("REQUESTS", "INSPECTION", "REFUNDS", "NOTIFICATIONS")
        for name, says in EVERY_SERVICE.items()
    },
    "GATEWAY_DATABASE_URL": EVERY_SERVICE["DATABASE_URL"],
    "GATEWAY_TOKEN_KEY": "识别令牌和密钥所用摘要的密钥。更换后所有人都须重新登录。",
    "GATEWAY_REQUESTS_URL": "requests 服务的地址。",
    "GATEWAY_REQUESTS_KEY": "为对 requests 服务的调用签名，即该服务的 `REQUESTS_INTERNAL_KEY`。",
    "GATEWAY_INSPECTION_URL": "inspection 服务的地址。",
    "GATEWAY_INSPECTION_KEY": "为对 inspection 服务的调用签名，即该服务的 `INSPECTION_INTERNAL_KEY`。",
    "GATEWAY_REFUNDS_URL": "refunds 服务的地址。",
    "GATEWAY_REFUNDS_KEY": "为对 refunds 服务的调用签名，即该服务的 `REFUNDS_INTERNAL_KEY`。",
    "GATEWAY_NOTIFICATIONS_URL": "notifications 服务的地址。",
    "GATEWAY_NOTIFICATIONS_KEY": "为对 notifications 服务的调用签名，即该服务的 `NOTIFICATIONS_INTERNAL_KEY`。",
    "GATEWAY_HOST": "网关监听的地址。",
    "GATEWAY_PORT": "网关监听的端口。",
    "GATEWAY_PUBLIC_URL": "用户使用的地址。为 `https` 时，Cookie 仅通过 TLS 发送。",
    "GATEWAY_BOOTSTRAP_ADMIN": "首个账户，格式为 `email:password`。没有任何账户时创建。",
    "GATEWAY_RECONCILE_SECONDS": "对账任务比较各服务的间隔。",
    "GATEWAY_RATE_PER_MINUTE": "一名员工、一个系统或一把扫描枪每分钟的请求数上限。",
    "GATEWAY_CUSTOMER_RATE_PER_MINUTE": "一位客户每分钟的请求数上限。",
    "GATEWAY_ANONYMOUS_RATE_PER_MINUTE": "一个地址每分钟的请求数上限；无令牌、令牌无法识别、登录三类请求分别计数。",
    "GATEWAY_SIGN_INS_PER_ADDRESS": "一个地址五分钟内尝试登录的次数上限。",
    "GATEWAY_TRUSTED_HOPS": "网关之前受信任、可告知客户端地址的代理层数。",
    "GATEWAY_BODY_LIMIT": "请求体的字节数上限。",
    "GATEWAY_BODY_SECONDS": "请求体到达的时限，单位为秒。",
    "GATEWAY_UPSTREAM_SECONDS": "服务作出应答的时限，单位为秒。",
    "GATEWAY_UPSTREAM_CONNECTIONS": "网关与一个服务之间保持的连接数上限。",
    "GATEWAY_EXPOSE_METRICS": "`/metrics` 是否在公开地址上应答。",
    "GATEWAY_EXPOSE_DOCS": "`/docs` 是否显示接口文档。",
    "GATEWAY_DEMO_ACCOUNTS": "首页向所有人显示的账户：`email:password`，以逗号分隔。",
    "GATEWAY_CORS_ORIGINS": (
        "其网页可从浏览器调用 `/v1` 的来源，如 `https://shop.example`，以逗号分隔，最多 50 个。"
        "留空则不允许任何其他来源的网页。"
    ),
    "INSPECTION_CALENDAR": "批准中未注明日历的退货单所用的日历；仅 0.2 之前的批准如此。",
    "INSPECTION_CASE_DAYS": "查找所属人期间保管商品的天数，期满须由人工结案。",
    "REFUNDS_PROVIDER_CALLS": "同时在支付服务商处办理的退款数上限。",
    "NOTIFICATIONS_MAIL_URL": "邮件送往何处：`smtp://…`、`smtps://…` 或 `file:///目录`。",
    "NOTIFICATIONS_MERCHANT": "每条消息的署名。",
    "NOTIFICATIONS_SERVICE_EMAIL": "发件地址，也是答复问题的地址。",
    "NOTIFICATIONS_SERVICE_PHONE": "答复问题的电话；未设置时消息中不写电话。",
    "NOTIFICATIONS_ZONE": "消息中所写时刻的时区，例如 `Asia/Shanghai`。",
    "NOTIFICATIONS_COLLECT_RECEIPTS_SECONDS": "商品未到齐时，收货消息等待同一退货单后续收货的秒数。"
    "每次收货重新计时，最多为该时长的五倍。设为 0 则每次收货单独发送消息。",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that no settings class has."""

    name: str
    kind: str
    default: str | None
    says: Said


COMMAND: Final = (
    Variable(
        "RETOUR_DATA",
        "path",
        ".retour",
        Said("The folder with data and `secrets.json`; `--data`.", "数据和 `secrets.json` 所在目录；`--data`。"),
    ),
    Variable(
        "RETOUR_URL", "str", "", Said("The server that a command talks to; `--url`.", "命令所访问的服务器；`--url`。")
    ),
    Variable(
        "RETOUR_ADMIN_EMAIL", "str", "", Said("Who signs in there; `--admin-email`.", "登录者；`--admin-email`。")
    ),
    Variable(
        "RETOUR_ADMIN_PASSWORD",
        "str",
        "",
        Said("With which password; `--admin-password`.", "登录密码；`--admin-password`。"),
    ),
    Variable(
        "RETOUR_POSTGRES_URL",
        "str",
        "",
        Said(
            "PostgreSQL as an account that may make roles and databases. It replaces each part's own `…_DATABASE_URL`.",
            "PostgreSQL，其账户可创建角色和数据库。可代替各部分自己的 `…_DATABASE_URL`。",
        ),
    ),
    Variable(
        "RETOUR_BROKER_URL",
        "str",
        "",
        Said(
            "RabbitMQ with its virtual host. It replaces each service's own `…_BROKER_URL`; also `--broker`.",
            "RabbitMQ 及其虚拟主机。可代替各服务自己的 `…_BROKER_URL`；亦可用 `--broker`。",
        ),
    ),
    Variable(
        "RETOUR_DATABASE_PREFIX",
        "str",
        "retour",
        Said("What the names of databases and roles begin with.", "数据库和角色名称的前缀。"),
    ),
    Variable(
        "RETOUR_BROKER_PREFIX",
        "str",
        "",
        Said(
            "What the names of exchanges and queues begin with; otherwise as `RETOUR_DATABASE_PREFIX`.",
            "交换机和队列名称的前缀；默认同 `RETOUR_DATABASE_PREFIX`。",
        ),
    ),
    Variable(
        LEVEL,
        "str",
        "INFO",
        Said(
            "The least level that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL. `retour up` takes WARNING.",
            "记录日志的最低级别：DEBUG、INFO、WARNING、ERROR 或 CRITICAL。`retour up` 默认为 WARNING。",
        ),
    ),
    Variable(
        "LC_ALL",
        "str",
        "",
        Said(
            "The language of the command, before `LC_MESSAGES` and `LANG`; `--language`.",
            "命令的语言，优先于 `LC_MESSAGES` 和 `LANG`；`--language`。",
        ),
    ),
)
TESTS: Final = (
    Variable(
        "RETOUR_TEST_POSTGRES_URL",
        "str",
        "postgresql://postgres@127.0.0.1:5432/postgres",
        Said("The PostgreSQL of the tests.", "测试使用的 PostgreSQL。"),
    ),
    Variable(
        "RETOUR_TEST_BROKER_URL",
        "str",
        "amqp://guest:guest@127.0.0.1:5672/%2F",
        Said("The RabbitMQ of the tests.", "测试使用的 RabbitMQ。"),
    ),
    Variable(
        "RETOUR_TEST_PROFILE",
        "str",
        "repeatable",
        Said(
            "The profile of tests that make up their inputs: `repeatable`, or `explore` for other inputs each time.",
            "自行生成输入的测试所用的配置：`repeatable`，或每次使用不同输入的 `explore`。",
        ),
    ),
    Variable(
        "RETOUR_TEST_SLOW_EVENTS",
        "float",
        None,
        Said(
            "How long a batch of events waits in the journeys before it is handled, on average, in seconds.",
            "在流程测试中，每批事件处理前平均等待的秒数。",
        ),
    ),
    Variable(
        "RETOUR_REQUIRE_DISTRIBUTED",
        "str",
        "",
        Said("`1`: a test that is skipped without servers fails.", "为 `1` 时，因缺少服务器而跳过的测试视为失败。"),
    ),
    Variable(
        FAILPOINT,
        "str",
        "",
        Said(
            "For drills only: where a process dies once. `SERVICE POINT MARKER`, separated by `;`.",
            "仅用于演练：进程在何处终止一次。格式为 `SERVICE POINT MARKER`，以 `;` 分隔。",
        ),
    ),
)
COMPOSE: Final = (
    Variable("RETOUR_PORT", "int", "8080", Said("The only port that is published.", "唯一公开的端口。")),
    Variable(
        "RETOUR_MAIL_PORT",
        "int",
        "8025",
        Said("The port of the mail catcher's page.", "邮件捕获器页面的端口。"),
    ),
    Variable("POSTGRES_PASSWORD", "str", None, Said("Of PostgreSQL's superuser.", "PostgreSQL 超级用户的密码。")),
    *(
        Variable(
            f"{prefix}_DATABASE_PASSWORD",
            "str",
            None,
            Said(f"Of the role `retour_{prefix.lower()}`.", f"角色 `retour_{prefix.lower()}` 的密码。"),
        )
        for prefix in ("REQUESTS", "INSPECTION", "REFUNDS", "NOTIFICATIONS", "GATEWAY")
    ),
    Variable("BROKER_ADMIN_PASSWORD", "str", None, Said("Of RabbitMQ's administrator.", "RabbitMQ 管理员的密码。")),
    *(
        Variable(
            f"{prefix}_BROKER_PASSWORD",
            "str",
            None,
            Said(f"Of the broker's user `{prefix.lower()}`.", f"消息代理用户 `{prefix.lower()}` 的密码。"),
        )
        for prefix in ("REQUESTS", "INSPECTION", "REFUNDS", "NOTIFICATIONS", "FINANCE", "RETURNS")
    ),
    Variable("STORE_ACCESS_KEY", "str", None, Said("Names the user of the store.", "对象存储的用户标识。")),
    Variable("STORE_SECRET_KEY", "str", None, Said("Proves that user.", "该用户的密钥。")),
)
"""What `.env` holds besides settings of the classes above."""

WORDS: Final = {
    "en": {
        "title": "Settings",
        "other": "[中文](../zh/reference/settings.md)",
        "intro": "Every setting is an environment variable. A wrong value stops the start, and the message names the "
        "variable. In the embedded mode `retour up` sets the addresses and keys itself.",
        "command": "The command `retour`",
        "compose": "Docker Compose",
        "compose_intro": "`make compose-env` writes `.env` from `.env.example` with random secrets. It also holds "
        "`GATEWAY_BOOTSTRAP_ADMIN`, `GATEWAY_TOKEN_KEY` and each service's `…_INTERNAL_KEY`.",
        "tests": "Tests and drills",
        "gateway": "Gateway",
        "service": "Service {name}",
        "columns": ("variable", "type", "default", "meaning"),
        "required": "required",
        "none": "–",
        "found": "from other settings",
    },
    "zh": {
        "title": "设置",
        "other": "[English](../../reference/settings.md)",
        "intro": "每项设置都是一个环境变量。值有误时启动中止，并指出变量名。"
        "单进程模式下，地址和密钥由 `retour up` 自行设置。",
        "command": "命令 `retour`",
        "compose": "Docker Compose",
        "compose_intro": "`make compose-env` 根据 `.env.example` 写出 `.env`，其中的密钥随机生成。文件中还有"
        "`GATEWAY_BOOTSTRAP_ADMIN`、`GATEWAY_TOKEN_KEY` 和各服务的 `…_INTERNAL_KEY`。",
        "tests": "测试与演练",
        "gateway": "网关",
        "service": "{name} 服务",
        "columns": ("变量", "类型", "默认值", "说明"),
        "required": "必填",
        "none": "–",
        "found": "由其他设置得出",
    },
}
KINDS: Final[Mapping[str, Said]] = {
    "str": Said("text", "文本"),
    "int": Said("whole number", "整数"),
    "float": Said("number", "数值"),
    "bool": Said("`true` or `false`", "`true` 或 `false`"),
    "path": Said("path", "路径"),
    "json": Said("JSON object", "JSON 对象"),
}


BOUNDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "comma": ", ",
        "from": "at least {}",
        "over": "more than {}",
        "to": "at most {}",
        "least": "{} characters or more",
        "most": "{} characters or fewer",
    },
    "zh": {
        "comma": "，",
        "from": "不小于 {}",
        "over": "大于 {}",
        "to": "不大于 {}",
        "least": "至少 {} 个字符",
        "most": "至多 {} 个字符",
    },
}


def variables(kind: type[BaseSettings]) -> Mapping[str, FieldInfo]:
    """The fields of a settings class by the names that they have in the environment."""
    prefix = kind.model_config.get("env_prefix", "")
    return {f"{prefix}{name}".upper(): field for name, field in kind.model_fields.items()}


def settings(language: str, made: str) -> str:
    """The page."""
    words: Mapping[str, Any] = WORDS[language]
    out = [f"# {words['title']}", "", words["other"], "", f"<!-- {made} -->", "", words["intro"], ""]
    for name, kind in CLASSES.items():
        heading = words["gateway"] if name == "gateway" else words["service"].format(name=name)
        out += _table(heading, language, [_row(each, field, language) for each, field in variables(kind).items()])
    for part in (COMMAND, TESTS):
        heading = words["command" if part is COMMAND else "tests"]
        out += _table(heading, language, [_other_row(each, language) for each in part])
    out += _table(words["compose"], language, [_other_row(each, language) for each in COMPOSE], words["compose_intro"])
    return "\n".join(out)


def _table(heading: str, language: str, rows: Iterable[Sequence[str]], intro: str | None = None) -> list[str]:
    columns = WORDS[language]["columns"]
    lines = [columns, ["---"] * len(columns), *rows]
    return [f"## {heading}", "", *((intro, "") if intro else ()), *(f"| {' | '.join(line)} |" for line in lines), ""]


def _row(name: str, field: FieldInfo, language: str) -> Sequence[str]:
    says = CHINESE[name] if language == "zh" else field.description or ""
    kind = KINDS[_kind(field)].to(LANGUAGES[language]) + _bounds(field, language)
    return f"`{name}`", kind, _default(field, language), says


def _default(field: FieldInfo, language: str) -> str:
    if field.is_required():
        return str(WORDS[language]["required"])
    if field.default_factory is not None:
        return str(WORDS[language]["found"])
    if field.default in (None, ""):
        return str(WORDS[language]["none"])
    if _kind(field) == "json":
        return "`{}`"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _kind(field: FieldInfo) -> str:
    kind = next((each for each in get_args(field.annotation) if each is not type(None)), field.annotation)
    return kind.__name__.lower() if kind in (str, int, float, bool, Path) else "json"


def _bounds(field: FieldInfo, language: str) -> str:
    words = BOUNDS[language]
    found = []
    for each in field.metadata:
        match each:
            case Ge(ge=value):
                found.append(words["from"].format(value))
            case Gt(gt=value):
                found.append(words["over"].format(value))
            case Le(le=value):
                found.append(words["to"].format(value))
            case MinLen(min_length=value):
                found.append(words["least"].format(value))
            case MaxLen(max_length=value):
                found.append(words["most"].format(value))
    return "".join(words["comma"] + part for part in found)


def _other_row(of: Variable, language: str) -> Sequence[str]:
    words = WORDS[language]
    default = words["required"] if of.default is None else f"`{of.default}`" if of.default else words["none"]
    return f"`{of.name}`", KINDS[of.kind].to(LANGUAGES[language]), str(default), of.says.to(LANGUAGES[language])
