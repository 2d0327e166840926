"""Scanning a Business Central table: everything in id order, or what changed since a moment.

The service has no change feed: a scan since a moment filters on ``lastModifiedDateTime``, which is set when a
row is written and seen when its transaction commits, so each scan looks back some minutes.  The moment
comes from the service's own clock (the ``Date`` header of a scan's first page), never from ours.
Source: Microsoft docs webservices/use-filter-expressions-in-odata-uris.md; api-reference/v2.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from shared_code.systems import business_central_batch as batch
from shared_code.systems import business_central_currencies as currencies
from shared_code.systems import business_central_tables as tables
from shared_code.systems import odata
from shared_code.systems.business_central_place import Place
from shared_code.systems.errors import fault
from shared_code.systems.http import Answer, Call, Client
from shared_code.systems.interface import Cursor, CursorExpired, Page, Sighting, SystemUnavailable, Table

PAGE_SIZE = 20_000
TOLERANCE_S = 1.0
"""A row may be stamped this much before the filter's moment: the database rounds."""


@dataclass(frozen=True, slots=True)
class Position:
    """A cursor's content.  ``since`` is the watermark the scan began at, ``None`` in a full scan.

    ``link`` and ``started`` are there between pages.
    """

    since: str | None = None
    link: str | None = None
    started: str | None = None


def scan(client: Client, place: Place, table: Table, cursor: Cursor | None, look_back_s: float) -> Page:
    """One page.  Raises ``CursorExpired`` for a full scan whose next page is no longer served."""
    position, place = position_of(cursor), place.of(table)
    if tables.has_exchange_rate(table):
        return _scan_currencies(client, place, table, position.since, look_back_s)
    try:
        return scan_plain(client, place, table, position, look_back_s)[0]
    except CursorExpired:
        if position.link is None or position.since is None:
            raise
        return scan_plain(client, place, table, Position(position.since), look_back_s)[0]


def position_of(cursor: Cursor | None) -> Position:
    if cursor is None:
        return Position()
    try:
        data = odata.mapping(odata.loads(cursor.text))
        match data.get("kind"):
            case "since":
                return Position(odata.instant(odata.text(data, "stamp")))
            case "next":
                since = odata.instant(odata.text(data, "since")) if data.get("since") else None
                return Position(since, odata.text(data, "link"), odata.instant(odata.text(data, "started")))
    except ValueError:
        pass
    raise CursorExpired("The stored position in Business Central cannot be read. A full scan starts anew.")


def _cursor(**content: str | None) -> Cursor:
    return Cursor(odata.dumps(content))


def scan_plain(
    client: Client, place: Place, table: Table, position: Position, look_back_s: float
) -> tuple[Page, str]:
    """One page of a table as it is, and the service's clock at it."""
    oldest = oldest_of(position.since, look_back_s) if position.since else None
    start = place.url(table)
    url = _link(position.link, start) if position.link else first_address(start, table, oldest)
    answer = _get(client, url, table)
    now = server_time(answer)
    return page_of(place, table, position, answer.data, now, look_back_s), now


def page_of(
    place: Place, table: Table, position: Position, data: object, now: str, look_back_s: float
) -> Page:
    """An answer as a page; ``now`` is the service's clock at it."""
    started = position.started or now
    with readable(table):
        seen = tuple(tables.sightings(table, odata.rows(data)))
        link = odata.mapping(data).get("@odata.nextLink")
    _check_filter(seen, oldest_of(position.since, look_back_s) if position.since else None, table)
    if isinstance(link, str):
        _link(link, place.url(table))
        return Page(seen, next=_cursor(kind="next", link=link, started=started, since=position.since))
    return Page(seen, watermark=_cursor(kind="since", stamp=started))


def followed(client: Client, link: str, start: str, table: Table, intent: Mapping[str, str]) -> object:
    """The answer to a link to a next page of what began at ``start``."""
    return _get(client, _link(link, start), table, intent).data


def _get(client: Client, url: str, table: Table, intent: Mapping[str, str] = batch.READ_REPLICA) -> Answer:
    size = min(table.most or PAGE_SIZE, PAGE_SIZE)
    headers = {**batch.JSON_HEADERS, **intent, "Prefer": f"odata.maxpagesize={size}"}
    answer = client.send(Call("scan", "GET", url, headers))
    if not answer.ok:
        raise fault(answer.error, f"Business Central's table {table.name}")
    return answer


def oldest_of(since: str, look_back_s: float) -> str:
    """The moment a look since a watermark goes back to."""
    return odata.instant_of(odata.seconds_of(since) - look_back_s)


def first_address(path: str, table: Table, oldest: str | None) -> str:
    """Where a scan begins: everything, or what changed since ``oldest``."""
    return odata.address(
        path,
        select=tables.select(table, table.scan_columns),
        expand=tables.expand(table, table.scan_columns),
        filter=oldest and f"{tables.MODIFIED} ge {oldest}",
        orderby=tables.MODIFIED if oldest else _order(table),
    )


def _order(table: Table) -> str | None:
    """The order of a full scan: by id, or so that dated lines that are read together stand together."""
    return ",".join(map(odata.name, table.in_force.within)) if table.in_force else None


def _link(link: str, start: str) -> str:
    if not odata.same_place(link, start):
        raise SystemUnavailable(f"Business Central named a next page outside of {start}. It is not followed.")
    return link


def server_time(answer: Answer) -> str:
    """The service's clock at an answer, full seconds.  Raises ``SystemUnavailable`` without a ``Date``."""
    try:
        return odata.instant_of(parsedate_to_datetime(answer.headers.get("date", "")).timestamp())
    except (ValueError, TypeError) as error:
        raise SystemUnavailable("Business Central's answer has no Date header. Try again later.") from error


def _check_filter(seen: tuple[Sighting, ...], oldest: str | None, table: Table) -> None:
    """A filter that the service does not understand is ignored without a word; that must not pass."""
    if oldest is None:
        return
    bound = odata.instant_of(odata.seconds_of(oldest) - TOLERANCE_S)
    if any(sighting.version.stamp < bound for sighting in seen):
        raise SystemUnavailable(f"Business Central ignored the filter on {table.name}: answer not used.")


class readable:  # noqa: N801 - reads as a verb in a with statement
    """Turns a ValueError about an answer into ``SystemUnavailable`` naming the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError):
            raise SystemUnavailable(
                f"Business Central's answer for {self._table.name} cannot be used: {error}."
            ) from error


def _scan_currencies(
    client: Client, place: Place, table: Table, since: str | None, look_back_s: float
) -> Page:
    """All currencies are few: each scan reads their ids and versions together with what changed in rates.

    A changed rate may lead to other currencies, so it makes all of them looked at.
    """
    oldest = oldest_of(since, look_back_s) if since else None
    today = place.day(client.runtime.now())
    parts = [currencies_part(place, table, table.scan_columns), currencies.local_code_part(place.company)]
    if oldest is not None:
        parts.append(currencies.rates_changed_part(place.company, oldest))
    if oldest is not None and (before := place.day(odata.seconds_of(oldest))) < today:
        parts.append(currencies.rates_begun_part(place.company, before, today))
    answer, (found, company, *changed) = batch.get(client, place.root, "scan", parts)
    watermark = _cursor(kind="since", stamp=server_time(answer))
    with readable(table):
        entities = odata.rows(found)
        code = currencies.local_code(company)
        if not any(odata.rows(one) for one in changed):
            entities = [one for one in entities if oldest is None or tables.version(one).stamp >= oldest]
        seen = _seen_currencies(client, place, table, code, entities) if entities or since is None else []
    return Page(tuple(seen), watermark=watermark)


def currencies_part(
    place: Place, table: Table, names: tuple[str, ...], condition: str | None = None
) -> batch.Part:
    """Asks for currencies, with the code by which rates name them."""
    url = odata.address(
        f"{place.company}/{table.name}", select=tables.select(table, (*names, "code")), filter=condition
    )
    return batch.Part("GET", url, batch.READ_PRIMARY if condition else batch.READ_REPLICA)


def _seen_currencies(
    client: Client, place: Place, table: Table, local: str, entities: list[Mapping[str, object]]
) -> list[Sighting]:
    codes = [odata.text(entity, "code") for entity in entities]
    rates = currencies.read_rates(client, place, local, codes, "scan")
    sightings = tables.sightings(table, entities)
    seen = [
        currencies.seen_with_rate(table, sighting, code, rates)
        for sighting, code in zip(sightings, codes, strict=True)
    ]
    return [*seen, currencies.seen(table, currencies.local_currency(table, local, rates))]
