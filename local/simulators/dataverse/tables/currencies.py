"""Currencies: the base currency stays as it is, an ISO code exists once."""

from __future__ import annotations

from local.simulators.dataverse import errors
from local.simulators.dataverse.business_errors import Fault
from local.simulators.dataverse.errors import bad_request
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.rules import Draft, TableRules, refuse_taken

CODE_EXISTS = Fault(
    errors.DUPLICATE_CURRENCY,
    "Cannot insert duplicate currency record. Currency with the same currency code already exist in the "
    "system.",
)


def _check(draft: Draft) -> None:
    if draft.row_id == draft.org.base_currency_id:
        if draft.values.get("statecode") != 0:
            raise bad_request("The base currency cannot be deactivated.", errors.BASE_CURRENCY_STATE)
        if draft.values.get("exchangerate") != 1:
            raise bad_request(
                "The exchange rate of the base currency cannot be modified.", errors.BASE_CURRENCY_RATE
            )
    if draft.sent("isocurrencycode"):
        refuse_taken(draft, "isocurrencycode", CODE_EXISTS)


def _deleting(org: Organisation, row: Row) -> None:
    if row.id == org.base_currency_id:
        raise bad_request(
            "The base currency of an organization cannot be deleted.", errors.BASE_CURRENCY_DELETE
        )


RULES = {"transactioncurrency": TableRules(check=_check, deleting=_deleting)}
