"""Formatted text as plain text: what a note of Sales says without the marks of HTML.  Pure.

Sales' editor of notes writes HTML; notes of Business Central are plain text.  A text without a mark of HTML
is plain already and stays as it is, so that "a < b" is not damaged.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_NAMES = (
    "a|b|big|blockquote|body|br|caption|center|code|col|dd|div|dl|dt|em|figure|font|h[1-6]|head|hr|html|i|img|"
    "li|mark|ol|p|pre|s|section|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul"
)
_MARK = re.compile(rf"<(?:/?(?:{_NAMES})(?:\s[^<>]*)?/?|!--[^<>]*--)>", re.IGNORECASE)
_LINES = frozenset(
    ("blockquote", "br", "dd", "div", "dt", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p",
     "pre", "section", "table", "tr")
)  # fmt: skip
_UNSEEN = frozenset(("head", "style", "script"))


def plain(text: str) -> str:
    """The text that a person reads: a line for each paragraph, blanks at its ends left out.

    What a mark hid may be a mark itself (``&lt;p&gt;``): then that is none any more, so that doing it twice
    changes nothing.
    """
    while _MARK.search(text) and (less := _without_marks(text)) != text:
        text = less
    return text


def _without_marks(text: str) -> str:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Gathers what is seen of a document, with an end of line wherever a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in _UNSEEN
        self._end_line(tag)

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(self._hidden - (tag in _UNSEEN), 0)
        self._end_line(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self._end_line(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data.replace("\r", "").replace("\n", " "))

    def _end_line(self, tag: str) -> None:
        if tag in _LINES:
            self.parts.append("\n")
