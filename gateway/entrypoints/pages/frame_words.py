"""Words around every page, and words that pages of several audiences use."""

from collections.abc import Mapping
from typing import Final

from shared.kernel.errors import Said

FRAME_WORDS: Final[Mapping[str, Said]] = {
    "product": Said("Retour", "Retour 退货平台"),
    "skip": Said("Skip to the content", "跳到正文"),
    "menu": Said("Main menu", "主菜单"),
    "console": Said("Console", "工作台"),
    "returns_policy": Said("Returns policy", "退货政策"),
    "documentation": Said("API documentation", "接口文档"),
    "problems": Said("Problem codes", "错误代码"),
    "sign_in": Said("Sign in", "登录"),
    "sign_out": Said("Sign out", "退出登录"),
    "language": Said("中文", "English"),
    "language_about": Said("切换到中文", "Switch to English"),
    "email": Said("E-mail address", "邮箱"),
    "password": Said("Password", "密码"),
    "go_home": Said("To the first page", "返回首页"),
}
