"""Notes of orders, both ways: once, as plain text, and nobody's where the order is not carried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.sync.tick import tick
from tests.sync import ordering, worlds
from tests.sync.density import places
from tests.sync.ordering import BICYCLE, bind, sold, submit
from tests.sync.worlds import Crash, Operations

NAME = "ORDER NOTE"
FEATURES = ("orders", "order_notes", "extension")


@pytest.fixture
def world() -> World:
    """Customers and items are coupled; no order is written yet."""
    return ordering.synchronised(FEATURES, mappings=(NAME, ordering.NAME))


def write(world: World, order: str, text: str, **more: Any) -> str:
    """A salesperson writes a note on an order; its id."""
    body = {"subject": "Note", "notetext": text, **bind("objectid_salesorder", "salesorders", order), **more}
    made = world.person_in_sales.call("POST", "annotations", body, prefer="return=representation")
    return str(made["annotationid"])


def in_sales(world: World) -> list[tuple[str, str]]:
    rows = world.person_in_sales.call("GET", "annotations")["value"]
    return sorted((str(each["_objectid_value"]), str(each["notetext"])) for each in rows)


def in_bc(world: World) -> list[dict[str, Any]]:
    return worlds.bc_rows(world, "orderNotes")


def person(world: World) -> Any:
    """Whoever writes notes in Business Central; the client writes what the extension's page shows."""
    root = world.person_in_bc().root.replace("/api/v2.0/", "/api/tandem/sync/v1.0/")
    return type(world.person_in_bc())(world.bc, root, world.person_in_bc().token)


def write_in_bc(world: World, order: str, text: str) -> str:
    pair = ordering.coupling(world, order)
    assert pair is not None
    key = world.parts.runtime.new_id()
    return str(
        person(world).call("POST", "orderNotes", {"tandemKey": key, "orderId": pair.bc_id, "text": text})[
            "id"
        ]
    )


def carried(world: World) -> str:
    """An order that is in Business Central."""
    order = submit(world, sold(world, BICYCLE, 1, 10))
    ordering.of_after(world, order)
    return order


@pytest.mark.conforms(
    "139175.SynchNewCRMSalesOrderNoteToSalesOrderNote", "139175.SynchHTMLCRMSalesOrderNoteToSalesOrderNote"
)
def test_a_note_of_sales_is_a_plain_note_in_business_central(world: World) -> None:
    order = carried(world)
    write(world, order, "<p>Call <b>Ann</b> first</p><p>Gate 3</p>")
    worlds.cycles(world, 3)
    (note,) = in_bc(world)
    assert (note["text"], note["orderNumber"]) == (
        "Call Ann first\nGate 3",
        ordering.of(world, order)["number"],
    )
    assert in_sales(world) == [(order, "<p>Call <b>Ann</b> first</p><p>Gate 3</p>")]
    assert worlds.problems(world, NAME) == []
    worlds.assert_quiet(world)


def test_a_note_of_business_central_comes_to_the_order_in_sales(world: World) -> None:
    order = carried(world)
    write_in_bc(world, order, "Out of stock until Monday")
    worlds.cycles(world, 3)
    (row,) = world.person_in_sales.call("GET", "annotations")["value"]
    assert (row["_objectid_value"], row["notetext"]) == (order, "Out of stock until Monday")
    assert (row["subject"], row["objecttypecode"]) == (ordering.of(world, order)["number"], "salesorder")
    worlds.assert_quiet(world)


@pytest.mark.conforms("139175.SynchModifiedCRMSalesOrderNoteToSalesOrderNote")
def test_an_edit_goes_both_ways_and_two_edits_are_a_conflict(world: World) -> None:
    order = carried(world)
    note = write(world, order, "One")
    worlds.cycles(world, 3)
    (there,) = in_bc(world)
    world.person_in_sales.edit(f"annotations({note})", notetext="Two")
    worlds.cycles(world, 2)
    assert in_bc(world)[0]["text"] == "Two"
    person(world).edit(f"orderNotes({there['id']})", text="Three")
    worlds.cycles(world, 2)
    assert in_sales(world) == [(order, "Three")]
    world.person_in_sales.edit(f"annotations({note})", notetext="Four")
    person(world).edit(f"orderNotes({there['id']})", text="Five")
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["conflict"]
    assert (in_sales(world)[0][1], in_bc(world)[0]["text"]) == ("Four", "Five")


def test_notes_of_a_draft_are_nobodys_until_the_order_is_carried(world: World) -> None:
    order = ordering.write(world, sold(world, BICYCLE, 1, 10))
    write(world, order, "Early")
    worlds.cycles(world, 3)
    assert worlds.problems(world, NAME) == []
    assert in_bc(world) == []
    ordering.set_state(world, order, ordering.SUBMITTED)
    worlds.cycles(world, 4)
    assert [note["text"] for note in in_bc(world)] == ["Early"]
    worlds.assert_quiet(world)


def test_files_blank_notes_and_notes_of_other_rows_stay(world: World) -> None:
    order = carried(world)
    write(world, order, "See the plan", documentbody="cGxhbg==", filename="plan.txt", isdocument=True)
    world.person_in_sales.call(
        "POST", "annotations", {"subject": "Title alone", **bind("objectid_salesorder", "salesorders", order)}
    )
    account = worlds.pair(world, ordering.CUSTOMER).sales_id
    world.person_in_sales.call(
        "POST", "annotations", {"notetext": "Of an account", **bind("objectid_account", "accounts", account)}
    )
    worlds.cycles(world, 3)
    assert in_bc(world) == []
    assert worlds.problems(world, NAME) == []


def test_notes_of_an_order_that_is_invoiced_stay_in_sales(world: World) -> None:
    order = carried(world)
    note = write(world, order, "Kept")
    worlds.cycles(world, 3)
    ordering.handle(world, order, "ship")
    ordering.handle(world, order, "invoice")
    worlds.cycles(world, 30, 3700)
    assert in_bc(world) == []
    write(world, order, "Afterwards")
    world.person_in_sales.edit(f"annotations({note})", notetext="Still kept")
    worlds.cycles(world, 3)
    assert worlds.problems(world, NAME) == []
    assert [text for _, text in in_sales(world)] == ["Afterwards", "Still kept"]
    worlds.assert_quiet(world)


def invoiced_and_there(world: World) -> str:
    """An order whose shipments went into an invoice of their own: it stays in Business Central."""
    order = carried(world)
    ordering.handle(world, order, "ship")
    ordering.invoice_together(world, order)
    return order


def test_a_note_that_is_seen_after_its_order_was_invoiced_goes_over_where_the_order_stays(
    world: World,
) -> None:
    """It was written before, and seen only when Tandem knew of the invoice (seeds 258, 280)."""
    order = invoiced_and_there(world)
    look_at(world, ordering.NAME)
    note = write(world, order, "Early")
    worlds.cycles(world, 3)
    assert ordering.told(world, order)["tandem_status"] == "Invoiced"
    look_at(world, ordering.NAME, NAME)
    worlds.cycles(world, 3)
    assert [each["text"] for each in in_bc(world)] == ["Early"]
    world.person_in_sales.edit(f"annotations({note})", notetext="Edited")
    worlds.cycles(world, 2)
    assert [each["text"] for each in in_bc(world)] == ["Edited"]
    assert worlds.problems(world, NAME) == []
    worlds.assert_quiet(world)


def asks_for_orders(world: World, orders: Sequence[str], note: str) -> int:
    """How many requests ask for orders when a note is seen on each of these, by a look at notes alone."""
    worlds.cycles(world, 3)
    look_at(world, NAME)
    for order in orders:
        write(world, order, note)
    wire = worlds.tap(world, Side.BC)
    worlds.cycles(world, 2)
    return sum(b"/salesOrders?" in each.body or "/salesOrders?" in each.target for each in wire.seen)


def test_whether_orders_are_there_is_asked_once_for_all_notes_and_only_where_they_are_invoiced(
    world: World,
) -> None:
    orders = [carried(world) for _ in range(3)]
    assert asks_for_orders(world, orders, "Before") == 0
    for order in orders:
        ordering.handle(world, order, "ship")
        ordering.handle(world, order, "invoice")
    look_at(world, ordering.NAME, NAME)
    worlds.cycles(world, 3, 3700)
    assert asks_for_orders(world, orders, "Afterwards") == 1


def test_when_an_order_that_stayed_is_taken_away_its_notes_are_nobodys(world: World) -> None:
    order = invoiced_and_there(world)
    note = write(world, order, "Kept")
    worlds.cycles(world, 3)
    ordering.delete_invoiced(world)
    worlds.cycles(world, 3)
    write(world, order, "Afterwards")
    world.person_in_sales.edit(f"annotations({note})", notetext="Still kept")
    worlds.cycles(world, 3)
    assert in_bc(world) == []
    assert worlds.problems(world, NAME) == []
    assert [text for _, text in in_sales(world)] == ["Afterwards", "Still kept"]
    worlds.assert_quiet(world)


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_is_lost_on_the_way_makes_no_second_note(world: World, is_sent: bool) -> None:
    order = carried(world)

    def lose() -> None:
        raise worlds.ConnectionLost

    wire = worlds.tap(world, Side.BC)
    creates = lambda request: b"orderNotes" in request.body and b'"POST"' in request.body  # noqa: E731
    if is_sent:
        wire.after = worlds.once(lose, creates)
    else:
        wire.before = worlds.once(lose, creates)
    write(world, order, "Once")
    worlds.cycles(world, 4, 90)
    assert [note["text"] for note in in_bc(world)] == ["Once"]
    assert worlds.problems(world, NAME) == []


def test_a_note_that_is_deleted_is_told_and_not_made_again(world: World) -> None:
    order = carried(world)
    note = write(world, order, "Gone")
    worlds.cycles(world, 3)
    world.person_in_sales.call("DELETE", f"annotations({note})")
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == ["partner_deleted"]
    assert len(in_bc(world)) == 1


LONGEST = 100_000


def longest(begin: str, letter: str) -> str:
    """A text that is as long as a note may be, and takes three bytes a letter."""
    return begin.ljust(LONGEST, letter)


def test_notes_as_long_as_they_may_be_go_over_and_hold_up_no_other(world: World) -> None:
    """Together they are longer than one transaction of storage may be (seed 40)."""
    order = carried(world)
    texts = [longest(f"Note {number}", "語") for number in range(8)]
    for each in texts:
        write(world, order, each)
    write(world, order, "Short")
    worlds.cycles(world, 4)
    assert sorted(note["text"] for note in in_bc(world)) == sorted([*texts, "Short"])
    worlds.assert_quiet(world)


def test_an_edit_and_a_conflict_of_the_longest_notes_are_kept_whole(world: World) -> None:
    order = carried(world)
    note = write(world, order, longest("One", "語"))
    worlds.cycles(world, 3)
    world.person_in_sales.edit(f"annotations({note})", notetext=longest("Two", "本"))
    worlds.cycles(world, 2)
    (there,) = in_bc(world)
    assert there["text"] == longest("Two", "本")
    world.person_in_sales.edit(f"annotations({note})", notetext=longest("Three", "日"))
    person(world).edit(f"orderNotes({there['id']})", text=longest("Four", "語"))
    worlds.cycles(world, 2)
    (told,) = world.at.couplings(NAME).all_problems(10)
    values = told.details["fields"]["text"]
    assert (values["bc"]["text"], values["sales"]["text"]) == (longest("Four", "語"), longest("Three", "日"))


def test_a_note_that_is_longer_is_told_and_holds_up_no_other(world: World) -> None:
    order = carried(world)
    write_in_bc(world, order, longest("Long", "x") + "x")
    write_in_bc(world, order, "Short")
    worlds.cycles(world, 3)
    assert in_sales(world) == [(order, "Short")]
    assert worlds.codes(world, NAME) == ["too_long"]


def look_at(world: World, *names: str) -> None:
    """Only these mappings are looked at from now on."""
    for name, mapping in world.at.mappings.items():
        because = "" if name in names else "not looked at in this test"
        world.at.schedules.change(name, mapping.interval_s, disabled_because=because, next_due_s=0.0)


def test_a_note_that_waits_for_its_order_is_carried_wherever_the_process_dies(world: World) -> None:
    """A note waits unlisted: nobody tries it again but who couples its order, also where that one dies after
    it stored the coupling."""
    operations = Operations(world)
    for number, at in enumerate(places(), 1):
        look_at(world, NAME)
        write(world, submit(world, sold(world, BICYCLE, 1, 10)), f"Note {number}")
        worlds.cycles(world, 2)
        assert len(in_bc(world)) == number - 1
        look_at(world, ordering.NAME)
        operations.arm(at, late=False)
        world.clock.now += 60
        has_died = died(world)
        operations.disarm()
        look_at(world, ordering.NAME, NAME)
        worlds.cycles(world, 4, 700)
        assert len(in_bc(world)) == number, f"died at {at}"
        if not has_died:
            break
    assert at > 10, "too few operations were counted"


def died(world: World) -> bool:
    try:
        tick(world.parts)
    except Crash:
        return True
    return bool(worlds.deliver(world, lease_s=30.0))
