"""What people do more of where mappings have a rule for deletions or a brake (see ``policies``)."""

from __future__ import annotations

from collections.abc import Callable

from local.simulate.actions import body_of, delete, withdraw
from local.simulate.observing import Key
from local.simulate.people import People
from local.simulate.policies import Policies

type Action = Callable[[People], None]
MANY = 8


def edit_and_delete(people: People) -> None:
    """Somebody edits a record while somebody else deletes another one of its kind: perhaps its partner."""
    key = people.pick()
    if key is None:
        return
    body, tokens = body_of(people, key, [people.rng.choice(people.pair_of(key).texts)])
    if not people.write(key, body):
        withdraw(people, tokens)
    delete(people)


def delete_many(people: People) -> None:
    """Somebody deletes many records of a kind in one go."""
    gone = sum(people.remove(each) for each in _many(people, people.rng.choice(("bc", "sales", "sales"))))
    if gone > 1:
        people.count("deleted_many")


def change_many(people: People) -> None:
    """Somebody, or a script, changes most records of a kind."""
    for key in _many(people, people.rng.choice(("bc", "sales"))):
        body, tokens = body_of(people, key, [people.pair_of(key).texts[-1]])
        if not people.write(key, body):
            withdraw(people, tokens)
    people.count("changed_many")


def _many(people: People, side: str) -> list[Key]:
    pair = people.pairs["CUSTOMER"]
    found = {key for _ in range(MANY * 3) if (key := people.pick(pair, side))}
    return sorted(found, key=lambda each: each.id)[:MANY]


def policy_actions(policies: Policies) -> tuple[tuple[Action, float], ...]:
    """What people do more of in a seed with these policies."""
    rule = ((delete, 6.0), (edit_and_delete, 4.0)) if policies.deletion else ()
    many = {"deleted": ((delete_many, 14.0),), "changed": ((change_many, 12.0),)}.get(policies.brake, ())
    return (*rule, *many)
