"""What a browser asks and what it is answered, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

MAX_FORM_BYTES = 1_000_000
MAX_FIELDS = 2_000
PLACE = "/app"
"""Where the pages are; each address below it stays."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.  ``path`` is what follows ``/app/``; header names are in small letters."""

    method: str
    path: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def host(self) -> str:
        """Host and port that the browser asked."""
        return urlsplit(self.url).netloc.lower()

    @property
    def cookies(self) -> Mapping[str, str]:
        pairs = (each.strip().partition("=") for each in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}

    @property
    def is_fragment(self) -> bool:
        """Whether a part of a page that is shown asks, and not a person for the page."""
        return self.headers.get("hx-request") == "true"

    def form(self) -> Form:
        """The fields of a submitted form.  Raises ValueError for what is none."""
        if len(self.body) > MAX_FORM_BYTES:
            raise ValueError(f"a form has at most {MAX_FORM_BYTES} bytes")
        text = self.body.decode("utf-8")
        return Form(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"))


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form in their order; a name may come several times."""

    fields: Sequence[tuple[str, str]] = ()

    def get(self, name: str) -> str:
        """The first value of a field; blank where there is none."""
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for key, value in self.fields if key == name]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; ``lasting``: it never changes under its address."""

    status: int
    body: str | bytes = ""
    content_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)
    lasting: bool = False


def redirect(address: str, cookie: str = "") -> Reply:
    """Go on at another page of ours."""
    return Reply(303, headers={"Location": address} | ({"Set-Cookie": cookie} if cookie else {}))
