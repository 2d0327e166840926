"""What a file of AL says, as a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tools.al.tokens import Token


@dataclass(frozen=True)
class Variable:
    """A variable, parameter or label: its name and its type as tokens."""

    name: str
    type: tuple[Token, ...]
    line: int
    by_reference: bool = False

    @property
    def kind(self) -> str:
        """The first word of the type, such as record, codeunit, guid or label."""
        return self.type[0].text.lower() if self.type else ""

    @property
    def subject(self) -> str:
        """Which record, codeunit or enum it is; empty for a plain type."""
        named = len(self.type) > 1 and self.type[1].is_identifier
        return self.type[1].text if named else ""

    @property
    def is_temporary(self) -> bool:
        """Whether it is a temporary record."""
        return bool(self.type) and self.type[-1].is_word("temporary")


@dataclass(frozen=True)
class Routine:
    """A procedure or trigger."""

    kind: str
    name: str
    line: int
    scope: str
    parameters: tuple[Variable, ...]
    variables: tuple[Variable, ...]
    body: tuple[Token, ...]
    attributes: tuple[tuple[Token, ...], ...]
    docs: tuple[str, ...]
    returns: tuple[Token, ...] = ()


@dataclass
class Block:
    """Something with braces: `keyword(arguments) { … }`."""

    keyword: str
    arguments: tuple[Token, ...]
    line: int
    properties: dict[str, tuple[Token, ...]] = field(default_factory=dict)
    property_lines: dict[str, int] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    routines: list[Routine] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)

    def walk(self) -> Iterator[Block]:
        """The block itself and all inside it."""
        yield self
        for block in self.blocks:
            yield from block.walk()

    def inside(self, keyword: str) -> Iterator[Block]:
        """All blocks of one kind inside it, at any depth."""
        return (block for block in self.walk() if block.keyword == keyword and block is not self)

    def value(self, name: str) -> str | None:
        """A property's value as text, None where it is not set. Tokens are joined without blanks."""
        tokens = self.properties.get(name.lower())
        return None if tokens is None else "".join(token.text for token in tokens)

    def says(self, name: str, value: str) -> bool:
        """Whether a property is set to a value."""
        return (self.value(name) or "").lower() == value.lower()

    @property
    def split_arguments(self) -> list[tuple[Token, ...]]:
        """The arguments between the semicolons."""
        parts: list[list[Token]] = [[]]
        for token in self.arguments:
            if token.is_sign(";"):
                parts.append([])
            else:
                parts[-1].append(token)
        return [tuple(part) for part in parts]


@dataclass
class Object:
    """One AL object."""

    kind: str
    id: int
    name: str
    line: int
    docs: tuple[str, ...]
    block: Block


@dataclass
class File:
    """One file: its namespace, what it uses, its objects."""

    path: str
    namespace: str
    usings: tuple[str, ...]
    objects: list[Object]
