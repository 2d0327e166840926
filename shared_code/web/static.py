"""The site's own files: style, script, icon.  Each is served under a name that holds its digest."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from shared_code.web.messages import PLACE, Asked, Reply

TYPES = {
    ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain",
}  # fmt: skip
FOLDER = "static/"


@cache
def content(name: str) -> bytes:
    """A file of the folder.  Raises KeyError for a name that is none of it."""
    known = {each.name: each for each in (resources.files("shared_code.web") / "static").iterdir()}
    return known[name].read_bytes()


@cache
def address_of(name: str) -> str:
    """Where a file is served; another content has another address."""
    return f"{PLACE}/{FOLDER}{name}?{hashlib.sha256(content(name)).hexdigest()[:12]}"


def file_of(asked: Asked) -> Reply | None:
    """The file that is asked for, if there is one: they hold no secret, so that anybody may have them."""
    name = asked.path.removeprefix(FOLDER)
    if asked.method != "GET" or name == asked.path:
        return None
    ending = name[name.rfind(".") :]
    try:
        return Reply(200, content(name), TYPES[ending], lasting=True)
    except KeyError:
        return None
