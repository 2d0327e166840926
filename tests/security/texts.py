"""Texts that mean something in a filter, an address, a key, a header, a message or a page."""

from __future__ import annotations

QUOTES = [
    "O'Neil",
    "''",
    "'",
    "x' or 1 eq 1 or displayName eq 'x",
    "x') or (1 eq 1",
    "x' or startswith(name,'') or name eq 'x",
    "' or RowKey ge '",
    "'; drop table accounts;--",
    'say "x"',
    'x"],"b":["',
]
ADDRESSES = [
    "a&$filter=1 eq 1",
    "a&$top=1",
    "a?b#c",
    "%27",
    "%2527 or 1 eq 1",
    "50% + 1",
    "a;b,c",
    "../companies",
    "a/b\\c",
    "@p1",
    "$batch",
]
LINES = ["a\nb", "a\r\nIf-Match: *", "a\tb", "a\x00b", "a\x1fb"]
PAGES = ["<script>alert(1)</script>", "{{7*7}}", "${7*7}"]
OTHERS = [*PAGES, "a|b", "a~2fb", "\u202edrow", "Ｏ＇Ｎeil", "null", "*"]

HOSTILE = [*QUOTES, *ADDRESSES, *LINES, *OTHERS]
"""All of them."""

PRINTABLE = [*QUOTES, *ADDRESSES, *OTHERS]
"""Those that a person can enter on both sides."""
