"""What a file is by its first bytes, how large a WebP picture is, and what leaves a JPEG (S-67)."""

import struct
from typing import Final

import pytest

from shared.files.decoder import HEIC_BRANDS, kind_of, webp_size, without_remarks

REST: Final = b"\0" * 20
SIZED: Final = b"\0\0\0\x18"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0" + REST, "JPEG"),
        (b"\xff\xd8\x00\xe0" + REST, None),
        (b"\x89PNG\r\n\x1a\n" + REST, "PNG"),
        (b"\x89PNG\n\n\x1a\n" + REST, None),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
        (b"RIFX\x10\0\0\0WEBPVP8 ", None),
        (b"RIFF\x10\0\0\0WAVEfmt ", None),
        (b"RIFF\x10\0\0\0WEBXVP8 ", None),
        (b"\x01RIFF\x10\0\0WEBP", None),
        *((SIZED + b"ftyp" + brand + REST, "HEIC") for brand in (
            b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"
        )),
        (SIZED + b"ftyp" + b"avif" + REST, None),
        (SIZED + b"ftyp" + b"mp42" + REST, None),
        (SIZED + b"ftyX" + b"heic" + REST, None),
        (SIZED + b"moov" + b"heic" + REST, None),
        (b"ftypheic" + REST, None),
        (b"%PDF-1.7\n" + REST, "PDF"),
        (b"%PDF 1.7\n" + REST, None),
        (b" %PDF-1.7\n" + REST, None),
        (b"<svg xmlns=", None),
        (b"GIF89a" + REST, None),
        (b"", None),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_first_bytes_and_by_all_of_them(head: bytes, kind: str | None) -> None:
    """S-67: a name or a media type says nothing; other containers with the same frame are not taken."""
    assert kind_of(head) == kind


def test_every_brand_of_heic_is_one_of_four_letters() -> None:
    assert len(HEIC_BRANDS) == 8
    assert {len(each) for each in HEIC_BRANDS} == {4}


def a_webp(form: bytes, sizes: bytes, at: int) -> bytes:
    return (b"RIFF\x10\0\0\0WEBP" + form).ljust(at, b"\x5a") + sizes + b"\x5a" * 8


@pytest.mark.parametrize(("width", "height"), [(1, 1), (300, 7), (16_383, 16_000), (16_000, 16_383)])
def test_the_size_of_a_webp_picture_is_read_before_it_is_decoded(width: int, height: int) -> None:
    """S-60: a decoder allocates the whole picture before it reports the size."""
    extended = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    lossless = ((width - 1) | (height - 1) << 14 | 0b1010 << 28).to_bytes(4, "little")
    lossy = struct.pack("<HH", width | 0b01 << 14, height | 0b10 << 14)
    assert webp_size(a_webp(b"VP8X", extended, 24)) == (width, height)
    assert webp_size(a_webp(b"VP8L", lossless, 21)) == (width, height)
    assert webp_size(a_webp(b"VP8 ", lossy, 26)) == (width, height)


def test_an_extended_webp_may_be_larger_than_any_other() -> None:
    assert webp_size(a_webp(b"VP8X", b"\xff" * 6, 24)) == (1 << 24, 1 << 24)


def a_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


START, PIXELS = b"\xff\xd8", b"\xff\xda\x00\x04ab" + b"\xff\xe1\x00\x08pixels\xff\xd9"
TABLES = a_segment(0xDB, b"tables"), a_segment(0xE0, b"JFIF"), a_segment(0xE2, b"colours" * 60)


@pytest.mark.parametrize("marker", [0xE1, 0xED, 0xFE])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_what_cameras_and_programs_say_leaves_a_jpeg(marker: int, place: int) -> None:
    """S-67: place, author and program; tables, colours and pixels stay byte for byte."""
    kept = [*TABLES]
    said = [*kept[:place], a_segment(marker, b"Exif: 48.1, 11.5" * 20), *kept[place:]]
    assert without_remarks(START + b"".join(said) + PIXELS) == START + b"".join(kept) + PIXELS


@pytest.mark.parametrize(
    "jpeg",
    [
        START + b"".join(TABLES) + PIXELS,
        START,
        START + b"\xff\xe1",
        START + b"\x00\xe1\x00\x04ab" + PIXELS,
        b"\xff\xd9" + a_segment(0xE1, b"Exif"),
        b"",
    ],
)
def test_what_says_nothing_or_is_no_jpeg_stays_as_it_is(jpeg: bytes) -> None:
    assert without_remarks(jpeg) == jpeg
