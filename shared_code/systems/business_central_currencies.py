"""Currencies with their exchange rate, which Business Central keeps in a table of its own.

``exchangeRate`` is the number of units of the currency for one unit of the base currency (Dataverse's; the
local one where none is named), by the newest rates in force on the company's date:
``exchangeRateAmount / relationalExchangeRateAmount``.  A rate that is
given against another currency is followed to the local one.  The local currency itself has no row in
Business Central; here it is the record ``ZERO_ID``, the id by which other records refer to it.

A currency's stamp is the latest of its own, its rate's and the moment its rate came into force, so that a
new rate is a new version.  The etag stays the currency's own: it guards writes to the currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from shared_code.core.filters import NO_MOMENT
from shared_code.core.records import ZERO_ID, Row, Value, Version
from shared_code.systems import business_central_batch as batch
from shared_code.systems import business_central_tables as tables
from shared_code.systems import odata
from shared_code.systems.business_central_place import Place
from shared_code.systems.http import Client
from shared_code.systems.interface import Sighting, Table

RATES = "currencyExchangeRates"
MAX_HOPS = 4
"""So many currencies a rate may lead through on its way to the local currency."""
DECIMALS = Decimal("1E-10")
_LOCAL_VERSION = Version('W/"local-currency"', "0001-01-01T00:00:00.000Z")
_RATE_FIELDS = (
    "currencyCode,startingDate,exchangeRateAmount,relationalCurrencyCode,"
    "relationalExchangeRateAmount,lastModifiedDateTime"
)


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate of one currency that is in force."""

    code: str
    amount: Decimal
    relational_code: str
    relational_amount: Decimal
    stamp: str


@dataclass(frozen=True, slots=True)
class Rates:
    """The local currency's code and the rates in force by currency code.

    ``base_code`` is the currency that rates are given towards; blank is the local one.
    """

    local_code: str
    by_code: Mapping[str, Rate]
    base_code: str = ""

    def of(self, code: str) -> tuple[Decimal | None, str]:
        """Units of ``code`` per base unit (``None`` when no rate leads there), and the rates' stamp."""
        units, stamp = self._per_local(code)
        base, base_stamp = self._per_local(self.base_code)
        if units is None or not base:
            return None, max(stamp, base_stamp)
        return (units / base).quantize(DECIMALS, ROUND_HALF_EVEN).normalize(), max(stamp, base_stamp)

    def _per_local(self, code: str) -> tuple[Decimal | None, str]:
        units, stamp = Decimal(1), ""
        for _ in range(MAX_HOPS):
            if code in ("", self.local_code):
                return units, stamp
            rate = self.by_code.get(code)
            if rate is None or not rate.amount or not rate.relational_amount:
                return None, stamp
            units = units * rate.amount / rate.relational_amount
            stamp, code = max(stamp, rate.stamp), rate.relational_code
        return None, stamp


def local_code_part(company: str) -> batch.Part:
    """Asks for the local currency's code."""
    url = odata.address(f"{company}/companyInformation", select="id,currencyCode")
    return batch.Part("GET", url, batch.READ_REPLICA)


def local_code(data: object) -> str:
    """The local currency's code in the answer to ``local_code_part``.  Raises ValueError."""
    found = odata.rows(data)
    return odata.text(found[0], "currencyCode") if found else ""


def rates_changed_part(company: str, since: str) -> batch.Part:
    """Asks for the codes of currencies with a rate that was changed since ``since``."""
    return _codes_part(company, f"{tables.MODIFIED} ge {since}")


def rates_begun_part(company: str, after_day: str, today: str) -> batch.Part:
    """Asks for the codes of currencies with a rate that came into force after ``after_day`` up to today."""
    return _codes_part(company, f"startingDate gt {after_day} and startingDate le {today}")


def _codes_part(company: str, condition: str) -> batch.Part:
    url = odata.address(
        f"{company}/{RATES}", select=f"currencyCode,startingDate,{tables.MODIFIED}", filter=condition
    )
    return batch.Part("GET", url, batch.READ_REPLICA)


def read_rates(client: Client, place: Place, local: str, codes: Iterable[str], kind: str) -> Rates:
    """The rates in force for ``codes``, the base currency and whatever currencies these lead through."""
    base = place.base_currency()
    known: dict[str, Rate | None] = {local: None, "": None}
    wanted = sorted({*codes, base} - known.keys())
    for _ in range(MAX_HOPS):
        if not wanted:
            break
        found = {rate.code: rate for rate in _newest(client, place, wanted, kind)}
        known.update({code: found.get(code) for code in wanted})
        wanted = sorted({rate.relational_code for rate in found.values()} - known.keys())
    return Rates(local, {code: rate for code, rate in known.items() if rate is not None}, base)


def _newest(client: Client, place: Place, codes: Sequence[str], kind: str) -> list[Rate]:
    today = place.day(client.runtime.now())
    parts = [_newest_part(place.company, code, today) for code in codes]
    bodies: list[object] = []
    for some in odata.chunks(parts, batch.MAX_PARTS):
        bodies += batch.get(client, place.root, kind, some)[1]
    return [_rate(place, found[0]) for found in map(odata.rows, bodies) if found]


def _newest_part(company: str, code: str, today: str) -> batch.Part:
    condition = f"currencyCode eq {odata.literal(code)} and startingDate le {today}"
    url = odata.address(
        f"{company}/{RATES}", select=_RATE_FIELDS, filter=condition, orderby="startingDate desc", top="1"
    )
    return batch.Part("GET", url, batch.READ_PRIMARY)


def _rate(place: Place, entity: Mapping[str, object]) -> Rate:
    begins = place.midnight(odata.text(entity, "startingDate"))
    return Rate(
        odata.text(entity, "currencyCode"),
        _decimal(entity, "exchangeRateAmount"),
        str(entity.get("relationalCurrencyCode") or ""),
        _decimal(entity, "relationalExchangeRateAmount"),
        max(begins, odata.instant(odata.text(entity, tables.MODIFIED))),
    )


def _decimal(entity: Mapping[str, object], name: str) -> Decimal:
    value = entity.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{name} is not a number")
    return Decimal(value)


def with_rate(found: Row, code: str, rates: Rates) -> Row:
    """``found`` with its exchange rate and the stamp that includes the rate's."""
    units, stamp = rates.of(code)
    version = replace(found.version, stamp=max(found.version.stamp, stamp))
    return Row(found.id, version, {**found.values, tables.EXCHANGE_RATE: units})


def local_currency(table: Table, code: str, rates: Rates) -> Row:
    """The record that stands for the local currency."""
    units, stamp = rates.of(code)
    version = replace(_LOCAL_VERSION, stamp=max(_LOCAL_VERSION.stamp, stamp))
    known: dict[str, Value] = {
        table.key: ZERO_ID,
        "code": code,
        "displayName": code,
        "symbol": code,
        "amountDecimalPlaces": "2:2",
        "amountRoundingPrecision": Decimal("0.01"),
        tables.MODIFIED: NO_MOMENT,
        tables.EXCHANGE_RATE: units,
    }
    return Row(ZERO_ID, version, {name: known.get(name, "") for name in tables.column_names(table)})


def seen_with_rate(table: Table, found: Sighting, code: str, rates: Rates) -> Sighting:
    """A sighting completed like ``with_rate`` completes a row."""
    return seen(table, with_rate(Row(found.id, found.version, found.values), code, rates))


def seen(table: Table, row: Row) -> Sighting:
    """A row as a scan reports it."""
    return Sighting(row.id, row.version, {name: row.values.get(name) for name in table.scan_columns})
