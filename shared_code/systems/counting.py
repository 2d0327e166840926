"""Counting records of a table by a filter, the same way in both systems."""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.systems import odata
from shared_code.systems.errors import fault
from shared_code.systems.filter_query import FilterQuery
from shared_code.systems.http import Answer, Call, Client
from shared_code.systems.interface import Count, SystemUnavailable


def count(
    client: Client,
    url: str,
    query: FilterQuery,
    headers: Mapping[str, str],
    what: str,
    most: int | None = None,
) -> Count:
    """What ``{url}/$count`` answers; ``most`` is where the service stops counting.

    Raises what the service's refusal means, and ``SystemUnavailable`` for an answer that is no number.
    """
    if query.never:
        return Count(0, told=query.told)
    address = odata.address(f"{url}/$count", filter=query.text)
    answer = client.send(Call("count", "GET", address, headers, parse=_number))
    if not answer.ok:
        raise fault(answer.error, what)
    number = _checked(answer, what)
    return Count(number, most is not None and number >= most, query.told)


def _number(content_type: str, body: bytes) -> object:
    """The number that the answer is, as text with a mark of its encoding or without."""
    text = body.decode("utf-8-sig", "replace").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise ValueError("the answer is no number")
    return int(text)


MAX_DIGITS = 12


def _checked(answer: Answer, what: str) -> int:
    if not isinstance(answer.data, int):
        raise SystemUnavailable(f"{what} was not counted: the answer is no number. Try again later.")
    return answer.data
