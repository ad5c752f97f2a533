"""Reads one file by its content and writes it anew, in a process of its own with limits that may end it at any time.

Standard input is the file; the arguments are limits as JSON and the path of the new file. Each line of standard output
is JSON: first the kind of the file, then the result. An error of a decoding library ends the process.
"""

import errno
import json
import resource
import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdf.generic import DictionaryObject

JPEG, PNG, WEBP, HEIC, PDF = "JPEG", "PNG", "WebP", "HEIC", "PDF"
HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
FORMATS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
"""The only decoders that Pillow may use for each kind."""
MODES: Final[Mapping[str, str]] = {"1": "L", "P": "RGBA", "PA": "RGBA", "CMYK": "RGB", "YCbCr": "RGB", "LAB": "RGB"}
"""How a picture is kept whose own way of writing colours is kept nowhere."""
KEPT_AS: Final[Mapping[str, tuple[str, str, Mapping[str, Any]]]] = {
    JPEG: ("image/jpeg", "JPEG", {"quality": 90}),
    PNG: ("image/png", "PNG", {}),
    WEBP: ("image/webp", "WEBP", {"quality": 90, "exact": True}),
    HEIC: ("image/jpeg", "JPEG", {"quality": 90}),
}
ODD_EXIF: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)

ACTIVE_KEYS: Final = frozenset({"/JavaScript", "/JS", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA"})
ACTIVE_DEEDS: Final = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/Rendition",
        "/RichMediaExecute",
        "/Movie",
        "/Sound",
    }
)
SAID_ABOUT: Final = ("/Metadata", "/PieceInfo", "/Thumb")
"""Metadata of a document or a picture in it: author, place, program."""

MARK: Final = 0xFF
PIXELS_BEGIN: Final = 0xDA
REMARKS: Final = frozenset({0xE1, 0xED, 0xFE})
"""Bytes of a JPEG: before each segment; of the last one; of those for EXIF and XMP, for Photoshop, for comments."""


class RefusedFile(Exception):
    """The file is not accepted."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.said = {"refused": code, **facts}


def kind_of(head: bytes) -> str | None:
    """The kind of a file, by its first bytes."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return HEIC
    return PDF if head.startswith(b"%PDF-") else None


def webp_size(head: bytes) -> tuple[int, int]:
    """Width and height. Pillow allocates a whole WebP picture before it reports the size."""
    match head[12:16]:
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            width, height = struct.unpack("<HH", head[26:30])
            return width & 0x3FFF, height & 0x3FFF


def rewrite_picture(kind: str, source: BinaryIO, target: BinaryIO, limits: Mapping[str, int]) -> str:
    """Write the pixels, rotated as the camera was held, without metadata; the new media type."""
    if kind == WEBP:
        head = source.read(32)
        _few_pixels(*webp_size(head), limits)
        source.seek(0)
    if kind == HEIC:
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener(thumbnails=False)
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None
    picture: Image.Image = Image.open(source, formats=[FORMATS[kind]])
    _few_pixels(*picture.size, limits)
    if kind in (PNG, WEBP) and getattr(picture, "n_frames", 1) > limits["frames"]:
        raise RefusedFile("frames", limit=limits["frames"])
    picture.load()
    media_type, form, options = KEPT_AS[kind]
    profile = picture.info.get("icc_profile")
    with suppress(*ODD_EXIF):
        ImageOps.exif_transpose(picture, in_place=True)
    picture = _plain(picture, opaque=form == "JPEG", profile=profile)
    picture.info.clear()
    picture.save(target, form, **options)
    return media_type


def _few_pixels(width: int, height: int, limits: Mapping[str, int]) -> None:
    if width * height > limits["pixels"]:
        raise RefusedFile("pixels", width=width, height=height, limit=limits["pixels"])


def _plain(picture: "Image", profile: bytes | None, *, opaque: bool) -> "Image":
    """Convert to colours that every program shows alike: sRGB without a palette."""
    from PIL import ImageCms

    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        with suppress(ImageCms.PyCMSError, OSError):
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            mode = "RGBA" if picture.mode == "RGBA" else "RGB"
            changed = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode=mode)
            picture = changed if changed is not None else picture
    wanted = MODES.get(picture.mode, picture.mode)
    if opaque:
        wanted = "L" if wanted in ("L", "LA") else "RGB"
    return picture if wanted == picture.mode else picture.convert(wanted)


def rewrite_document(source: BinaryIO, target: BinaryIO, limits: Mapping[str, int]) -> str:
    """Write the contents of the pages and nothing else; the media type."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import StreamObject

    reader = PdfReader(source, strict=False)
    if reader.is_encrypted:
        raise RefusedFile("encrypted")
    writer = PdfWriter(clone_from=reader)
    pages = 0
    for each in _dictionaries(writer.root_object):
        pages += each.get("/Type") == "/Page"
        if pages > limits["pages"]:
            raise RefusedFile("pages", pages=max(pages, len(reader.pages)), limit=limits["pages"])
        found = sorted(ACTIVE_KEYS & each.keys()) or sorted(ACTIVE_DEEDS & {str(each.get("/S"))})
        if found:
            raise RefusedFile("active", found=found[0])
        for name in SAID_ABOUT:
            each.pop(name, None)
        if isinstance(each, StreamObject) and each.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            # the stream is a complete JPEG; pypdf has no public way to replace it
            each._data = without_remarks(each._data)  # noqa: SLF001
    if not pages:
        raise RefusedFile("damaged")
    writer.metadata = None
    writer.write(target)
    return "application/pdf"


def _dictionaries(root: "DictionaryObject") -> Iterator["DictionaryObject"]:
    """Every reachable dictionary and stream, each once."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if (each.idnum, each.generation) not in seen:
                seen.add((each.idnum, each.generation))
                waiting.append(each.get_object())
        elif isinstance(each, DictionaryObject):
            yield each
            waiting.extend(dict.values(each))
        elif isinstance(each, ArrayObject):
            waiting.extend(list.__iter__(each))


def without_remarks(jpeg: bytes) -> bytes:
    """The same JPEG without metadata of cameras and programs: APP1, APP13 and comments."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept = [jpeg[:2]]
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == MARK and jpeg[at + 1] != PIXELS_BEGIN:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in REMARKS:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])


def bound(limits: Mapping[str, int]) -> None:
    """Limit memory and processor time of this process from now on."""
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["written"], limits["written"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main(limits: Mapping[str, int], target_path: str) -> None:
    """Rewrite the file and print the result."""
    bound(limits)
    source = sys.stdin.buffer
    with Path(target_path).open("wb") as target:
        head = source.read(32)
        kind = kind_of(head)
        source.seek(0)
        _say(kind=kind)
        try:
            if kind is None:
                raise RefusedFile("unknown" if head else "empty")  # noqa: TRY301
            if kind == PDF:
                media_type = rewrite_document(source, target, limits)
            else:
                media_type = rewrite_picture(kind, source, target, limits)
            target.flush()
        except RefusedFile as refusal:
            _say(**refusal.said)
        except MemoryError:
            _say(refused="demanding")
        except OSError as error:
            if error.errno != errno.EFBIG:
                raise
            _say(refused="demanding")
        else:
            _say(media_type=media_type)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2])
