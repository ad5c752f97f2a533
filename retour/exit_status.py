"""How a command ends: exit statuses that scripts can tell apart, and errors in one line."""

from enum import IntEnum
from typing import Any

from shared.kernel.errors import Language, Said


class ExitStatus(IntEnum):
    """Exit statuses; from 64 on they are those of sysexits.h."""

    GOOD = 0
    WRONG = 1
    """The command ran, and something that it checked is wrong."""
    USAGE = 2
    AWAY = 69
    """A server, a database or the broker does not answer."""
    PORT = 71
    SPACE = 73
    FOLDER = 75
    """Another process works in the data folder."""
    FORBIDDEN = 77
    SETTINGS = 78


MEANINGS: dict[ExitStatus, Said] = {
    ExitStatus.GOOD: Said("done", "完成"),
    ExitStatus.WRONG: Said("something is not as it ought to be", "检查发现问题"),
    ExitStatus.USAGE: Said("the command line cannot be understood", "命令行有误"),
    ExitStatus.AWAY: Said("a server, database or broker does not answer", "服务器、数据库或消息代理无响应"),
    ExitStatus.PORT: Said("the port is in use", "端口已被占用"),
    ExitStatus.SPACE: Said("the data folder cannot be written, or its disk is full", "数据目录不可写或磁盘空间不足"),
    ExitStatus.FOLDER: Said("another process works in the data folder", "数据目录正被另一进程使用"),
    ExitStatus.FORBIDDEN: Said("not signed in, or not allowed", "未登录或无权限"),
    ExitStatus.SETTINGS: Said("a setting is missing or wrong", "设置缺失或有误"),
}


class Trouble(Exception):
    """Why a command cannot do its work, and what a person can do."""

    def __init__(self, said: Said, ending: ExitStatus, **facts: Any) -> None:
        self.said = said
        self.ending = ending
        self.facts = facts
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        """One line, or a line for each of several errors."""
        return self.said.to(language, **self.facts)
