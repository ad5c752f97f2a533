"""`retour doctor` on the data folder: its rights, its free space, its secrets."""

import os
import shutil

from retour.hosting import embedded as one_process
from retour.hosting.data_folder import DataFolder
from retour.operating.doctor.finding import Notebook
from shared.kernel.errors import Said


def note_damage(notebook: Notebook, error: OSError) -> None:
    """The secrets file cannot be used."""
    notebook.wrong("secrets.json", Said("{why}", "{why}"), Said("Bring back a copy.", "请恢复备份。"), why=error)


def check_folder(notebook: Notebook, data_folder: DataFolder) -> None:
    """Whether the folder can be written and has free space, and whether its secrets are private."""
    about = str(data_folder.folder)
    free = shutil.disk_usage(data_folder.folder).free
    if not os.access(data_folder.folder, os.W_OK | os.X_OK):
        notebook.wrong(
            about,
            Said("it cannot be written", "目录不可写"),
            Said("Give this user the right to write there.", "请为当前用户授予写权限。"),
        )
    elif free < one_process.FREE_BYTES:
        notebook.wrong(
            about,
            Said("{free} MB are free", "剩余 {free} MB"),
            Said("Free some space on this disk.", "请释放磁盘空间。"),
            free=free // 1_000_000,
        )
    else:
        notebook.good(about, Said("writable, {free} MB free", "可写，剩余 {free} MB"), free=free // 1_000_000)
    mode = (data_folder.folder / "secrets.json").stat().st_mode & 0o077
    if mode:
        notebook.wrong(
            "secrets.json",
            Said("others on this machine can read it", "本机其他用户可读取"),
            Said("chmod 600 {file}", "chmod 600 {file}"),
            file=data_folder.folder / "secrets.json",
        )
