"""AL source as tokens. Comments vanish, documentation comments stay."""

from __future__ import annotations

import re
from dataclasses import dataclass


class SourceError(ValueError):
    """The source is not the AL that is understood here, with the line where that was seen."""

    def __init__(self, line: int, says: str) -> None:
        super().__init__(f"line {line}: {says}")
        self.line = line
        self.says = says


@dataclass(frozen=True)
class Token:
    """One token. `kind` is word, name (in double quotes), text (in single quotes), number, sign or doc;
    `text` is without quotes."""

    kind: str
    text: str
    line: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of the keywords; AL does not distinguish upper and lower case."""
        return self.kind == "word" and self.text.lower() in words

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of the signs."""
        return self.kind == "sign" and self.text in signs

    @property
    def is_identifier(self) -> bool:
        """Whether it can name something."""
        return self.kind in ("word", "name")


END = Token("end", "", 0)
_PATTERN = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<doc>///[^\n]*)
    | (?P<comment>//[^\n]*|/\*.*?\*/)
    | (?P<text>'(?:[^'\n]|'')*')
    | (?P<name>"(?:[^"\n]|"")+")
    | (?P<number>\d+(?:\.\d+)?D?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>::|:=|\+=|-=|\*=|/=|<>|<=|>=|\.\.|[-+*/(){}\[\];:,.=<>@])
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens_of(source: str) -> list[Token]:
    """The tokens of a file. Raises SourceError at a character that begins none, such as an open quote."""
    found: list[Token] = []
    position, line = 0, 1
    while position < len(source):
        match = _PATTERN.match(source, position)
        if match is None:
            raise SourceError(line, f"nothing in AL begins with {source[position : position + 10]!r}")
        kind, text = str(match.lastgroup), match[0]
        if kind not in ("space", "comment"):
            found.append(Token(kind, _unquoted(kind, text), line))
        line += text.count("\n")
        position = match.end()
    return found


def _unquoted(kind: str, text: str) -> str:
    if kind == "text":
        return text[1:-1].replace("''", "'")
    if kind == "name":
        return text[1:-1].replace('""', '"')
    return text[3:].strip() if kind == "doc" else text


class Cursor:
    """Walks over tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def now(self) -> Token:
        """The token to be read next; `END` at the end."""
        return self.peek(0)

    def peek(self, ahead: int) -> Token:
        """A token further on."""
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else END

    @property
    def line(self) -> int:
        """Where the reader stands."""
        return self.now.line or (self._tokens[-1].line if self._tokens else 1)

    def take(self) -> Token:
        """The next token. Raises SourceError at the end of the file."""
        token = self.now
        if token is END:
            raise SourceError(self.line, "the file ends in the middle of something")
        self._at += 1
        return token

    def accept_sign(self, sign: str) -> bool:
        """Takes the sign if it comes next."""
        if self.now.is_sign(sign):
            self._at += 1
            return True
        return False

    def expect_sign(self, sign: str) -> Token:
        """Takes the sign. Raises SourceError when something else comes."""
        if not self.now.is_sign(sign):
            raise SourceError(self.line, f"{sign} is missing before {self.now.text!r}")
        return self.take()

    def expect_word(self, word: str) -> Token:
        """Takes the keyword. Raises SourceError when something else comes."""
        if not self.now.is_word(word):
            raise SourceError(self.line, f"{word} is missing before {self.now.text!r}")
        return self.take()

    def expect_identifier(self) -> Token:
        """Takes a name. Raises SourceError when something else comes."""
        if not self.now.is_identifier:
            raise SourceError(self.line, f"a name is missing before {self.now.text!r}")
        return self.take()

    def until_sign(self, sign: str) -> list[Token]:
        """Takes everything before the sign, and the sign; brackets inside are balanced."""
        taken: list[Token] = []
        open_brackets: list[str] = []
        while open_brackets or not self.now.is_sign(sign):
            token = self.take()
            track_brackets(token, open_brackets)
            taken.append(token)
        self.take()
        return taken


_CLOSING = {")": "(", "]": "[", "}": "{"}


def track_brackets(token: Token, open_brackets: list[str]) -> None:
    """Keeps the list of open brackets. Raises SourceError at one that closes none or another."""
    if token.is_sign("(", "[", "{"):
        open_brackets.append(token.text)
    elif token.is_sign(")", "]", "}"):
        if not open_brackets or open_brackets.pop() != _CLOSING[token.text]:
            raise SourceError(token.line, f"{token.text} closes nothing")
