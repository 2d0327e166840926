"""Prices of items and resources: of them nothing is left once what they price is deleted.

As the codeunits *Price Helper - V15* and *- V16* do after a deletion (microsoft/BCApps).
"""

from __future__ import annotations

from local.simulators.business_central.session import Session

PRICE_LINES, SALES_PRICES = "tandem/priceListLines", "tandem/salesPrices"


def remove_prices(session: Session, asset_type: str, number: str) -> None:
    """The prices go with their item or resource; sales prices are of items alone."""
    for row_id in session.table(SALES_PRICES).group(number) if asset_type == "Item" else ():
        session.remove(SALES_PRICES, row_id)
    lines = session.table(PRICE_LINES).rows.values()
    of = (asset_type, number)
    for row_id in [row.id for row in lines if (row.values["assetType"], row.values["assetNumber"]) == of]:
        session.remove(PRICE_LINES, row_id)
