"""JSON whose letters are all ASCII, made of JSON that may hold any."""

from __future__ import annotations

import re
from json.encoder import encode_basestring_ascii

_BEYOND = re.compile(r"[^\x00-\x7f]+")


def in_ascii(body: bytes) -> bytes:
    """JSON in UTF-8 as the same in ASCII: letters beyond are escaped as the standard library escapes them.

    Python's own escapes differ from JSON's for letters below U+0100 (``\\xe6`` for ``\\u00e6``) and beyond
    U+FFFF.  JSON knows no ``\\x``, so it is put right afterwards, unless a text has a backslash of its own.
    """
    if body.isascii():
        return body
    text = body.decode()
    quick = text.encode("ascii", "backslashreplace")
    if b"\\\\" in body or b"\\U" in quick:
        return _BEYOND.sub(_escaped, text).encode("ascii")
    return quick.replace(b"\\x", b"\\u00")


def _escaped(found: re.Match[str]) -> str:
    return encode_basestring_ascii(found[0])[1:-1]
