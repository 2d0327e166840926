"""Users: an application has one user, a person's needs a name and addresses."""

from __future__ import annotations

from local.simulators.dataverse import errors
from local.simulators.dataverse.errors import bad_request
from local.simulators.dataverse.tables.rules import Draft, TableRules, require

_OF_PERSONS = ("firstname", "lastname", "internalemailaddress", "domainname")


def _prepare(draft: Draft) -> None:
    if draft.creating and draft.org.options.strict_required and not draft.sent("applicationid"):
        require(draft, **dict.fromkeys(_OF_PERSONS))


def _check(draft: Draft) -> None:
    application = draft.changes.values.get("applicationid")
    others = draft.org.store.tables["systemuser"].rows.values()
    if application and any(
        row.values.get("applicationid") == application for row in others if row.id != draft.row_id
    ):
        raise bad_request(
            f"You are attempting to create an Application ID = {application} that already exists.",
            errors.DUPLICATE_APPLICATION_USER,
        )


RULES = {"systemuser": TableRules(prepare=_prepare, check=_check)}
