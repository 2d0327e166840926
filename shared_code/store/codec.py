"""What fits into the table service: keys, their order, and the limits of entities and transactions.

Limits: Microsoft docs, storageservices/understanding-the-table-service-data-model and
storageservices/performing-entity-group-transactions.  The service's local emulator enforces few of
them, so every implementation checks here before it writes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import lru_cache

from shared_code.store.tables import (
    MAX_TRANSACTION,
    Delete,
    Entity,
    Operation,
    Replace,
    Scalar,
    Unstorable,
    partition_of,
    row_of,
)

MAX_KEY_BYTES = 1024
MAX_STRING_UNITS = 32 * 1024
MAX_PROPERTIES = 252
MAX_ENTITY_BYTES = 1024 * 1024
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024

_INT64 = range(-(2**63), 2**63)
_REQUEST_OVERHEAD_BYTES = 1200
"""Headers and boundaries of one operation in a transaction, generously."""
_MOST_PER_COUNTED = 6
"""A counted byte takes at most so many on the wire: keys stand there twice, a UTF-16 unit may take six."""

_FORBIDDEN_IN_KEY = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")
_ESCAPED_IN_KEY = re.compile(r"[/\\#?%~\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"~(?:([0-9a-f]{2})|u([0-9a-f]{4}))")
_PROPERTY_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_TABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{2,62}")
_RESERVED = frozenset({"PartitionKey", "RowKey", "Timestamp", "etag"})


def escape_key(text: str) -> str:
    """Any text as text that a key may hold; ``unescape_key`` gives it back.

    What the service forbids, ``~``, and ``%`` (which some tools decode twice) become like ``~2f``, half a
    surrogate pair ``~ud83d``; everything else stays.  The escape of ``a + b`` is the escape of ``a`` and that
    of ``b``, so prefixes stay prefixes.  Only texts without such characters keep their order.
    """
    return _ESCAPED_IN_KEY.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"~{code:02x}" if code < 0x100 else f"~u{code:04x}"


def unescape_key(key: str) -> str:
    """The text ``escape_key`` made this key from."""
    return _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), key)


def order_of(key: str) -> bytes:
    """Sorts as the service sorts keys: by UTF-16 units."""
    return key.encode("utf-16-be", "surrogatepass")


def after_prefix(prefix: str) -> str | None:
    """The smallest text that is greater than all that start with ``prefix``, in the order of ``order_of``.

    ``None`` where there is none.  It serves as an excluded upper bound and need not be a valid key.
    """
    while prefix:
        head, last = prefix[:-1], ord(prefix[-1])
        if last != 0xFFFF:
            return head + _next_character(last)
        prefix = head
    return None


def _next_character(code: int) -> str:
    """The next one by UTF-16 units: U+D7FF, U+10000 to U+10FFFF, U+E000."""
    return chr({0xD7FF: 0x10000, 0x10FFFF: 0xE000}.get(code, code + 1))


def utf16_units(text: str) -> int:
    """The length the service counts.  Raises ``UnicodeEncodeError`` for half a surrogate pair."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def check_table_name(name: str) -> None:
    """Raise ``Unstorable`` for a name that the service would refuse."""
    if not _TABLE_NAME.fullmatch(name) or name.lower() == "tables":
        raise Unstorable(f"{name!r} is no table name: 3 to 63 letters and digits, beginning with a letter.")


def check_key(key: str) -> int:
    """The bytes of a partition or row key.  Raises ``Unstorable`` for one that the service would refuse."""
    if found := _FORBIDDEN_IN_KEY.search(key):
        raise Unstorable(f"A key may not hold the character {found.group()!r}: use escape_key.")
    size = 2 * (len(key) if key.isascii() else _units(key, "A key"))
    if size > MAX_KEY_BYTES:
        raise Unstorable(f"A key of {size} bytes is longer than {MAX_KEY_BYTES}.")
    return size


_check_partition = lru_cache(256)(check_key)
"""Partitions are few, and named by each entity."""


def check_bound(bound: str | None) -> None:
    """Raise ``Unstorable`` for a bound of a query that cannot be sent; it may hold what a key may not."""
    _units(bound or "", "A bound")


def check_entity(entity: Entity) -> int:
    """The bytes the service counts for it.  Raises ``Unstorable`` for an entity that it would refuse."""
    if len(entity.values) > MAX_PROPERTIES:
        raise Unstorable(f"An entity holds at most {MAX_PROPERTIES} values, not {len(entity.values)}.")
    size = _size_of_keys(entity.partition, entity.row) + _size_of_names(tuple(entity.values))
    for name, value in entity.values.items():
        if type(value) is str and value.isascii() and len(value) <= MAX_STRING_UNITS:
            size += 4 + 2 * len(value)
        else:
            size += _size_of_value(name, value)
    if size > MAX_ENTITY_BYTES:
        raise Unstorable(f"The entity {entity.row!r} takes {size} bytes, more than {MAX_ENTITY_BYTES}.")
    return size


def check_replace(entity: Entity) -> int:
    """``check_entity``, and an etag must be there, one that stands for a single version."""
    size = check_entity(entity)
    if entity.etag in ("", "*"):
        raise Unstorable(f"Replacing {entity.row!r} needs the etag it was read with.")
    return size


def check_transaction(operations: Sequence[Operation]) -> None:
    """Raise ``Unstorable`` for a transaction that the service would refuse."""
    if len(operations) > MAX_TRANSACTION:
        raise Unstorable(f"A transaction holds at most {MAX_TRANSACTION} operations, not {len(operations)}.")
    if len({partition_of(operation) for operation in operations}) > 1:
        raise Unstorable("All operations of a transaction must be in one partition.")
    if len({row_of(operation) for operation in operations}) < len(operations):
        raise Unstorable("A transaction may name each row only once.")
    counted = sum(map(_checked_size, operations))
    if len(operations) * _REQUEST_OVERHEAD_BYTES + _MOST_PER_COUNTED * counted <= MAX_TRANSACTION_BYTES:
        return
    size = sum(map(_bytes_on_the_wire, operations))
    if size > MAX_TRANSACTION_BYTES:
        raise Unstorable(f"The transaction takes about {size} bytes, more than {MAX_TRANSACTION_BYTES}.")


def _checked_size(operation: Operation) -> int:
    """Bytes the service counts for what an operation names, after checking it."""
    match operation:
        case Delete(partition, row):
            return _size_of_keys(partition, row)
        case Replace(entity):
            return check_replace(entity)
        case _:
            return check_entity(operation.entity)


def _size_of_keys(partition: str, row: str) -> int:
    """Bytes the service counts for both keys, after checking them."""
    return 4 + _check_partition(partition) + check_key(row)


def _bytes_on_the_wire(operation: Operation) -> int:
    """About what the client library sends: JSON in ASCII, with the keys in the address and in the content."""
    keys = 2 * len(json.dumps([partition_of(operation), row_of(operation)]))
    content = 0 if isinstance(operation, Delete) else len(json.dumps(dict(operation.entity.values)))
    return _REQUEST_OVERHEAD_BYTES + keys + content


@lru_cache(1024)
def _size_of_names(names: tuple[str, ...]) -> int:
    """Bytes the service counts for the names of an entity's values, after checking them."""
    for name in names:
        if _PROPERTY_NAME.fullmatch(name) is None or name in _RESERVED:
            raise Unstorable(f"{name[:80]!r} is no property name: ASCII letters, digits, _.")
    return sum(8 + 2 * len(name) for name in names)


def _size_of_value(name: str, value: Scalar) -> int:
    """Bytes the service counts for a value, after checking its type and range."""
    match value:
        case bool():
            return 1
        case str():
            return 4 + 2 * _checked_units(name, value)
        case int() if value in _INT64:
            return 8
        case float() if math.isfinite(value):
            return 8
    raise Unstorable(f"The value of {name} ({type(value).__name__}) cannot be stored.")


def _checked_units(name: str, text: str) -> int:
    units = _units(text, f"The value of {name}")
    if units > MAX_STRING_UNITS:
        raise Unstorable(f"The value of {name} has {units} UTF-16 units, more than {MAX_STRING_UNITS}.")
    return units


def _units(text: str, what: str) -> int:
    try:
        return utf16_units(text)
    except UnicodeEncodeError:
        raise Unstorable(f"{what} holds half a surrogate pair, which the service cannot carry.") from None
