"""Parses the AL that the extension uses: objects, sections, properties, triggers, procedures.

Blocks must be closed in the order they were opened, in declarations and in code. Raises `SourceError`.
"""

from __future__ import annotations

from tools.al.code import read_body
from tools.al.tokens import Cursor, SourceError, Token, tokens_of
from tools.al.tree import Block, File, Object, Routine, Variable

OBJECT_KINDS = ("table", "page", "query", "codeunit", "permissionset", "enum", "tableextension", "interface")
SCOPES = ("local", "internal", "protected")


def parse(source: str, path: str = "") -> File:
    """The tree of one file."""
    cursor = Cursor(tokens_of(source))
    namespace = _dotted(cursor, "namespace")
    usings: list[str] = []
    while cursor.now.is_word("using"):
        usings.append(_dotted(cursor, "using"))
    objects: list[Object] = []
    while cursor.now.kind != "end":
        objects.append(_object(cursor))
    return File(path, namespace, tuple(usings), objects)


def _dotted(cursor: Cursor, word: str) -> str:
    """`namespace A.B;` or `using A.B;`; empty where it is missing."""
    if not cursor.now.is_word(word):
        return ""
    cursor.take()
    return "".join(token.text for token in cursor.until_sign(";"))


def _docs(cursor: Cursor) -> tuple[str, ...]:
    lines: list[str] = []
    while cursor.now.kind == "doc":
        lines.append(cursor.take().text)
    return tuple(lines)


def _object(cursor: Cursor) -> Object:
    docs = _docs(cursor)
    keyword = cursor.take()
    if not keyword.is_word(*OBJECT_KINDS):
        raise SourceError(keyword.line, f"{keyword.text!r} begins no object")
    number = cursor.take()
    if not number.text.isdigit():
        raise SourceError(number.line, f"an object's number is missing before {number.text!r}")
    name = cursor.expect_identifier()
    block = Block(keyword.text.lower(), (), keyword.line)
    if cursor.now.is_word("extends"):
        cursor.take()
        block.properties["extends"] = (cursor.expect_identifier(),)
    _members(cursor, block)
    return Object(block.keyword, int(number.text), name.text, keyword.line, docs, block)


def _members(cursor: Cursor, block: Block) -> None:
    """Everything between the braces of a block."""
    cursor.expect_sign("{")
    while not cursor.accept_sign("}"):
        docs = _docs(cursor)
        if cursor.now.is_sign("["):
            block.routines.append(_routine(cursor, docs, _attributes(cursor)))
        elif cursor.now.is_word("procedure", "trigger", *SCOPES):
            block.routines.append(_routine(cursor, docs, ()))
        elif cursor.now.is_word("var"):
            block.variables.extend(_variables(cursor))
        elif cursor.peek(1).is_sign("="):
            _property(cursor, block)
        else:
            block.blocks.append(_block(cursor))


def _property(cursor: Cursor, block: Block) -> None:
    name = cursor.expect_identifier()
    cursor.expect_sign("=")
    key = name.text.lower()
    if key in block.properties:
        raise SourceError(name.line, f"{name.text} is set twice")
    block.properties[key] = tuple(cursor.until_sign(";"))
    block.property_lines[key] = name.line


def _block(cursor: Cursor) -> Block:
    keyword = cursor.expect_identifier()
    arguments = tuple(cursor.until_sign(")")) if cursor.accept_sign("(") else ()
    block = Block(keyword.text.lower(), arguments, keyword.line)
    _members(cursor, block)
    return block


def _attributes(cursor: Cursor) -> tuple[tuple[Token, ...], ...]:
    found: list[tuple[Token, ...]] = []
    while cursor.accept_sign("["):
        found.append(tuple(cursor.until_sign("]")))
    return tuple(found)


def _routine(cursor: Cursor, docs: tuple[str, ...], attributes: tuple[tuple[Token, ...], ...]) -> Routine:
    scope = cursor.take().text.lower() if cursor.now.is_word(*SCOPES) else ""
    keyword = cursor.take()
    if not keyword.is_word("procedure", "trigger"):
        raise SourceError(keyword.line, f"procedure is missing before {keyword.text!r}")
    name = cursor.expect_identifier()
    cursor.expect_sign("(")
    parameters = _parameters(cursor.until_sign(")"))
    returns = _returned(cursor)
    variables = tuple(_variables(cursor)) if cursor.now.is_word("var") else ()
    body = read_body(cursor)
    return Routine(
        keyword.text.lower(), name.text, keyword.line, scope, parameters, variables, body, attributes, docs,
        returns,
    )  # fmt: skip


def _returned(cursor: Cursor) -> tuple[Token, ...]:
    """The type a procedure gives back; the semicolon that may end its head is taken too."""
    taken: list[Token] = []
    if cursor.accept_sign(":"):
        while not (cursor.now.is_word("var", "begin") or cursor.now.is_sign(";")):
            taken.append(cursor.take())
    cursor.accept_sign(";")
    return tuple(taken)


def _parameters(tokens: list[Token]) -> tuple[Variable, ...]:
    found: list[Variable] = []
    rest = Cursor([*tokens, Token("sign", ";", tokens[-1].line)]) if tokens else Cursor([])
    while rest.now.kind != "end":
        by_reference = rest.now.is_word("var")
        if by_reference:
            rest.take()
        found.append(_variable(rest, by_reference))
    return tuple(found)


def _variables(cursor: Cursor) -> list[Variable]:
    """A `var` section: it ends where a procedure, its attribute, code or the block's end comes."""
    cursor.expect_word("var")
    found: list[Variable] = []
    while cursor.now.is_identifier and not cursor.now.is_word("begin", "procedure", "trigger", *SCOPES):
        found.append(_variable(cursor, False))
    return found


def _variable(cursor: Cursor, by_reference: bool) -> Variable:
    name = cursor.expect_identifier()
    cursor.expect_sign(":")
    return Variable(name.text, tuple(cursor.until_sign(";")), name.line, by_reference)
