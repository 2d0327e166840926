"""The ``Prefer`` header: several values, comma-separated, one of them with commas of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from local.simulators.dataverse.errors import bad_request

MAX_PAGE_SIZE = 5000
_VALUE = re.compile(
    r'\s*(?P<name>[\w.-]+)\s*(?:=\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^,;\s]*)))?\s*(?:[,;]|$)'
)


@dataclass(frozen=True)
class Preferences:
    """What the caller prefers; ``applied`` lists what the answer's Preference-Applied names."""

    representation: bool = False
    page_size: int | None = None
    track_changes: bool = False
    continue_on_error: bool = False
    annotations: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()

    def wants(self, annotation: str) -> bool:
        """Whether an annotation is asked for; the last pattern that fits decides, ``-`` excludes."""
        wanted = False
        for pattern in self.annotations:
            if fnmatchcase(annotation, pattern.lstrip("-")):
                wanted = not pattern.startswith("-")
        return wanted

    def headers(self) -> dict[str, str]:
        """The Preference-Applied header, if anything was applied."""
        return {"Preference-Applied": ",".join(self.applied)} if self.applied else {}


def read_preferences(headers: Mapping[str, str]) -> Preferences:
    """Read the header; unknown preferences are ignored, as HTTP demands.  Raises ``Refused``."""
    text = headers.get("prefer")
    if not text:
        return Preferences()
    values = _values(text)
    size = values.get("odata.maxpagesize")
    annotations = values.get("odata.include-annotations", "")
    return Preferences(
        representation=values.get("return") == "representation",
        page_size=None if size is None else _page_size(size),
        track_changes="odata.track-changes" in values,
        continue_on_error="odata.continue-on-error" in values,
        annotations=tuple(part.strip() for part in annotations.split(",") if part.strip()),
        applied=tuple(_applied(values)),
    )


def _values(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _VALUE.match(text, at)
        if match is None:
            return found
        quoted = match["quoted"]
        found[match["name"].lower()] = quoted if quoted is not None else match["plain"] or ""
        at = match.end()
    return found


def _page_size(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise bad_request(f"Invalid value '{text[:50]}' for the preference odata.maxpagesize.")
    return min(int(text), MAX_PAGE_SIZE)


def _applied(values: Mapping[str, str]) -> list[str]:
    applied = []
    if values.get("return") == "representation":
        applied.append("return=representation")
    if "odata.maxpagesize" in values:
        applied.append(f"odata.maxpagesize={_page_size(values['odata.maxpagesize'])}")
    if "odata.track-changes" in values:
        applied.append("odata.track-changes")
    if "odata.include-annotations" in values:
        applied.append(f'odata.include-annotations="{values["odata.include-annotations"]}"')
    return applied
