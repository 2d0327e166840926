"""Records as people name them: by id, or by number or name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tandem.app import App, Refused, segment

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def id_of(app: App, mapping: str, side: str, text: str) -> str:
    """The id of the record somebody means.  Raises ``Refused`` where there is none, or several."""
    if ID.fullmatch(text):
        return text.lower()
    found = app.get(f"mappings/{segment(mapping)}/records", text=text, side=side)["records"]
    if len(found) == 1:
        return str(found[0]["id"])
    if not found:
        raise Refused(f"{mapping}: no record of that side has the number or name “{text}”.")
    names = "\n".join(f"  {each['id']}  {each['name']}" for each in found)
    raise Refused(f"{mapping}: several records are called “{text}”; name one by its id:\n{names}")


def ids_of(app: App, mapping: str, side: str, texts: Iterable[str]) -> list[str]:
    """The ids of several, each once, in their order."""
    return list(dict.fromkeys(id_of(app, mapping, side, each) for each in texts))
