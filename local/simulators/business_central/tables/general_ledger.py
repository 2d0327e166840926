"""General ledger entries: what postings leave behind, read-only and numbered.

Posting a document or a payment writes at least two; applying a payment that was posted before writes none.
Accounts are those of the published company; their ids are not simulated.
"""

from __future__ import annotations

from local.simulators.business_central.session import Session
from local.simulators.business_central.tables.ledger import today_of
from local.simulators.business_central.tables.rules import TableRules

TABLE = "generalLedgerEntries"
RECEIVABLES, SALES, BANK = "2310", "6110", "2920"
PAYMENT, INVOICE, CREDIT_MEMO = "Payment", "Invoice", "Credit_x0020_Memo"


def post(session: Session, kind: str, number: str, debited: str, credited: str, amount: float) -> None:
    """Two entries of one document: ``amount`` from one account to the other."""
    for account, column in ((debited, "debitAmount"), (credited, "creditAmount")):
        _enter(session, kind, number, account, column, amount)


def _enter(session: Session, kind: str, number: str, account: str, column: str, amount: float) -> None:
    values = {
        **session.types[TABLE].blank_values(),
        "id": session.new_id(),
        "entryNumber": len(session.table(TABLE).rows) + 1,
        "postingDate": today_of(session),
        "documentNumber": number,
        "documentType": kind,
        "accountNumber": account,
        "description": f"{kind.replace('_x0020_', ' ')} {number}",
        column: amount,
    }
    session.put(TABLE, values["id"], values, {})


RULES = {TABLE: TableRules(source=TABLE)}
