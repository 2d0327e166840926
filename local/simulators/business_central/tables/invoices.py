"""The entity sets of sales invoices and credit memos with their lines and actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from local.simulators.business_central.session import Edit, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables import document_lines, documents, posting
from local.simulators.business_central.tables.documents import CREDIT_MEMO, INVOICE, Document
from local.simulators.business_central.tables.posted import follow_invoice
from local.simulators.business_central.tables.rules import TableRules

_LINES_NEED_PARENT = (frozenset({"id"}), frozenset({"documentId"}))
_WHICH_LINES = "You must specify an Id or a Document Id to get the lines."


def _post(kind: Document) -> Callable[[Session, Row], None]:
    def run(session: Session, row: Row) -> None:
        posting.post(session, row, kind)

    return run


def _post_and_send(kind: Document) -> Callable[[Session, Row], None]:
    def run(session: Session, row: Row) -> None:
        posting.check_address(session, posting.post(session, row, kind))

    return run


def _cancel(session: Session, row: Row) -> None:
    posting.cancel_invoice(session, row)


def _cancel_and_send(session: Session, row: Row) -> None:
    posting.check_address(session, posting.cancel_invoice(session, row))


def _written(edit: Edit, row: Row) -> None:
    documents.written(edit, row)
    if edit.entity.name == INVOICE.table and documents.is_posted(row):
        follow_invoice(edit.session, row)


def _drop_lines(session: Session, row: Row, *, kind: Document) -> None:
    for row_id in session.table(kind.lines).group(row.id):
        session.remove(kind.lines, row_id)


def _headers(kind: Document, actions: dict[str, Callable[[Session, Row], None]]) -> TableRules:
    return TableRules(
        source=kind.table,
        key="number",
        group="customerId",
        validate=documents.validate,
        written=_written,
        deleting=documents.deleting,
        deleted=partial(_drop_lines, kind=kind),
        project=documents.with_remaining if kind is INVOICE else None,
        actions=actions,
    )


def _lines(kind: Document) -> TableRules:
    return TableRules(
        source=kind.lines,
        group="documentId",
        parents={kind.table: "documentId"},
        needs_parent=_LINES_NEED_PARENT,
        parent_missing=_WHICH_LINES,
        validate=document_lines.validate,
        written=document_lines.written,
        deleting=lambda session, row: document_lines.deleting(session, kind.lines, row),
        deleted=lambda session, row: document_lines.deleted(session, kind.lines, row),
    )


RULES = {
    INVOICE.table: _headers(
        INVOICE,
        {
            "post": _post(INVOICE),
            "postAndSend": _post_and_send(INVOICE),
            "send": posting.check_address,
            "cancel": _cancel,
            "cancelAndSend": _cancel_and_send,
            "makeCorrectiveCreditMemo": posting.make_corrective_memo,
        },
    ),
    INVOICE.lines: _lines(INVOICE),
    CREDIT_MEMO.table: _headers(
        CREDIT_MEMO,
        {
            "post": _post(CREDIT_MEMO),
            "postAndSend": _post_and_send(CREDIT_MEMO),
            "send": posting.check_address,
        },
    ),
    CREDIT_MEMO.lines: _lines(CREDIT_MEMO),
}
