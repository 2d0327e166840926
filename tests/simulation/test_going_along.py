"""What Business Central deletes together with an item: right where a rule deleted the item, else a loss."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulate.checkers import no_deletes
from local.simulate.checkers.nothing_lost import went_with_item
from local.simulate.evidence import Evidence
from local.simulate.observing import Key, Observer

ITEM = Key("bc", "c1", "items", "i1")
VARIANT = Key("bc", "c1", "itemVariants", "v1")


def deleted(item_at: float, who: str = "tandem a", number: str = "1000") -> Evidence:
    """A variant of item 1000 was deleted at 5, an item at another moment."""
    clock = [0.0]
    observer = Observer(lambda: clock[0])
    observer._begin(ITEM, {"number": number})
    observer._begin(VARIANT, {"itemNumber": "1000"})
    for at, key in sorted([(item_at, ITEM), (5.0, VARIANT)], key=lambda each: each[0]):
        clock[0] = at
        with observer.acting(who):
            observer._take(key, None, "", observer.actor)
    ours = [each for each in observer.writes if each.who.startswith("tandem")]
    return cast(Evidence, cast(Any, SimpleNamespace(our_writes=lambda: ours)))


@pytest.fixture(autouse=True)
def _a_rule_deletes_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(no_deletes, "may_remove", lambda evidence, write: write.key == ITEM)


def test_a_variant_goes_with_the_item_that_a_rule_deleted() -> None:
    assert went_with_item(deleted(5.0), VARIANT)


@pytest.mark.parametrize(
    "evidence",
    [deleted(4.0), deleted(5.0, who="pat"), deleted(5.0, number="1001")],
    ids=["then", "who", "which"],
)
def test_nothing_else_explains_that_it_is_gone(evidence: Evidence) -> None:
    assert not went_with_item(evidence, VARIANT)


def test_where_no_rule_deletes_items_nothing_goes_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(no_deletes, "may_remove", lambda evidence, write: False)
    assert not went_with_item(deleted(5.0), VARIANT)
