"""JSON whose letters are all ASCII, made of JSON that may hold any."""

from __future__ import annotations

import codecs
from json.encoder import encode_basestring_ascii

_ESCAPED = "tandem-json"


def in_ascii(body: bytes) -> bytes:
    """JSON in UTF-8 as the same in ASCII: letters beyond are escaped as the standard library escapes them."""
    return body if body.isascii() else body.decode().encode("ascii", _ESCAPED)


def _escaped(fault: UnicodeError) -> tuple[str, int]:
    """What a codec puts in place of letters that it does not know; see ``codecs.register_error``."""
    assert isinstance(fault, UnicodeEncodeError)
    return encode_basestring_ascii(fault.object[fault.start : fault.end])[1:-1], fault.end


codecs.register_error(_ESCAPED, _escaped)
