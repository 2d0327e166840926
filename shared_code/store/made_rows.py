"""How the creations of one batch are packed into few entities: a line of JSON each, cut into properties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared_code.core.journal import Entry, Reason
from shared_code.core.records import Side
from shared_code.store.json_values import dump, load
from shared_code.store.tables import Entity, Scalar

PIECE = 15_000
"""Characters of one property: a character takes at most two of the 32 K units that it may hold."""

PIECES = 16
"""Properties of one entity: together below its 1 MiB, however odd the text."""

_PART = "part_"


def made_entities(entries: Sequence[Entry]) -> Iterator[dict[str, Scalar]]:
    """The values of the entities that hold these creations, which are all of one batch."""
    lines: list[str] = []
    size = 0
    for each in entries:
        line = _line(each)
        if lines and size + len(line) + 1 > PIECE * PIECES:
            yield _packed(entries[0], lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line) + 1
    if lines:
        yield _packed(entries[0], lines)


def made_values(entries: Sequence[Entry]) -> dict[str, Scalar]:
    """The values of the one entity that holds these creations, which came from one."""
    return _packed(entries[0], [_line(each) for each in entries])


def made_entries(mapping: str, entity: Entity) -> Iterator[Entry]:
    """The creations that an entity holds."""
    values = entity.values
    pieces = (str(values[name]) for name in sorted(values) if name.startswith(_PART))
    for line in "".join(pieces).split("\n"):
        found = load(line)
        yield Entry(
            mapping,
            found["bc_id"],
            Side(found["side"]),
            found["version"],
            float(values["at_s"]),
            str(values["job"]),
            str(values["batch"]),
            {},
            found["new"],
            dict.fromkeys(found["fields"], Reason.CREATED),
            rules=str(values["rules"]),
            erased_at_s=float(found.get("erased_at_s", 0.0)),
        )


def _line(each: Entry) -> str:
    erased = {"erased_at_s": each.erased_at_s} if each.erased_at_s else {}
    names = list(each.because)
    return dump(
        {"bc_id": each.bc_id, "side": each.side.value, "version": each.version, "fields": names,
         "new": dict(each.new), **erased}
    )  # fmt: skip


def _packed(first: Entry, lines: Sequence[str]) -> dict[str, Scalar]:
    text = "\n".join(lines)
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    values: dict[str, Scalar] = {
        "at_s": float(first.at_s),
        "job": first.job,
        "batch": first.batch,
        "rules": first.rules,
        "count": len(lines),
    }
    return values | {f"{_PART}{number:02d}": piece for number, piece in enumerate(pieces)}
