"""What people do more of where mappings have a rule for deletions or a brake (see ``policies``)."""

from __future__ import annotations

from collections.abc import Callable

from local.simulate.actions import body_of, delete, withdraw
from local.simulate.fields import Pair
from local.simulate.observing import Key
from local.simulate.people import People
from local.simulate.policies import FURTHER, Policies

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
    side = people.rng.choice(("bc", "sales", "sales"))
    gone = sum(people.remove(each) for each in _many(people, people.pairs["CUSTOMER"], side))
    if gone > 1:
        people.count("deleted_many")


def change_many(people: People) -> None:
    """Somebody, or a script, changes most records of a kind."""
    for key in _many(people, people.pairs["CUSTOMER"], people.rng.choice(("bc", "sales"))):
        body, tokens = body_of(people, key, [people.pair_of(key).texts[-1]])
        if not people.write(key, body):
            withdraw(people, tokens)
    people.count("changed_many")


def _many(people: People, pair: Pair, side: str) -> list[Key]:
    found = {key for _ in range(MANY * 3) if (key := people.pick(pair, side))}
    return sorted(found, key=lambda each: each.id)[:MANY]


def policy_actions(policies: Policies) -> tuple[tuple[Action, float], ...]:
    """What people do more of in a seed with these policies."""
    rule = ((delete, 6.0), (edit_and_delete, 4.0)) if policies.deletion else ()
    many = {"deleted": ((delete_many, 14.0),), "changed": ((change_many, 12.0),)}.get(policies.brake, ())
    return (*rule, *many)


def delete_ruled(people: People) -> None:
    """Delete a record of a further mapping, on either side, where the service lets go of it."""
    key = people.pick(_ruled(people), people.rng.choice(("bc", "sales")))
    if key is not None and people.remove(key):
        people.count(f"deleted {key.side} of a further mapping")


def edit_and_delete_ruled(people: People) -> None:
    """Somebody edits a record while somebody else deletes another one of its kind: perhaps its partner."""
    pair, side = _ruled(people), people.rng.choice(("bc", "sales"))
    key, texts = people.pick(pair, side), pair.texts_from(side)
    if key is not None and texts:
        body, tokens = body_of(people, key, [people.rng.choice(texts)])
        if not people.write(key, body):
            withdraw(people, tokens)
    other = people.pick(pair, people.rng.choice(("bc", "sales")))
    if other is not None and people.remove(other):
        people.count(f"deleted {other.side} of a further mapping")


def delete_many_ruled(people: People) -> None:
    """Somebody deletes all records of a kind in one go, as far as the service lets go of them."""
    gone = sum(people.remove(each) for each in _many(people, _ruled(people), "sales"))
    if gone > 1:
        people.count("deleted_many_further")


def change_many_ruled(people: People) -> None:
    """Somebody, or a script, changes most records of a kind."""
    pair, side = _ruled(people), people.rng.choice(("bc", "sales"))
    texts = pair.texts_from(side)
    for key in _many(people, pair, side) if texts else ():
        body, tokens = body_of(people, key, texts[-1:])
        if not people.write(key, body):
            withdraw(people, tokens)
        else:
            people.count("changed_many_further")


def _ruled(people: People) -> Pair:
    return people.rng.choice([each for name, each in people.pairs.items() if name in FURTHER])


def further_policy_actions(policies: Policies) -> tuple[tuple[Action, float], ...]:
    """What people do more of with the further mappings, in a seed that has policies of theirs."""
    rule = ((delete_ruled, 14.0), (edit_and_delete_ruled, 8.0)) if policies.further_deletion else ()
    many = {"deleted": ((delete_many_ruled, 8.0),), "changed": ((change_many_ruled, 12.0),)}
    return (*rule, *many.get(policies.further_brake, ()))
