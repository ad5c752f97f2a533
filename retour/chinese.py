"""Typer's own texts in Chinese: titles, the usage line, the help option."""

from typing import Final

import typer.rich_utils
from typer.core import TyperCommand, TyperGroup, TyperOption

TITLES: Final = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "错误",
    "ABORTED_TEXT": "已中止。",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
    "RICH_HELP": "运行 [blue]'{command_path} {help_option}'[/] 查看帮助。",
}
HELP: Final = "显示帮助。"


def set_titles() -> None:
    """Change Typer's titles for this process."""
    for name, text in TITLES.items():
        setattr(typer.rich_utils, name, text)


class ChineseCommand(TyperCommand):
    """A command with Chinese texts."""

    def get_usage(self, ctx: typer.Context) -> str:  # type: ignore[override]
        return _usage(super().get_usage(ctx))

    def get_help_option(self, ctx: typer.Context) -> TyperOption | None:  # type: ignore[override]
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP
        return option


class ChineseGroup(TyperGroup):
    """A group of commands with Chinese texts."""

    def get_usage(self, ctx: typer.Context) -> str:  # type: ignore[override]
        return _usage(super().get_usage(ctx))

    def get_help_option(self, ctx: typer.Context) -> TyperOption | None:  # type: ignore[override]
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP
        return option


def _usage(text: str) -> str:
    return text.replace("Usage: ", "用法：", 1)
