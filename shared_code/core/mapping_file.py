"""A mapping's file as a person writes it: read whole, or refused with all faults, each with its line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

from shared_code.core.catalogue import KEYS, MappingInvalid, parse_mapping
from shared_code.core.features import Document, Feature, Features, FeatureUnknown, choose
from shared_code.core.mapping import Mapping

MAX_BYTES = 60_000
"""The longest file: ten times the longest of the catalogue."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, on which line (0 where that cannot be told), and what may have been meant."""

    line: int
    reason: str
    suggestion: str = ""


class FileRefused(ValueError):
    """A mapping's file cannot be used; ``faults`` lists all that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"line {each.line}: {each.reason}" for each in faults))
        self.faults = faults


def document_of(text: str) -> Document:
    """The document of a file.  Raises ``FileRefused`` where it is too long or no TOML."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise FileRefused([Fault(0, f"the file is longer than {MAX_BYTES} bytes")])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        reason = str(error).split(" (at ")[0]
        raise FileRefused([Fault(int(place[1]) if place else _last_line(text), reason)]) from None
    except (ValueError, RecursionError):
        raise FileRefused(
            [Fault(0, "the file is nested too deeply or holds a number nobody can read")]
        ) from None


def read_file(text: str, features: Features, known: Iterable[str]) -> Mapping | None:
    """The mapping of a file, ``None`` where these features do not allow it.  Raises ``FileRefused``.

    ``known`` are the names of all other mappings there are, whether these features allow them or not.
    """
    document = document_of(text)
    try:
        chosen = choose(document, features)
        mapping = parse_mapping(_as_if_allowed(document) if chosen is None else chosen)
    except FeatureUnknown as error:
        raise FileRefused([_fault(text, str(error))]) from None
    except MappingInvalid as invalid:
        raise FileRefused([_fault(text, each) for each in invalid.problems]) from None
    names = {*known, mapping.name}
    wanted = dict.fromkeys((*mapping.depends_on, *(name for each in mapping.lookups for name in each.lookup)))
    if unknown := [name for name in wanted if name not in names]:
        raise FileRefused([_unknown_mapping(text, name, names) for name in unknown])
    return None if chosen is None else mapping


def _as_if_allowed(document: Document) -> Document:
    """What a file says where all it asks for is there, or nothing of it: its faults are told all the same."""
    return choose(document, frozenset(Feature)) or choose(document, frozenset()) or {}


def _unknown_mapping(text: str, name: str, names: set[str]) -> Fault:
    reason = f"there is no mapping “{name}”"
    return Fault(_line_with(text, f'"{name}"'), reason, _did_you_mean(name, sorted(names)))


def _fault(text: str, reason: str) -> Fault:
    return Fault(_line_of(text, reason), reason, _suggestion(reason))


def line_of_name(text: str, name: str, native: str) -> int:
    """The line of a native name in the table of the field ``name``, or anywhere without one; 0 if nowhere."""
    first, lines = _table_of_field(text.split("\n"), name) if name else (1, text.split("\n"))
    found = (n for n, line in enumerate(lines, first) if native and f'"{native}"' in line)
    return next(found, first if name else 0)


_QUOTED = re.compile(r"“([^”]*)”")
_OF_FIELD = re.compile(r"field (\S+?)(?:: | has | is )")
_OF_TABLE = re.compile(r"(bc|sales|lines)\b")
_OF_KEY = re.compile(r"(?:bc|sales)(?:\.|: )(\w+)")
_ONE_OF = re.compile(r"“([^”]*)” and must be one of (.*)$")
_UNKNOWN_KEY = re.compile(r"has an unknown key “([^”]*)”")


def _suggestion(reason: str) -> str:
    if found := _ONE_OF.search(reason):
        return _did_you_mean(found[1], found[2].split(", "))
    if found := _UNKNOWN_KEY.search(reason):
        return _did_you_mean(found[1], sorted(KEYS))
    return ""


def _did_you_mean(text: str, names: list[str]) -> str:
    close = difflib.get_close_matches(text, names, 1)
    return f"did you mean “{close[0]}”?" if close else f"there are {', '.join(names)}"


def _line_of(text: str, reason: str) -> int:
    """Where a fault stands: in the table of the field it names, at the word it quotes."""
    first, lines = 1, text.split("\n")
    if found := _OF_FIELD.match(reason):
        first, lines = _table_of_field(lines, found[1])
    elif found := _OF_TABLE.match(reason):
        first, lines = _table_called(lines, found[1])
        if at := _line_of_key(lines, first, reason):
            return at
    for word in _QUOTED.findall(reason):
        for number, line in enumerate(lines, first):
            if word and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", line):
                return number
    return first if found else 0


def _line_of_key(lines: list[str], first: int, reason: str) -> int:
    """The line on which the key of a table stands that a fault names, such as ``bc.filter``; 0 if nowhere."""
    found = _OF_KEY.match(reason)
    key = re.compile(rf"\s*{re.escape(found[1])}\s*=") if found else None
    return next((n for n, line in enumerate(lines, first) if key and key.match(line)), 0)


def _table_called(lines: list[str], name: str) -> tuple[int, list[str]]:
    """The same of a table by its header, such as ``[bc]``; all lines where there is none."""
    header = re.compile(rf"\s*\[{re.escape(name)}\]")
    start = next((n for n, line in enumerate(lines) if header.match(line)), None)
    if start is None:
        return 1, lines
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("[")), len(lines))
    return start + 1, lines[start:end]


def _table_of_field(lines: list[str], name: str) -> tuple[int, list[str]]:
    """The number of the first line that names the field, with the lines of its table from there on."""
    start = next(
        (n for n, line in enumerate(lines) if re.match(rf'\s*name\s*=\s*"{re.escape(name)}"', line)), None
    )
    if start is None:
        return 1, lines
    rest = lines[start + 1 :]
    end = next((n for n, line in enumerate(rest) if line.startswith("[")), len(rest))
    return start + 1, lines[start : start + 1 + end]


def _line_with(text: str, part: str) -> int:
    return next((n for n, line in enumerate(text.split("\n"), 1) if part in line), 0)


def _last_line(text: str) -> int:
    return text.count("\n") + 1
