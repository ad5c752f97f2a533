"""Files as people send them, and as attackers do; all of them are made here."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

import pillow_heif
from PIL import ExifTags, Image, ImageCms, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

CANARY: Final = b"canary9137"
"""A word that must not be in what is kept."""
SCRIPT: Final = b"<script>alert('" + CANARY + b"')</script>"


def a_picture(size: tuple[int, int] = (64, 40)) -> Image.Image:
    """Red on the left, blue on the right, so that one can see how it is turned."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    return picture


def exif(orientation: int = 1) -> bytes:
    """What a phone writes: where it was, which phone, how it was held."""
    said = Image.Exif()
    said[ExifTags.Base.Orientation] = orientation
    said[ExifTags.Base.Model] = CANARY.decode()
    said.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (31.0, 14.0, 91.37), 3: "E", 4: (121.0, 28.0, 9.0)})
    return said.tobytes()


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    """The picture as a file."""
    target = BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def a_profile() -> bytes:
    """What says which red is meant."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def jpeg(orientation: int = 1, size: tuple[int, int] = (64, 40), **options: Any) -> bytes:
    """A photograph with location and remarks."""
    return saved(a_picture(size), "JPEG", exif=exif(orientation), comment=CANARY, quality=95, **options)


def png(**options: Any) -> bytes:
    """A picture with a remark and a location."""
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", CANARY.decode())
    said.add_itxt("XML:com.adobe.xmp", CANARY.decode())
    return saved(a_picture(), "PNG", pnginfo=said, exif=exif(), **options)


def webp(**options: Any) -> bytes:
    """A picture with a location."""
    return saved(a_picture(), "WEBP", exif=exif(), xmp=CANARY, **options)


def heic() -> bytes:
    """What iPhones send."""
    pillow_heif.register_heif_opener()
    return saved(a_picture(), "HEIF", exif=exif(), quality=90)


def animated(form: str) -> bytes:
    """A picture that moves."""
    frames = [a_picture(), a_picture().rotate(180)]
    return saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100)


def png_bomb(width: int = 20_000, height: int = 10_000) -> bytes:
    """200 megapixels in some 25 kB."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    lines = zlib.compress(bytes((width // 8 + 1) * height))
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def jpeg_bomb() -> bytes:
    """A small JPEG whose header says 20000 x 10000."""
    content = bytearray(saved(a_picture(), "JPEG"))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", 10_000, 20_000)
    return bytes(content)


def webp_bomb() -> bytes:
    """A canvas of 268 megapixels and nothing on it."""
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes([2, 0, 0, 0]) + (16_382).to_bytes(3, "little") * 2
    content = b"WEBP" + canvas + b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def archive() -> bytes:
    """A ZIP with a page that runs a script."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("index.html", SCRIPT)
    return target.getvalue()


def pdf(
    pages: int = 1, *, catalogue: Mapping[str, Any] | None = None, picture: bytes | None = None, password: str = ""
) -> bytes:
    """A document; `catalogue` is added to what it says about itself, `picture` to its first page."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 100)
    writer.add_metadata({"/Author": CANARY.decode()})
    if picture is not None:
        stream = StreamObject()
        stream._data = picture
        stream.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Image"),
                NameObject("/Filter"): NameObject("/DCTDecode"),
                NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
                NameObject("/BitsPerComponent"): NumberObject(8),
                NameObject("/Width"): NumberObject(64),
                NameObject("/Height"): NumberObject(40),
            }
        )
        pictures = DictionaryObject({NameObject("/Im0"): writer._add_object(stream)})
        writer.pages[0][NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
    for name, value in (catalogue or {}).items():
        writer.root_object[NameObject(name)] = value
    if password:
        writer.encrypt("", password, algorithm="RC4-128")
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def a_deed(name: str, **more: str) -> DictionaryObject:
    """What a document does when it is opened."""
    said = {NameObject(f"/{key}"): TextStringObject(value) for key, value in more.items()}
    return DictionaryObject({NameObject("/S"): NameObject(name), **said})


def with_attachment() -> bytes:
    """A document that carries a program."""
    writer = PdfWriter()
    writer.add_blank_page(200, 100)
    writer.add_attachment("setup.exe", b"MZ" + CANARY)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def a_deep_tree(levels: int) -> ArrayObject:
    """Lists in lists."""
    inner = ArrayObject()
    for _ in range(levels):
        inner = ArrayObject([inner])
    return inner
