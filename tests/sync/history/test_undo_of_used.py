"""Undo where people use by now what Tandem made: it stays, with the service's words and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.sync.full_sync import Request
from tests.sync import ordering, worlds
from tests.sync.copies import copied
from tests.sync.history.test_undo_of_everything import all_records, synchronised
from tests.sync.history.test_undos import begin, run

OUTSTANDING = "because there is at least one outstanding sales document for this customer."
POSTED = "because it has ledger entries in a fiscal year that has not been closed yet."
ASSOCIATED = "The object you tried to delete is associated with another object and cannot be deleted."


@dataclass
class Used:
    """A world after a full synchronisation (``run``) that made a customer of an account and an item of a
    product."""

    world: World
    run: str
    customer: Coupling
    item: Coupling

    def undone(self, *ways: str) -> dict[tuple[str, str], dict[str, Any]]:
        """What became of each record, by mapping and id in Business Central, after these runs of the undo."""
        self.world.clock.now += 60
        undo = begin(self.world, fullSynchronization=self.run)
        for way in ways:
            run(self.world, undo, otherwise=way)
        return {(each["mapping"], each["bcId"]): each for each in all_records(self.world, undo)}

    def of_bc(self, table: str, pair: Coupling) -> dict[str, Any]:
        found: dict[str, Any] = self.world.person_in_bc().call(
            "GET", f"{table}({pair.bc_id})", **worlds.PRIMARY
        )
        return found

    def is_coupled(self, mapping: str, pair: Coupling) -> bool:
        pairs = self.world.at.couplings(mapping).all_coupled()
        return pair.bc_id in {each.bc_id for each in pairs}


@pytest.fixture
@copied
def used() -> Used:
    world = ordering.synchronised()
    account, product = worlds.new_account(world, "Lindbergh Ltd."), new_product(world)
    world.clock.now += 60
    ended = synchronised(world, Request(("CUSTOMER", "ITEM-PRODUCT")))
    world.clock.now += 60
    return Used(world, ended, coupled(world, "CUSTOMER", account), coupled(world, "ITEM-PRODUCT", product))


def new_product(world: World) -> str:
    """A salesperson enters a product and publishes it; its id."""
    like = ordering.product_of(world, ordering.BICYCLE)
    body = {
        "productnumber": "NEW", "name": "Brand-new", "quantitydecimal": 2, "producttypecode": 1,
        "defaultuomscheduleid@odata.bind": f"/uomschedules({like['_defaultuomscheduleid_value']})",
        **ordering.bind("defaultuomid", "uoms", like["_defaultuomid_value"]),
    }  # fmt: skip
    made = world.person_in_sales.call("POST", "products", body, prefer="return=representation")
    world.person_in_sales.edit(f"products({made['productid']})", statecode=0, statuscode=1)
    return str(made["productid"])


def coupled(world: World, mapping: str, row: str) -> Coupling:
    found = world.at.couplings(mapping).load(Side.SALES, [row])[row]
    assert isinstance(found, Coupling)
    return found


def kept(record: dict[str, Any]) -> tuple[str, list[str]]:
    """Why a record that was made stays, and what is offered."""
    [left] = record["left"]
    assert record["removed"] is None
    return left["text"], left["offers"]


def order_for(used: Used) -> str:
    """A bookkeeper writes an order for the customer; its id."""
    number = used.of_bc("customers", used.customer)["number"]
    made = used.world.person_in_bc().call("POST", "salesOrders", {"customerNumber": number})
    return str(made["id"])


def test_a_customer_with_an_order_stays_and_is_blocked_where_a_person_wants_it(used: Used) -> None:
    order_for(used)
    text, offers = kept(used.undone("list")["CUSTOMER", used.customer.bc_id])
    assert text.startswith("the service refused it: Business Central answered: ")
    assert OUTSTANDING in text
    assert offers == ["withdraw", "uncouple"]
    assert used.of_bc("customers", used.customer)["blocked"] != "All"
    done = used.undone("withdraw")["CUSTOMER", used.customer.bc_id]
    assert (done["outcome"], done["withdrawn"]) == ("modified", "bc")
    assert used.of_bc("customers", used.customer)["blocked"] == "All"
    worlds.settled(used.world)
    assert used.is_coupled("CUSTOMER", used.customer)


def test_a_customer_to_whom_something_was_posted_stays_and_may_be_uncoupled(used: Used) -> None:
    number = used.of_bc("customers", used.customer)["number"]
    post_an_invoice(used.world, number)
    record = used.undone("list", "uncouple")["CUSTOMER", used.customer.bc_id]
    assert POSTED in kept(record)[0]
    assert record["withdrawn"] == "uncoupled"
    assert not used.is_coupled("CUSTOMER", used.customer)
    worlds.settled(used.world)
    assert not used.is_coupled("CUSTOMER", used.customer)


def post_an_invoice(world: World, customer: str, item: str = ordering.BICYCLE) -> None:
    person = world.person_in_bc()
    made = person.call("POST", "salesInvoices", {"customerNumber": customer})["id"]
    line = {"lineType": "Item", "lineObjectNumber": item, "quantity": 1, "unitPrice": 5}
    person.call("POST", f"salesInvoices({made})/salesInvoiceLines", line)
    person.call("POST", f"salesInvoices({made})/Microsoft.NAV.post", {})


def test_an_item_with_ledger_entries_stays_and_may_be_blocked(used: Used) -> None:
    number = used.of_bc("items", used.item)["number"]
    post_an_invoice(used.world, ordering.CUSTOMER, number)
    text, offers = kept(used.undone("list")["ITEM-PRODUCT", used.item.bc_id])
    assert text.endswith(f"You cannot delete Item {number} {POSTED}")
    assert offers == ["withdraw", "uncouple"]
    used.undone("withdraw")
    assert used.of_bc("items", used.item)["blocked"] is True


@pytest.mark.bulk
def test_a_product_that_somebody_sold_stays_and_may_be_retired() -> None:
    world = ordering.new_world()
    world.clock.now += 60
    first = synchronised(world, Request(release=tuple(world.at.mappings)))
    world.clock.now += 60
    product = ordering.product_of(world, ordering.BICYCLE)
    ordering.write(world, ordering.sold(world, ordering.BICYCLE, 1, 5))
    undo = begin(world, fullSynchronization=first)
    run(world, undo)
    [record] = [each for each in all_records(world, undo) if ordering.BICYCLE in each["name"].split()]
    assert kept(record) == (f"the service refused it: Sales answered: {ASSOCIATED}", ["withdraw", "uncouple"])
    run(world, undo, otherwise="withdraw")
    found = world.person_in_sales.call("GET", f"products({product['productid']})")
    assert (found["statecode"], found["statuscode"]) == (1, 2)


def test_of_a_customer_that_goes_its_number_and_its_contact_are_listed_as_what_stays(used: Used) -> None:
    number = used.of_bc("customers", used.customer)["number"]
    record = used.undone("list")["CUSTOMER", used.customer.bc_id]
    assert (record["outcome"], record["removed"]) == ("deleted", "bc")
    assert [each["why"] for each in record["left"]] == ["number_drawn", "contact_stays"]
    assert record["left"][0]["text"].endswith(number)
    assert [each["offers"] for each in record["left"]] == [[], []]
