"""The code of triggers and procedures: that its blocks are closed, and which names it mentions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tools.al.tokens import Cursor, SourceError, Token, track_brackets

OPENS = {"begin": "end", "case": "end", "repeat": "until"}
KEYWORDS = frozenset(
    """
    begin end if then else case of repeat until while do for to downto foreach in with exit and or not xor div
    mod true false
    """.split()
)


def read_body(cursor: Cursor) -> tuple[Token, ...]:
    """Takes `begin … end;`. Raises SourceError when a block or a bracket stays open or closes another."""
    begin = cursor.expect_word("begin")
    taken: list[Token] = []
    blocks, brackets = [begin], list[str]()
    while blocks:
        token = cursor.take()
        if token.is_word("procedure", "trigger") or (token.is_sign("}") and not brackets):
            raise SourceError(blocks[-1].line, f"{blocks[-1].text} is not closed before {token.text}")
        _track_block(token, blocks, brackets)
        track_brackets(token, brackets)
        taken.append(token)
    cursor.expect_sign(";")
    return tuple(taken[:-1])


def _track_block(token: Token, blocks: list[Token], brackets: list[str]) -> None:
    word = token.text.lower() if token.kind == "word" else ""
    if word in OPENS:
        blocks.append(token)
    elif word in ("end", "until"):
        opened = blocks.pop()
        if OPENS[opened.text.lower()] != word:
            raise SourceError(token.line, f"{token.text} does not close {opened.text} of line {opened.line}")
        if brackets:
            raise SourceError(token.line, f"{brackets[-1]} is not closed before {token.text}")


@dataclass(frozen=True)
class Mention:
    """A name in code: what it hangs on (`Rec` in `Rec.Name`), how it is joined (`.`, `::` or nothing), with
    how many arguments it is called (None where it is not called), and as an argument of whose method it
    stands (`Rec` for the name in `Rec.SetRange("Name")`)."""

    name: Token
    owner: Token | None
    joined: str
    arguments: int | None
    method_of: Token | None = None


def mentions(body: tuple[Token, ...]) -> Iterator[Mention]:
    """Every name in code, keywords left out."""
    calls: list[Token | None] = []
    for index, token in enumerate(body):
        if token.is_sign("("):
            calls.append(_owner_of_call(body, index))
        elif token.is_sign(")") and calls:
            calls.pop()
        elif token.is_identifier and not (token.kind == "word" and token.text.lower() in KEYWORDS):
            mention = _mention(body, index, calls[-1] if calls else None)
            if mention is not None:
                yield mention


def _owner_of_call(body: tuple[Token, ...], bracket: int) -> Token | None:
    """Whose method is called with the brackets that open here."""
    called = bracket > 2 and body[bracket - 1].is_identifier and body[bracket - 2].is_sign(".")
    return body[bracket - 3] if called else None


def _mention(body: tuple[Token, ...], index: int, method_of: Token | None) -> Mention | None:
    """The name at a place; None where it hangs on the result of a call, whose type is not followed."""
    before = body[index - 1] if index else None
    joined = before.text if before is not None and before.is_sign(".", "::") else ""
    owner = body[index - 2] if joined and index > 1 else None
    if owner is not None and not owner.is_identifier:
        return None
    return Mention(body[index], owner, joined, _argument_count(body, index + 1), method_of)


def _argument_count(body: tuple[Token, ...], at: int) -> int | None:
    """How many arguments stand in the brackets that open at a token; None when none open there."""
    if at >= len(body) or not body[at].is_sign("("):
        return None
    depth, commas, empty = 0, 0, True
    for token in body[at:]:
        if token.is_sign("(", "["):
            depth += 1
        elif token.is_sign(")", "]"):
            depth -= 1
        elif depth == 1 and token.is_sign(","):
            commas += 1
        if depth == 0:
            break
        empty = empty and token is body[at]
    return 0 if empty else commas + 1
