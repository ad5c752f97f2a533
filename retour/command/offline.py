"""The words that need no server: `policy`, `refund quote`, `orders convert`, `reply-check`."""

from pathlib import Path
from typing import Annotated

import typer

from retour.command.command_line import CommandLine
from retour.command.options import Options


def add_policy(app: typer.Typer, line: CommandLine) -> None:
    """`retour policy`, whose own words are another application."""

    @app.command(
        cls=line.command,
        help=line.say(
            "Returns policies from files, without a server: explain, publish-check, replay, page.",
            "无需服务器处理退货政策文件：explain、publish-check、replay、page。",
        ),
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )
    def policy(context: typer.Context) -> None:
        from retour.offline import policy_command

        words = context.args
        spoken = ["--language", line.language] if words and not words[0].startswith("-") else []
        policy_command.app(args=[*words, *spoken], prog_name="retour policy")


def add_quote(refunds: typer.Typer, line: CommandLine, options: Options) -> None:
    """`retour refund quote`."""

    @refunds.command(
        "quote",
        cls=line.command,
        help=line.say(
            "Calculate the refund that a YAML or JSON file asks about: itemised, and as the customer reads it.",
            "计算 YAML 或 JSON 文件所描述的退款：逐项明细，以及给顾客的说明。",
        ),
    )
    def quote_refund(
        *,
        file: Annotated[Path, typer.Argument(metavar="FILE", help=line.say("The question.", "问题文件。"))],
        as_json: Annotated[bool, options.as_json] = False,
    ) -> None:
        from retour.offline import refund_command

        refund_command.quote(file, line.language, as_json=as_json)


def add_convert(orders: typer.Typer, line: CommandLine) -> None:
    """`retour orders convert`."""

    @orders.command(
        "convert",
        cls=line.command,
        help=line.say(
            "Convert an order as Shopify (REST or GraphQL), WooCommerce (REST v3) or Medusa v2 document it: the "
            "snapshot for POST /v1/orders and the facts that came later, as JSON.",
            "转换 Shopify（REST 或 GraphQL）、WooCommerce（REST v3）或 Medusa v2 格式的订单："
            "以 JSON 输出可提交至 POST /v1/orders 的快照以及后续事实。",
        ),
    )
    def convert_order(
        *,
        file: Annotated[Path, typer.Argument(metavar="FILE", help=line.say("The order, JSON.", "订单文件（JSON）。"))],
        shop: Annotated[
            str,
            typer.Option(
                "--from",
                metavar="shopify|woocommerce|medusa",
                help=line.say("The shop that wrote it.", "生成该文件的店铺系统。"),
            ),
        ],
        storefront: Annotated[
            str,
            typer.Option("--storefront", help=line.say("The name of the storefront here.", "本系统中的店铺名称。")),
        ] = "main",
        regime: Annotated[
            str | None,
            typer.Option(
                "--regime",
                metavar="CN|EU|UK|US",
                help=line.say(
                    "The law of the sale; otherwise the country that the order goes to decides.",
                    "适用法律；未指定时由收货国家决定。",
                ),
            ),
        ] = None,
        customer_language: Annotated[
            str,
            typer.Option(
                "--customer-language",
                metavar="en|zh-CN",
                help=line.say(
                    "The customer's language where the document does not say it.", "文件未注明时的顾客语言。"
                ),
            ),
        ] = "en",
        business: Annotated[
            bool, typer.Option("--business", help=line.say("The buyer is a business.", "买方为企业。"))
        ] = False,
        as_placed: Annotated[
            bool,
            typer.Option(
                "--as-placed",
                help=line.say(
                    "The snapshot without money, and each payment as a later fact.",
                    "快照不含付款，每笔付款作为后续事实输出。",
                ),
            ),
        ] = False,
    ) -> None:
        from retour.offline import orders_command

        asked = {
            "--from": shop,
            "--storefront": storefront,
            "--regime": regime,
            "--customer-language": customer_language,
            "--business": business,
        }
        orders_command.convert_file(file, line.language, asked=asked, as_placed=as_placed)


def add_reply_check(app: typer.Typer, line: CommandLine) -> None:
    """`retour reply-check`, whose own words are another application."""

    @app.command(
        "reply-check",
        cls=line.command,
        help=line.say(
            "Check a reply from a file by the service norms before it is sent, without a server.",
            "按服务规范检查文件中的回复，无需服务器。",
        ),
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )
    def reply_check(context: typer.Context) -> None:
        from retour.offline import reply_command

        reply_command.app(args=[*context.args, "--language", line.language], prog_name="retour reply-check")
