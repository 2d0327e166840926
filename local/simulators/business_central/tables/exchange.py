"""Exchange rates: from the local currency to that of a document and back."""

from __future__ import annotations

from local.simulators.business_central.storage import Company


def local_per_unit(company: Company, code: str, day: str) -> float:
    """How much of the local currency one unit of ``code`` is on that day; 1 where no rate is known."""
    if code in ("", company.local_currency):
        return 1.0
    rates = [
        row.values
        for row in company.tables["currencyExchangeRates"].rows.values()
        if row.values["currencyCode"] == code and row.values["startingDate"] <= day
    ]
    if not rates:
        return 1.0
    latest = max(rates, key=lambda values: str(values["startingDate"]))
    amount = latest["exchangeRateAmount"]
    return float(latest["relationalExchangeRateAmount"] / amount) if amount else 1.0
