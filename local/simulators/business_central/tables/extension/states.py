"""``synchronizationStates``: one row per company with the moments that cursors depend on."""

from __future__ import annotations

from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.rules import TableRules

STATES = "tandem/synchronizationStates"
_VERSION = "1.0.0.0"


def _state(reader: Reader, row: Row) -> Row:
    """The minimum active row version: below it nothing is written any more.

    It is that of the oldest write still in flight, else one above the last that was used.
    """
    company = reader.company
    last = company.last_version()
    flying = [version for table in company.tables.values() for version in table.in_flight(reader.as_of)]
    values = {
        **row.values,
        "minimumActiveRowVersion": min(flying, default=last + 1),
        "lastUsedRowVersion": last,
        "extensionVersion": _VERSION,
        "localCurrencyCode": company.local_currency,
        "extendedPricingEnabled": company.extended_pricing,
        "defaultPriceListCode": company.default_price_list,
    }
    known = {name: values[name] for name in reader.types[STATES].properties}
    return Row(row.id, known, row.modified_ms, row.etag, row.extra, row.version)


RULES = {STATES: TableRules(source=STATES, project=_state)}
