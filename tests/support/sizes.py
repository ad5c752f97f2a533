"""Documents of any size, to find out how much a reader takes."""

from collections.abc import Callable

Build = Callable[[int], bytes]
Row = tuple[Build, int, str]


def some_bytes(count: int) -> bytes:
    """So many bytes in all."""
    return b"a" + b" " * (count - 1)


def a_nest(levels: int) -> bytes:
    """A value so far down."""
    return b"[" * levels + b"1" + b"]" * levels


def a_list(values: int) -> bytes:
    """So many values as YAML counts; beginning and end of stream, document and list are six of them."""
    return b"[" + b",".join([b"1"] * (values - 6)) + b"]"


def a_text(characters: int) -> bytes:
    """One text so long."""
    return b"a: '" + b"x" * characters + b"'"


def limits(*, kib: int, levels: int, values: int, characters: int) -> list[Row]:
    """What builds a document of a size, the largest that is taken, and what is said of a larger one."""
    return [
        (some_bytes, kib * 1024, f"the document is longer than {kib} KiB"),
        (a_nest, levels, "it is nested too deeply"),
        (a_list, values, f"there are more than {values} values"),
        (a_text, characters, f"this text is longer than {characters} characters"),
    ]
