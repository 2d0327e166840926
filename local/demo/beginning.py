"""What the demonstration begins with: the published records, and a few that Sales already holds.

Business Central has its main company, and the bookkeeper has posted the invoices that were drafts.  Sales
gets only some of the derived records, so that a person can follow each of them: pairs that match, one pair
that differs, and some that only might be the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.environment import Environment, Options
from local.environment.records import SALES, clean

LOOK_BACK_S = 1.0
"""Each look at Business Central overlaps the one before by this; short, so that it is soon empty."""
SETTLE_S = 2.0
"""How long a request without an answer may still be running; short, so that nobody waits 20 minutes."""

MATCHING = ("01454545", "30000", "31669966", "32656565", "34010100")
"""Customers whose account matches by number or e-mail address and holds no other values."""
DIFFERING = ("32124578",)
"""Customers whose account matches by number and holds other values: conflicts from the first day."""
DOUBTFUL = ("20000", "27321782")
"""Customers with an account of the same name and nothing that identifies it."""
MATCHING_CONTACTS = ("CT200080",)
"""Persons whose contact has an e-mail address that is theirs alone."""
DOUBTFUL_CONTACTS = ("CT000030",)

CURRENCY, PRIMARY_CONTACT = "_transactioncurrencyid_value", "_primarycontactid_value"

type Record = dict[str, Any]


def options() -> Options:
    """The environment of the demonstration."""
    return Options(sales=(), look_back_s=LOOK_BACK_S, settle_s=SETTLE_S)


def few_records() -> dict[str, list[Record]]:
    """The accounts and contacts Sales holds before Tandem comes, by table."""
    accounts = _chosen("overlap_accounts", MATCHING + DIFFERING, DOUBTFUL)
    contacts = _chosen("overlap_contacts", MATCHING_CONTACTS, DOUBTFUL_CONTACTS)
    # Nobody has named a primary contact yet; contacts have the company's currency, as in Business Central.
    pounds = next(each for each in _records("transactioncurrencies") if each["isocurrencycode"] == "GBP")
    return {
        "account": [{k: v for k, v in each.items() if k != PRIMARY_CONTACT} for each in accounts],
        "contact": [each | {CURRENCY: pounds["transactioncurrencyid"]} for each in contacts],
    }


def load_few(environment: Environment) -> None:
    """Put them into Sales."""
    environment.sales_control.post("load", few_records())


DOCUMENTS = {"salesInvoices": "salesInvoiceLines", "salesCreditMemos": "salesCreditMemoLines"}


def post_drafts(environment: Environment) -> tuple[int, ...]:
    """The bookkeeper posts the invoices and credit memos that were drafts; how many.

    One without lines stays a draft.
    """
    return tuple(_post(environment, table, lines) for table, lines in DOCUMENTS.items())


def _post(environment: Environment, table: str, lines: str) -> int:
    bc = environment.people.bc
    drafts = bc.list(table, filter="status eq 'Draft'", expand=lines)
    ready = [each for each in drafts if each[lines]]
    for each in ready:
        bc.talk.send("POST", f"{table}({each['id']})/Microsoft.NAV.post")
    return len(ready)


def _chosen(file: str, firsts: tuple[str, ...], twins: tuple[str, ...]) -> list[Record]:
    """The records derived from these numbers: the first copy of some, the second copy of others."""
    return [clean(each) for each in _records(file) if _origin(each) in (firsts, twins)[_is_twin(each)]]


def _records(file: str) -> list[Record]:
    records: list[Record] = json.loads((SALES / f"{file}.json").read_text("utf-8"))
    return records


def _origin(record: Mapping[str, Any]) -> str:
    return str(record["@derived"]["bcNumber"])


def _is_twin(record: Mapping[str, Any]) -> bool:
    return bool(record["@derived"].get("duplicateOf"))
