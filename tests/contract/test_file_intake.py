"""What is accepted as evidence and what is kept of it: pictures and documents as people and as attackers send them."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from shared.files import rewriting
from shared.files.errors import (
    ActiveDocument,
    DamagedFile,
    EmptyFile,
    EncryptedDocument,
    FileTooLarge,
    TooDemanding,
    TooManyFrames,
    TooManyPages,
    TooManyPixels,
    UnfitFile,
    UnknownFileType,
)
from shared.files.intake import Intake, Received
from shared.files.rewriting import DecodingLimits, Rewriter
from shared.files.store_folder import FolderFileStore
from shared.kernel.errors import Unavailable
from shared.runtime.clock import new_id, now
from shared.web.problems import status_of
from tests.support import hostile
from tests.support.hostile import CANARY, SCRIPT


class RunningIntake:
    """A store in a folder, and the way into it."""

    def __init__(self, folder: Path, limits: DecodingLimits | None = None) -> None:
        self.store = FolderFileStore(folder / "kept")
        self.spool = folder / "spool"
        self.intake = Intake(self.store, Rewriter(limits), self.spool)

    async def take(self, content: bytes, limit: int = 25_000_000) -> Received:
        """What came of it; nothing is left on the way."""
        try:
            return await self.intake.take(new_id("file"), sent(content), limit)
        finally:
            assert list(self.spool.iterdir()) == []

    async def kept(self, content: bytes) -> tuple[str, bytes]:
        """The media type and the bytes that are kept."""
        received = await self.take(content)
        opened = await self.store.open(received.file.key)
        return received.file.media_type, b"".join([part async for part in opened.parts])

    async def refused(self, content: bytes, kind: type[UnfitFile]) -> UnfitFile:
        """The refusal; nothing is kept."""
        with pytest.raises(kind) as raised:
            await self.take(content)
        assert [key async for keys in self.store.older_than(now() + timedelta(days=1)) for key in keys] == []
        return raised.value


@pytest.fixture
def running(tmp_path: Path) -> RunningIntake:
    return RunningIntake(tmp_path)


async def sent(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1_000):
        yield content[start : start + 1_000]


def shown(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def colours(picture: Image.Image) -> tuple[str, str, str, str]:
    """Which colour is at each side: left, right, top, bottom."""
    plain = picture.convert("RGB")
    width, height = plain.size
    places = ((5, height // 2), (width - 5, height // 2), (width // 2, 5), (width // 2, height - 5))
    found = []
    for place in places:
        pixel = plain.getpixel(place)
        assert isinstance(pixel, tuple)
        found.append("red" if pixel[0] > pixel[2] else "blue")
    return found[0], found[1], found[2], found[3]


@pytest.mark.parametrize(
    ("content", "media_type", "form"),
    [
        (hostile.jpeg(), "image/jpeg", "JPEG"),
        (hostile.jpeg(icc_profile=hostile.a_profile()), "image/jpeg", "JPEG"),
        (hostile.png(), "image/png", "PNG"),
        (hostile.webp(), "image/webp", "WEBP"),
        (hostile.webp(lossless=True), "image/webp", "WEBP"),
        (hostile.heic(), "image/jpeg", "JPEG"),
    ],
    ids=["JPEG", "JPEG with its colours", "PNG", "WebP", "WebP without loss", "HEIC"],
)
async def test_a_picture_is_kept_without_anything_that_was_said_about_it(
    running: RunningIntake, content: bytes, media_type: str, form: str
) -> None:
    """S-65: no place, no device, no remark; S-61: the bytes that were sent are not what is kept."""
    assert CANARY in content
    found, kept = await running.kept(content)
    picture = shown(kept)
    assert (found, picture.format, picture.size) == (media_type, form, (64, 40))
    assert colours(picture)[:2] == ("red", "blue")
    assert CANARY not in kept
    assert not picture.getexif()
    assert not {"icc_profile", "exif", "xmp", "comment"} & picture.info.keys()


@pytest.mark.parametrize(
    ("orientation", "size", "sides"),
    [
        (1, (64, 40), {0: "red", 1: "blue"}),
        (2, (64, 40), {0: "blue", 1: "red"}),
        (3, (64, 40), {0: "blue", 1: "red"}),
        (6, (40, 64), {2: "red", 3: "blue"}),
        (8, (40, 64), {2: "blue", 3: "red"}),
    ],
)
async def test_a_picture_is_turned_as_the_camera_was_held(
    running: RunningIntake, orientation: int, size: tuple[int, int], sides: dict[int, str]
) -> None:
    _, kept = await running.kept(hostile.jpeg(orientation))
    picture = shown(kept)
    assert picture.size == size
    assert {place: colours(picture)[place] for place in sides} == sides


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_a_picture_in_any_of_pngs_colours_is_kept(running: RunningIntake, mode: str) -> None:
    picture = hostile.a_picture().convert("L").convert("I").convert("I;16") if mode == "I;16" else None
    content = hostile.saved(picture or hostile.a_picture().convert(mode), "PNG")
    media_type, kept = await running.kept(content)
    assert (media_type, shown(kept).size) == ("image/png", (64, 40))


async def test_a_picture_in_printers_colours_becomes_one_that_browsers_show(running: RunningIntake) -> None:
    _, kept = await running.kept(hostile.saved(hostile.a_picture().convert("CMYK"), "JPEG"))
    assert shown(kept).mode == "RGB"


async def test_what_was_sent_is_remembered_by_size_and_digest(running: RunningIntake) -> None:
    content = hostile.jpeg()
    received = await running.take(content)
    assert (received.sent_size, received.sent_sha256) == (len(content), sha256(content).hexdigest())
    _, kept = await running.kept(content)
    assert (received.file.size, received.file.sha256) == (len(kept), sha256(kept).hexdigest())


@pytest.mark.parametrize(
    "tail",
    [SCRIPT, b"<?php echo '" + CANARY + b"'; ?>", hostile.archive(), b"\0" * 5_000 + SCRIPT],
    ids=["HTML", "PHP", "ZIP", "HTML far behind"],
)
@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "heic", "pdf"])
async def test_a_file_that_is_two_things_at_once_loses_the_other_thing(
    running: RunningIntake, name: str, tail: bytes
) -> None:
    """S-61: what follows the picture or the document is no part of it."""
    _, kept = await running.kept(getattr(hostile, name)() + tail)
    assert CANARY not in kept
    assert not [word for word in (b"<script", b"<?php", b"PK\x03\x04", b"PK\x05\x06") if word in kept]


@pytest.mark.parametrize(
    "content",
    [
        SCRIPT,
        SCRIPT + hostile.pdf(),
        SCRIPT + hostile.jpeg(),
        b"this is a picture.jpg",
        b"GIF89a/*" + SCRIPT,
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
        hostile.archive(),
        hostile.saved(hostile.a_picture(), "GIF"),
        hostile.saved(hostile.a_picture(), "BMP"),
        hostile.saved(hostile.a_picture(), "TIFF"),
        b"\xff\xd8",
        b"RIFF\0\0\0\0WAVE",
        b"\0\0\0\x1cftypmp42",
        b"\0",
    ],
    ids=[
        "HTML",
        "HTML before a document",
        "HTML before a picture",
        "text",
        "GIF and script",
        "SVG",
        "ZIP",
        "GIF",
        "BMP",
        "TIFF",
        "two bytes of a JPEG",
        "sound",
        "film",
        "one byte",
    ],
)
async def test_what_is_none_of_the_accepted_types_is_refused_by_its_content(
    running: RunningIntake, content: bytes
) -> None:
    """S-61, S-62, S-64: the name and the type that somebody gives a file are not looked at."""
    refusal = await running.refused(content, UnknownFileType)
    assert status_of(refusal) == 415
    assert "JPEG, PNG, WebP" in refusal.say("en")
    assert "HEIC 图片或 PDF" in refusal.say("zh-CN")


async def test_an_empty_file_is_refused(running: RunningIntake) -> None:
    refusal = await running.refused(b"", EmptyFile)
    assert (status_of(refusal), refusal.say("zh-CN")) == (422, "文件为空，请重新选择文件并上传。")


@pytest.mark.parametrize("part", [0.02, 0.5, 0.9])
@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "heic", "pdf"])
async def test_a_file_that_ends_before_its_end_is_refused(running: RunningIntake, name: str, part: float) -> None:
    whole = hostile.jpeg(size=(640, 400)) if name == "jpeg" else getattr(hostile, name)()
    refusal = await running.refused(whole[: max(16, int(len(whole) * part))], DamagedFile)
    assert status_of(refusal) == 422
    assert {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "heic": "HEIC", "pdf": "PDF"}[name] in refusal.say("en")


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBPVP8 " + bytes(16), b"%PDF-1.7\n"]
)
async def test_text_that_only_begins_like_a_picture_or_document_is_refused(running: RunningIntake, head: bytes) -> None:
    await running.refused(head + b"and then some text about a picture. " * 20, DamagedFile)


@pytest.mark.parametrize(
    "bomb", [hostile.png_bomb(), hostile.jpeg_bomb(), hostile.webp_bomb()], ids=["PNG", "JPEG", "WebP"]
)
async def test_a_picture_of_too_many_pixels_is_refused_by_its_header(tmp_path: Path, bomb: bytes) -> None:
    """With memory for a twentieth of its pixels: the answer is about pixels, so nothing was decoded."""
    assert len(bomb) < 30_000
    running = RunningIntake(tmp_path, DecodingLimits(memory=400 * 1024 * 1024))
    refusal = await running.refused(bomb, TooManyPixels)
    assert status_of(refusal) == 422
    assert refusal.facts["width"] * refusal.facts["height"] >= 200_000_000
    assert "60000000" in refusal.say("zh-CN")


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_a_picture_that_moves_is_refused(running: RunningIntake, form: str) -> None:
    refusal = await running.refused(hostile.animated(form), TooManyFrames)
    assert "does not move" in refusal.say("en")


async def test_of_a_photograph_with_pictures_behind_it_the_first_one_is_kept(running: RunningIntake) -> None:
    """Phones put depth maps and brighter versions behind a photograph (MPO)."""
    content = hostile.saved(hostile.a_picture(), "MPO", save_all=True, append_images=[hostile.a_picture((10, 10))])
    media_type, kept = await running.kept(content)
    assert (media_type, shown(kept).format, shown(kept).size) == ("image/jpeg", "JPEG", (64, 40))


async def test_a_document_is_kept_without_what_was_said_about_it(running: RunningIntake) -> None:
    content = hostile.pdf(3)
    assert CANARY in content
    media_type, kept = await running.kept(content)
    assert (media_type, len(PdfReader(BytesIO(kept)).pages)) == ("application/pdf", 3)
    assert CANARY not in kept


async def test_a_photograph_in_a_document_loses_its_place(running: RunningIntake) -> None:
    """S-65: scanners put photographs into documents as they are."""
    photograph = hostile.jpeg()
    _, kept = await running.kept(hostile.pdf(picture=photograph))
    assert CANARY not in kept
    inside = PdfReader(BytesIO(kept)).pages[0].images[0].image
    assert inside is not None
    assert (inside.size, colours(inside)[:2]) == ((64, 40), ("red", "blue"))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (hostile.pdf(catalogue={"/OpenAction": hostile.a_deed("/JavaScript", JS="app.alert(1)")}), "/JS"),
        (hostile.pdf(catalogue={"/OpenAction": hostile.a_deed("/Launch", F="cmd.exe")}), "/Launch"),
        (hostile.pdf(catalogue={"/OpenAction": hostile.a_deed("/SubmitForm")}), "/SubmitForm"),
        (
            hostile.pdf(
                catalogue={"/AA": DictionaryObject({NameObject("/WC"): hostile.a_deed("/JavaScript", JS="1")})}
            ),
            "/JS",
        ),
        (
            hostile.pdf(catalogue={"/AcroForm": DictionaryObject({NameObject("/XFA"): TextStringObject("x")})}),
            "/XFA",
        ),
        (
            hostile.pdf(catalogue={"/OpenAction": hostile.a_deed("/Launch")}).replace(b"/Launch", b"/L#61unch"),
            "/Launch",
        ),
        (hostile.with_attachment(), "/EmbeddedFiles"),
    ],
    ids=[
        "script",
        "program",
        "form that is sent",
        "script when it closes",
        "XFA",
        "written in hexadecimal",
        "attachment",
    ],
)
async def test_a_document_that_does_something_is_refused(running: RunningIntake, content: bytes, found: str) -> None:
    """S-61."""
    refusal = await running.refused(content, ActiveDocument)
    assert refusal.facts["found"] == found
    assert found in refusal.say("zh-CN")


async def test_a_document_with_a_password_is_refused(running: RunningIntake) -> None:
    refusal = await running.refused(hostile.pdf(password="owner"), EncryptedDocument)
    assert "password" in refusal.say("en")


async def test_a_document_of_too_many_pages_is_refused(running: RunningIntake) -> None:
    await running.take(hostile.pdf(100))
    with pytest.raises(TooManyPages) as raised:
        await running.take(hostile.pdf(101))
    assert raised.value.facts == {"pages": 101, "limit": 100}


async def test_a_document_cannot_be_nested_until_its_reader_gives_up(running: RunningIntake) -> None:
    content = hostile.pdf(catalogue={"/Deep": hostile.a_deep_tree(300)}).replace(b"[ ]", b"[ " * 5_000 + b"] " * 5_000)
    await running.refused(content, DamagedFile)


async def test_more_bytes_than_the_limit_are_refused_while_they_come(running: RunningIntake) -> None:
    """S-60: the source is not read to its end."""
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 100_000
            yield b"\xff\xd8\xff" + bytes(99_997)

    with pytest.raises(FileTooLarge) as raised:
        await running.intake.take(new_id("file"), endless(), 1_000_000)
    assert status_of(raised.value) == 413
    assert given < 2_000_000
    assert list(running.spool.iterdir()) == []


@cache
def large_png() -> bytes:
    """49 megapixels in a small file."""
    return hostile.saved(hostile.a_picture((7_000, 7_000)), "PNG", compress_level=1)


@pytest.mark.parametrize(
    "limits",
    [
        DecodingLimits(wall_seconds=0.001),
        DecodingLimits(memory=200 * 1024 * 1024),
        DecodingLimits(written=2_000),
    ],
    ids=["time", "memory", "written"],
)
async def test_a_file_that_takes_too_much_is_refused_and_its_reader_is_gone(
    tmp_path: Path, limits: DecodingLimits
) -> None:
    """The limits are those of a process of its own; this one reads on."""
    running = RunningIntake(tmp_path, limits)
    refusal = await running.refused(large_png(), TooDemanding)
    assert (status_of(refusal), "超出限制" in refusal.say("zh-CN")) == (422, True)
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    commands = [Path(f"/proc/{each}/cmdline").read_bytes() for each in children.read_text().split()]
    assert not [each for each in commands if b"decoder.py" in each]
    await RunningIntake(tmp_path / "next").take(hostile.jpeg())


async def test_a_reader_that_never_ends_has_so_much_of_the_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long before its time is over."""
    text = rewriting.PROGRAM.read_text().partition("if __name__ ==")[0]
    program = tmp_path / "endless.py"
    program.write_text(f"{text}\nbound(json.loads(sys.argv[1]))\n_say(kind=JPEG)\nwhile True:\n    pass\n")
    monkeypatch.setattr(rewriting, "PROGRAM", program)
    await RunningIntake(tmp_path, DecodingLimits(cpu_seconds=1, wall_seconds=600)).refused(hostile.jpeg(), TooDemanding)


async def test_a_reader_that_does_not_start_is_a_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "PROGRAM", tmp_path / "nothing.py")
    with pytest.raises(Unavailable):
        await RunningIntake(tmp_path).take(hostile.jpeg())


async def test_an_upload_that_is_cancelled_ends_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = tmp_path / "started"
    program = tmp_path / "endless.py"
    program.write_text(
        f"import os, sys, time, pathlib\npathlib.Path({str(started)!r}).write_text(str(os.getpid()))\ntime.sleep(600)\n"
    )
    monkeypatch.setattr(rewriting, "PROGRAM", program)
    running = RunningIntake(tmp_path)
    taking = asyncio.create_task(running.take(hostile.jpeg()))
    while not started.exists() or not started.read_text():
        await asyncio.sleep(0.01)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert not Path(f"/proc/{started.read_text()}").exists()


def test_the_reader_knows_nothing_of_ours(tmp_path: Path) -> None:
    """S-92: neither the environment of the service nor its modules are in the process that reads hostile files."""
    text = rewriting.PROGRAM.read_text()
    program = tmp_path / "decoder.py"
    more = "import os; ours = [name for name in sys.modules if name.startswith('shared')]"
    program.write_text(f"{text}\n{more}\nprint(json.dumps({{'env': sorted(os.environ), 'ours': ours}}))\n")
    picture = tmp_path / "picture"
    picture.write_bytes(hostile.jpeg())
    limits = {"pixels": 10**6, "frames": 1, "pages": 1, "memory": 2**30, "written": 10**6, "cpu_seconds": 10}
    with picture.open("rb") as source:
        done = subprocess.run(
            [sys.executable, "-I", str(program), json.dumps(limits), str(tmp_path / "kept")],
            stdin=source,
            capture_output=True,
            check=True,
            env=rewriting.ENVIRONMENT,
        )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert said[:2] == [{"kind": "JPEG"}, {"media_type": "image/jpeg"}]
    assert said[2] == {"env": ["LC_ALL", "MALLOC_ARENA_MAX"], "ours": []}


async def test_what_a_killed_process_has_left_on_the_way_is_removed(running: RunningIntake) -> None:
    left = running.spool / "left"
    left.mkdir(parents=True)
    (left / "sent").write_bytes(b"half")
    assert await running.intake.remove_remains(now() - timedelta(hours=1)) == 0
    assert await running.intake.remove_remains(now() + timedelta(hours=1)) == 1
    assert not left.exists()
