"""JSON whose letters are all ASCII, made of JSON that may hold any."""

from __future__ import annotations

import re
from json.encoder import encode_basestring_ascii

_BEYOND = re.compile(r"[^\x00-\x7f]+")
_FAR = re.compile(rb"\\U([0-9a-f]{8})")


def in_ascii(body: bytes) -> bytes:
    """JSON in UTF-8 as the same in ASCII: letters beyond are escaped as the standard library escapes them.

    Python's own escapes differ from JSON's for letters below U+0100 (``\\xe6`` for ``\\u00e6``) and beyond
    U+FFFF.  JSON has neither form, so they are put right afterwards, unless a text itself says ``\\x``.
    """
    if body.isascii():
        return body
    text = body.decode()
    if b"\\\\x" in body or b"\\\\U" in body:
        return _BEYOND.sub(_escaped, text).encode("ascii")
    quick = text.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")
    return _FAR.sub(_pair, quick) if b"\\U" in quick else quick


def _escaped(found: re.Match[str]) -> str:
    return encode_basestring_ascii(found[0])[1:-1]


def _pair(found: re.Match[bytes]) -> bytes:
    """Two surrogates for Python's ``\\U0001f600``."""
    return encode_basestring_ascii(chr(int(found[1], 16)))[1:-1].encode()
