"""Notes on orders, as the extension shows them: created under a key, changed, gone with their order.

Business Central keeps them as links of records and takes them away with the record without a word.  A person
writes them in the pane beside the order.  Rules: codeunit Tandem Order Note Mgt.; microsoft/BCApps, Record
Link Management.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.schema import EMPTY_ID, ROW_VERSION
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.table_numbers import NOTES
from local.simulators.business_central.tables.documents import ORDER
from local.simulators.business_central.tables.extension.views import check_key, remember_key
from local.simulators.business_central.tables.rules import TableRules
from local.simulators.business_central.values import stamp_text


def _create(session: Session, sent: Mapping[str, Any]) -> Edit:
    key = sent.get("tandemKey", EMPTY_ID)
    check_key(session, NOTES, key)
    row_id = session.new_id()
    remember_key(session, NOTES, key, row_id)
    entity = session.types[NOTES]
    return Edit(session, entity, row_id, sent, {**entity.blank_values(), **sent, "id": row_id}, {}, None)


def _validate(edit: Edit) -> None:
    """A note has a text, stands on an order and stays there; so does its key."""
    held = edit.before.values if edit.before else {}
    if held.get("tandemKey", edit.values["tandemKey"]) != edit.values["tandemKey"]:
        raise business_rule('The "tandemKey" of a record cannot be changed.')
    if held.get("orderId", edit.values["orderId"]) != edit.values["orderId"]:
        raise business_rule('The "orderId" of a note cannot be changed.')
    if edit.session.current(ORDER.table, edit.values["orderId"]) is None:
        raise business_rule('An "orderId" of a sales order must be provided.')
    if not str(edit.values["text"]).strip(" "):
        raise business_rule('The blank "text" is not allowed.')
    if edit.inserting:
        edit.values["createdDateTime"] = stamp_text(edit.session.unit.writing.stamp_ms)


def _shown(reader: Reader, row: Row) -> Row:
    order = reader.company.tables[ORDER.table].rows.get(row.values["orderId"])
    number = order.values["number"] if order else ""
    return replace(row, values={**row.values, "orderNumber": number, ROW_VERSION: row.version})


RULES = {
    NOTES: TableRules(source=NOTES, group="orderId", validate=_validate, project=_shown, create=_create),
}
