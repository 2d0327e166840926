"""Work in chunks, several requests at a time, without one chunk's failure spoiling another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from shared_code.systems import odata
from shared_code.systems.errors import results_of
from shared_code.systems.http import AnswerLost, Client
from shared_code.systems.interface import OutcomeUnknown, SystemFault, WriteResult

MAX_CHUNKS_AT_ONCE = 25
MAX_RECORDS = 500
"""At most so many ids or values per read or find."""


def write_chunks[T](
    client: Client, items: Sequence[T], size: int, write: Callable[[Sequence[T]], list[WriteResult]]
) -> list[WriteResult]:
    """One result per item, in order.  Raises a ``SystemFault`` only when no chunk has anything to tell."""
    return results_of(chunk_outcomes(client, items, size, write))


type Outcome = tuple[int, list[WriteResult] | SystemFault]
"""How many items a chunk has, and their results or what befell it."""


def chunk_outcomes[T](
    client: Client, items: Sequence[T], size: int, write: Callable[[Sequence[T]], list[WriteResult]]
) -> list[Outcome]:
    """What came of each chunk, in order."""
    calls = [partial(_guarded, write, chunk) for chunk in odata.chunks(items, size)]
    # All come at once, so that the next batch's come after them; how many go out is the client's business.
    return client.runtime.run_all(calls, min(len(calls), MAX_CHUNKS_AT_ONCE))


def _guarded[T](write: Callable[[Sequence[T]], list[WriteResult]], chunk: Sequence[T]) -> Outcome:
    try:
        return len(chunk), write(chunk)
    except AnswerLost as lost:
        return len(chunk), [OutcomeUnknown(str(lost))] * len(chunk)
    except SystemFault as fault:
        return len(chunk), fault


def read_chunks[T, R](
    client: Client, items: Sequence[T], size: int, read: Callable[[Sequence[T]], list[R]]
) -> list[R]:
    """Everything the chunks give, in order.  Raises the first fault."""
    calls = [partial(read, chunk) for chunk in odata.chunks(items, size)]
    return [row for rows in client.runtime.run_all(calls, client.permits.limit()) for row in rows]


def at_most(count: int, what: str) -> None:
    """Raises ValueError when a caller gives more than a request may hold."""
    if count > MAX_RECORDS:
        raise ValueError(f"at most {MAX_RECORDS} {what} at once, not {count}")
