"""Preparing Sales as an administrator who signs in for this alone: solution, user, role, tracking, options.

Every stage looks first and does only what is missing, so that a preparation that was cut off, or ran out of
time, is begun again.  Nothing of the administrator's is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shared_code.core.privileges import missing_by_table
from shared_code.runtime import Runtime
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.systems.dataverse_installer import ImportUnderWay, Installer
from shared_code.systems.dataverse_users import ADMINISTRATOR, CUSTOMIZER, User
from shared_code.systems.interface import AccessDenied, SystemFault
from shared_code.systems.solution import Solution

POLL_S = 3.0
"""Between two looks at an import under way."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What Sales is to have: the user of this application, the solution with its role, and tables (entity
    sets) whose changes are followed.  ``until_s``: when to stop waiting for an import."""

    client_id: str
    solution: Solution
    sets: Collection[str]
    until_s: float


type Stage = Callable[[Installer, Wanted, Runtime], Iterator[Finding]]

PERSON, SOLUTION, USER = "the administrator", "the solution", "the synchronisation user"
RIGHTS, TRACKING = "rights", "change tracking"


def prepare(sales: Installer, wanted: Wanted, runtime: Runtime) -> Iterator[Finding]:
    """Every stage with what came of it; what stands in the way of the rest ends it."""
    for subject, stage in STAGES:
        try:
            found = list(stage(sales, wanted, runtime))
        except SystemFault as fault:
            found = [Finding(Area.SYSTEM, subject, Level.FAULT, str(fault), AGAIN)]
        yield from found
        if not is_complete(found):
            return


def is_complete(found: Sequence[Finding]) -> bool:
    """Whether nothing stands in the way."""
    return UNFINISHED not in found and all(each.level is not Level.FAULT for each in found)


AGAIN = "Mend what the text tells and sign in again: what is done stays done."


def _person(sales: Installer, wanted: Wanted, runtime: Runtime) -> Iterator[Finding]:
    subject = PERSON
    held = _templates(sales)
    if ADMINISTRATOR not in held:
        lacking = (
            "System Administrator" if CUSTOMIZER in held else "System Administrator and System Customizer"
        )
        text = f"whoever signed in lacks the role {lacking}"
        yield Finding(Area.RIGHTS, subject, Level.FAULT, text, OTHER_PERSON)
        return
    also = " and System Customizer" if CUSTOMIZER in held else ", which covers System Customizer"
    yield Finding(Area.RIGHTS, subject, Level.OK, f"has the role System Administrator{also}")


def _templates(sales: Installer) -> set[str]:
    """Whose roles cannot even be read has none that count."""
    try:
        return {each.template for each in sales.users.roles_of(sales.users.me().id)}
    except AccessDenied:
        return set()


OTHER_PERSON = (
    "Sign in as somebody who has the role in person, not by a team, or give it in the Power Platform admin "
    "center for the time of the setup."
)


def _solution(sales: Installer, wanted: Wanted, runtime: Runtime) -> Iterator[Finding]:
    """An import that goes on already is waited for: a preparation that was cut off began it."""
    while (installed := sales.installed_version(wanted.solution.unique_name)) < wanted.solution.version:
        with suppress(ImportUnderWay):
            yield _imported(sales, wanted, runtime)
            return
        if not _waited(wanted, runtime):
            yield UNFINISHED
            return
    text = f"{wanted.solution.unique_name} {'.'.join(map(str, installed))} is there"
    yield Finding(Area.SYSTEM, SOLUTION, Level.OK, text)


def _imported(sales: Installer, wanted: Wanted, runtime: Runtime) -> Finding:
    """What came of an import of our own.  Raises ``SystemFault``."""
    ours = wanted.solution
    operation = sales.begin_import(ours.content)
    while not (state := sales.import_state(operation)).is_done:
        if not _waited(wanted, runtime):
            return UNFINISHED
    if state.message:
        return Finding(Area.SYSTEM, SOLUTION, Level.FAULT, f"Sales refused it: {state.message}", AGAIN)
    return Finding(Area.SYSTEM, SOLUTION, Level.OK, f"{ours.unique_name} {ours.version_text} was imported")


def _waited(wanted: Wanted, runtime: Runtime) -> bool:
    """Let a moment pass, if there is one left."""
    if runtime.now() + POLL_S > wanted.until_s:
        return False
    runtime.sleep(POLL_S)
    return True


UNFINISHED = Finding(
    Area.SYSTEM,
    SOLUTION,
    Level.WARNING,
    "its import goes on in Sales",
    "Sign in again in some minutes: what is done stays done.",
)


def _user(sales: Installer, wanted: Wanted, runtime: Runtime) -> Iterator[Finding]:
    subject = USER
    found = sales.users.application_user(wanted.client_id)
    made = found is None
    if made:
        _make_user(sales, wanted.client_id)
        found = sales.users.application_user(wanted.client_id)
    if found is None or found.is_disabled:
        text = "it is switched off" if found else "it was made and is not listed yet"
        yield Finding(Area.RIGHTS, subject, Level.FAULT, text, AGAIN)
        return
    given = _give_role(sales, wanted.solution.role_name, found)
    text = f"it {'was made' if made else 'is there'} and {'got' if given else 'has'} the role"
    yield Finding(Area.RIGHTS, subject, Level.OK, f"{text} {wanted.solution.role_name}")
    if any(each.template == ADMINISTRATOR for each in sales.users.roles_of(found.id)):
        yield Finding(Area.RIGHTS, subject, Level.WARNING, "it is an administrator", LESS)


LESS = "Take the role System Administrator from it: it needs none but its own."


def _make_user(sales: Installer, client_id: str) -> None:
    """Somebody else may make it at this moment: whether it is there is asked afterwards."""
    with suppress(SystemFault):
        sales.users.make_application_user(client_id, sales.users.me().unit_id)


def _give_role(sales: Installer, name: str, user: User) -> bool:
    """Whether the role had to be given.  Raises ``SystemFault``, also where the unit has no such role."""
    role = sales.users.role_named(name, user.unit_id)
    if role is None:
        raise SystemFault(f"the business unit of the user has no role “{name}”")
    if any(each.id == role.id for each in sales.users.roles_of(user.id)):
        return False
    sales.users.give(user.id, role.id)
    return True


def _rights(sales: Installer, wanted: Wanted, runtime: Runtime) -> Iterator[Finding]:
    """Table by table, what the solution's role is meant to hold and the user does not."""
    user = sales.users.application_user(wanted.client_id)
    held = sales.users.privileges_of(user.id) if user else ()
    missing = missing_by_table(wanted.solution.privileges, held)
    for table, rights in missing.items():
        text = f"lacks {', '.join(rights)} on {table}"
        yield Finding(Area.RIGHTS, USER, Level.WARNING, text, GIVE)
    if not missing:
        count = len(wanted.solution.privileges)
        yield Finding(Area.RIGHTS, RIGHTS, Level.OK, f"all {count} privileges are there")


GIVE = "Somebody changed the role: give it this right again, for the whole organisation."


def _tracking(sales: Installer, wanted: Wanted, runtime: Runtime) -> Iterator[Finding]:
    subject = TRACKING
    tables = sales.tracking(wanted.sets)
    off = [each for each in tables if not each.is_on]
    switched = [each.table for each in off if each.can_be]
    for table in switched:
        sales.track(table)
    if switched:
        sales.publish(switched)
        yield Finding(Area.SETTINGS, subject, Level.OK, f"switched on for {', '.join(switched)}")
    for each in off:
        if not each.can_be:
            text = f"cannot be switched on for {each.table}"
            yield Finding(Area.SETTINGS, subject, Level.WARNING, text, LEAVE_OUT)
    if not off:
        yield Finding(Area.SETTINGS, subject, Level.OK, f"is on for {len(tables)} tables")


LEAVE_OUT = "Leave out the mappings of this table, or ask who manages the organisation."

STAGES: Sequence[tuple[str, Stage]] = (
    (PERSON, _person), (SOLUTION, _solution), (USER, _user), (RIGHTS, _rights), (TRACKING, _tracking),
)  # fmt: skip
"""In order: each needs what those before it did."""
