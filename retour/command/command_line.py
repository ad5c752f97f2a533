"""The language, the console and the classes that every word of the command line is made with."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from shared.kernel.errors import Language, Said


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command line, in one language."""

    language: Language
    console: Console
    command: type[TyperCommand]
    group: type[TyperGroup]

    @classmethod
    def of(cls, language: Language) -> "CommandLine":
        """The command line in `language`; Typer's own titles are changed for the whole process."""
        if language != "zh-CN":
            return cls(language, Console(), TyperCommand, TyperGroup)
        from retour import chinese

        chinese.set_titles()
        return cls(language, Console(), chinese.ChineseCommand, chinese.ChineseGroup)

    @property
    def group_settings(self) -> dict[str, Any]:
        """What every group of words is made with."""
        return {
            "context_settings": {"help_option_names": ["--help", "-h"]},
            "no_args_is_help": True,
            "cls": self.group,
        }

    def say(self, en: str, zh: str) -> str:
        """The text in the language of this command line."""
        return Said(en, zh).to(self.language)
