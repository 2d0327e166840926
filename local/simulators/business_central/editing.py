"""Writes: from a checked body to row versions, with the table's rules around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.errors import (
    ApiError,
    bad_request,
    business_rule,
    duplicate_key,
    entity_changed,
    method_not_allowed,
    missing_token,
    record_not_found,
)
from local.simulators.business_central.schema import EntityType
from local.simulators.business_central.session import Edit, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables import RULES
from local.simulators.business_central.values import ETAG, checked_body, checked_value

_VERBS = {"post": "insert", "patch": "modify", "delete": "delete", "get": "read"}


def require_operation(entity: EntityType, operation: str) -> None:
    """Raise 405 where the entity set lacks the operation (get, post, patch, delete)."""
    if operation not in entity.operations:
        raise method_not_allowed(_VERBS[operation])


def insert(session: Session, entity: EntityType, body: Mapping[str, Any]) -> Row:
    """Create one row; raises ``ApiError``."""
    require_operation(entity, "post")
    sent = checked_body(entity, body)
    create = RULES[entity.name].create
    if create is not None:
        return _write(create(session, sent))
    row_id = session.new_id()
    values = {**entity.blank_values(), **sent, "id": row_id}
    return _write(Edit(session, entity, row_id, sent, values, {}, None))


def insert_deep(session: Session, entity: EntityType, body: Mapping[str, Any]) -> Row:
    """Create one row and the rows its body nests below it, in one transaction; raises ``ApiError``."""
    nested = {name: value for name, value in body.items() if _is_nested(entity, name)}
    row = insert(session, entity, {name: value for name, value in body.items() if name not in nested})
    for name, children in nested.items():
        target = session.types[entity.navigation[name].target]
        via = RULES[target.name].parents[entity.name]
        if not isinstance(children, list) or not all(isinstance(child, dict) for child in children):
            raise bad_request(f"The property '{name}' must be a list of objects.")
        for child in children:
            insert(session, target, {**child, via: row.id})
    return session.current(RULES[entity.name].source, row.id) or row


def _is_nested(entity: EntityType, name: str) -> bool:
    link = entity.navigation.get(name)
    return link is not None and link.many and entity.name in RULES[link.target].parents


def modify(
    session: Session, entity: EntityType, row_id: str, body: Mapping[str, Any], if_match: str | None
) -> Row:
    """Change one row if ``if_match`` names its present version; raises ``ApiError``."""
    require_operation(entity, "patch")
    before = _matching(session, entity, row_id, if_match)
    sent = checked_body(entity, body)
    rules = RULES[entity.name]
    if rules.to_source is not None:
        sent = rules.to_source(session, before, sent)
        before = session.current(rules.source, row_id) or before
        entity = session.types[rules.source]
    values = {**before.values, **{name: value for name, value in sent.items() if name in entity.properties}}
    beside = {name: value for name, value in sent.items() if name not in entity.properties}
    return _write(Edit(session, entity, row_id, sent, values, {**before.extra, **beside}, before))


def edit_as_person(
    session: Session, entity: EntityType, row_id: str | None, values: Mapping[str, Any]
) -> Row:
    """Change or (without ``row_id``) add a row as a person does: what the API cannot write is written too.

    Raises ``ApiError`` where the table refuses, KeyError for a row or property that is not there.
    """
    sent = {name: checked_value(entity, entity.properties[name], value) for name, value in values.items()}
    if row_id is None:
        new_id = session.new_id()
        return _write(
            Edit(session, entity, new_id, sent, {**entity.blank_values(), **sent, "id": new_id}, {}, None)
        )
    before = session.table(entity.name).rows[row_id]
    return _write(Edit(session, entity, row_id, sent, {**before.values, **sent}, dict(before.extra), before))


def delete(session: Session, entity: EntityType, row_id: str, if_match: str | None) -> None:
    """Delete one row if ``if_match`` names its present version; raises ``ApiError``."""
    require_operation(entity, "delete")
    remove(session, entity, _matching(session, entity, row_id, if_match))


def remove(session: Session, entity: EntityType, row: Row) -> None:
    """Delete one row whatever its version, as a person does in the client."""
    rules = RULES[entity.name]
    rules.deleting(session, row)
    session.remove(rules.source, row.id)
    rules.deleted(session, row)


def check_if_match(if_match: str | None, etag: str) -> None:
    """Raise 400 where the token is missing or malformed, 409 where it is stale."""
    if if_match is None:
        raise missing_token()
    wanted = if_match.strip()
    if wanted == "*":
        return
    if not ETAG.match(wanted):
        raise missing_token()
    if wanted != etag:
        raise entity_changed()


def _matching(session: Session, entity: EntityType, row_id: str, if_match: str | None) -> Row:
    check_if_match(if_match and "*", "")
    row = session.current(RULES[entity.name].source, row_id)
    if row is None:
        raise record_not_found(entity.table, row_id)
    own = RULES[entity.name].etag
    check_if_match(if_match, own(row) if own else row.etag)
    return row


def _write(edit: Edit) -> Row:
    rules = RULES[edit.entity.name]
    rules.validate(edit)
    if rules.key is not None:
        _check_key(edit, rules.key)
    if rules.unique:
        _check_unique(edit, rules.unique)
    row = edit.session.put(rules.source, edit.row_id, edit.values, edit.extra)
    rules.written(edit, row)
    if edit.before is not None and rules.key is not None:
        _follow_rename(edit, rules.key)
    return edit.session.current(rules.source, edit.row_id) or row


def _check_key(edit: Edit, key: str) -> None:
    value = edit.values[key]
    owner = edit.session.by_key(edit.entity.name, value)
    if not value:
        raise ApiError(
            400, "BadRequest_RequiredParamNotProvided", f"{key} must be filled in {edit.entity.table}."
        )
    if owner is not None and owner.id != edit.row_id:
        raise duplicate_key(edit.entity.table, key, value)


def _check_unique(edit: Edit, names: tuple[str, ...]) -> None:
    """Tables whose key has several fields: the first of them is the group rows are found by."""
    wanted = [edit.values[name] for name in names]
    table = edit.session.table(RULES[edit.entity.name].source)
    for row_id in table.group(edit.values[table.group_property or ""]):
        row = table.rows[row_id]
        if row_id != edit.row_id and [row.values[name] for name in names] == wanted:
            raise duplicate_key(edit.entity.table, ",".join(names), ",".join(map(str, wanted)))


def _follow_rename(edit: Edit, key: str) -> None:
    """A renamed number or code is renamed wherever it is used."""
    old, new = (edit.before.values[key] if edit.before else ""), edit.values[key]
    if old == new:
        return
    for table, name, *only in RULES[edit.entity.name].references:
        for row in list(edit.session.table(table).rows.values()):
            held = row.values if name in row.values else row.extra
            if held.get(name) == old and (not only or row.values[only[0]] == only[1]):
                edit.session.change(table, row.id, {name: new})


def refuse_lines_of(entity: EntityType) -> ApiError:
    """A collection that can only be read below a parent."""
    return business_rule(RULES[entity.name].parent_missing)
