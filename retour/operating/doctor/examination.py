"""The examinations of `retour doctor`: an embedded Retour over a folder, and a distributed one on its servers."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gateway.app
from retour.access import Access
from retour.hosting import embedded as one_process, settings
from retour.hosting.data_folder import PREFIX, DataFolder
from retour.hosting.recipes import RECIPES
from retour.operating.doctor.broker import check_broker, queues_of
from retour.operating.doctor.database import check_file, check_postgres
from retour.operating.doctor.finding import Finding, Notebook
from retour.operating.doctor.folder import check_folder, note_damage
from retour.operating.doctor.running_server import check_server
from shared.database.migrating import newest
from shared.kernel.errors import Language, Said
from shared.messaging.broker_topology import BrokerNames


async def embedded(data_folder: DataFolder, access: Callable[[], Access], language: Language) -> Sequence[Finding]:
    """Examine a Retour over a folder."""
    notebook = Notebook(language, [])
    if data_folder.folder.is_dir() and not data_folder.is_new and not data_folder.has_secrets:
        notebook.wrong(
            "secrets.json",
            Said("it is gone, and there are databases beside it", "文件缺失，而数据库仍在"),
            Said(
                "Bring back a copy. A start without it makes new secrets: sessions end, and the administrator keeps "
                "the old password.",
                "请恢复备份。缺少它启动会生成新的密钥：会话失效，管理员仍使用旧密码。",
            ),
        )
        return notebook.findings
    if not data_folder.folder.is_dir() or not data_folder.has_secrets:
        notebook.wrong(
            str(data_folder.folder),
            Said("No Retour has been started from this folder.", "该目录从未启动过 Retour。"),
            Said(
                "Start one with `retour up`, or name its folder with --data.",
                "用 `retour up` 启动，或用 --data 指定目录。",
            ),
        )
        return notebook.findings
    check_folder(notebook, data_folder)
    try:
        makers = one_process.settings_of(data_folder, host="127.0.0.1", port=8080)
    except OSError as error:
        note_damage(notebook, error)
        return notebook.findings
    _settings(notebook, settings.wrong(makers))
    for name, migrations in _migrations().items():
        check_file(notebook, name, data_folder.folder / f"{name}.db", newest(migrations))
    await check_server(notebook, access)
    return notebook.findings


async def distributed(data_folder: DataFolder, access: Callable[[], Access], language: Language) -> Sequence[Finding]:
    """Examine a Retour on PostgreSQL and RabbitMQ."""
    from retour.hosting import server

    notebook = Notebook(language, [])
    away = settings.missing(os.environ)
    for line in away:
        notebook.wrong(
            "settings",
            Said("{line} is missing", "缺少 {line}"),
            Said("Set it in the environment.", "请在环境变量中设置。"),
            line=line,
        )
    if away:
        return notebook.findings
    if data_folder.has_secrets:
        check_folder(notebook, data_folder)
        try:
            os.environ.update(server.environment_of(data_folder, port=8080, first_service_port=8101))
        except OSError as error:
            note_damage(notebook, error)
            return notebook.findings
    makers: dict[str, Callable[[], Any]] = {PREFIX[recipe.name]: recipe.settings for recipe in RECIPES}
    makers["GATEWAY"] = gateway.app.RECIPE.settings
    wrong = settings.wrong(makers)
    _settings(notebook, wrong)
    if wrong:
        return notebook.findings
    made = {prefix: make() for prefix, make in makers.items()}
    names = {str(name): prefix for name, prefix in PREFIX.items()} | {gateway.app.RECIPE.name: "GATEWAY"}
    for name, migrations in _migrations().items():
        await check_postgres(notebook, name, made[names[name]].database_url, newest(migrations))
    for recipe in RECIPES:
        own = made[PREFIX[recipe.name]]
        at_broker = BrokerNames(own.broker_prefix)
        await check_broker(notebook, recipe.name, own.broker_url, at_broker, queues_of(recipe, made))
    await check_server(notebook, access)
    return notebook.findings


def _migrations() -> Mapping[str, Path]:
    everything: Sequence[Any] = (*RECIPES, gateway.app.RECIPE)
    return {str(recipe.name): recipe.migrations for recipe in everything}


def _settings(notebook: Notebook, wrong: Sequence[str]) -> None:
    for line in wrong:
        notebook.wrong(
            "settings",
            Said("{line}", "{line}"),
            Said("Correct it in the environment and start again.", "请在环境变量中更正后重新启动。"),
            line=line,
        )
    if not wrong:
        notebook.good("settings", Said("every service's settings fit", "各服务的设置均有效"))
