"""Coupling by hand: each pair is told what became of it, and what differs is decided as a person says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling, Intent
from shared_code.core.jobs import JobKind
from shared_code.core.records import Side
from shared_code.store.tables import StorageUnavailable
from shared_code.sync import by_hand, coupling_api, views
from shared_code.sync.api import Answer, answering
from tests.sync import worlds
from tests.sync.copies import copied

NOBODY = "f0000000-0000-4000-8000-000000000000"


def row(number: int, **values: object) -> dict[str, Any]:
    row_id = f"a0000000-0000-4000-8000-{number:012d}"
    return {"accountid": row_id, "name": f"Row {number}", "customertypecode": 3, "statecode": 0} | values


A, B, C = (row(n)["accountid"] for n in (1, 2, 3))


@pytest.fixture
@copied
def world() -> World:
    """Three customers and two accounts; nothing is coupled and nothing may be created."""
    made = worlds.new_world(sales={"account": [row(1, telephone1="+44 1"), row(2)]})
    worlds.full(made)
    worlds.only_customers(made)
    return made


def bc_id(world: World, number: str = "10000") -> str:
    return str(worlds.customer(world, number)["id"])


def couple(world: World, *pairs: tuple[str, str], **more: object) -> dict[str, Any]:
    answer = sent(world, {"pairs": [{"bc": bc, "sales": sales} for bc, sales in pairs], **more})
    assert answer.status == 200, answer.text()
    shown: dict[str, Any] = json.loads(answer.text())
    return shown


def sent(world: World, body: object, name: str = "CUSTOMER") -> Answer:
    return answering(lambda: coupling_api.couple(world.parts, name, json.dumps(body).encode(), {}))


def results(shown: dict[str, Any]) -> list[str]:
    return [each["result"] for each in shown["pairs"]]


@pytest.mark.conforms(
    "139182.CoupleCustomer",
    "139174.SelectingCRMAccount",
    "139174.GetCRMIDAfterSelectingCRMRecord",
)
def test_a_pair_is_coupled_and_what_differs_is_told_and_left(world: World) -> None:
    shown = couple(world, (bc_id(world), A))
    assert results(shown) == ["coupled"]
    assert (shown["coupled"], shown["job"]) == (1, "")
    pair = shown["pairs"][0]
    assert pair["bcName"] == "10000 Adatum Corporation" or pair["bcName"].startswith("10000 ")
    assert pair["salesName"] == "Row 1"
    differ = {each["group"]: each["goesTo"] for each in pair["differences"]}
    assert differ["name"] is None
    assert differ["number"] == "sales"
    assert differ["phone"] == "bc"
    assert worlds.pair(world).sales_id == A
    assert worlds.account(world, "Row 1")["telephone1"] == "+44 1"


def test_a_check_tells_the_same_and_writes_nothing(world: World) -> None:
    asked: list[str] = []
    world.tables.before = lambda operation, table: asked.append(operation)
    checked = couple(world, (bc_id(world), A), check=True)
    assert set(asked) <= {"get", "get_many", "query"}
    assert checked["checked"]
    assert couple(world, (bc_id(world), A))["pairs"] == checked["pairs"]


@pytest.mark.bulk
@pytest.mark.parametrize(
    ("then", "name", "phone"),
    [("bc_values", "bc", None), ("sales_values", "Row 1", "+44 1"), ("merge", "conflict", "+44 1")],
)
@pytest.mark.conforms("139174.GetPerformInitialSynchronization", "139174.GetInitialSynchronizationDirection")
def test_what_differs_is_decided_as_the_caller_says(
    world: World, then: str, name: str, phone: str | None
) -> None:
    customer = worlds.customer(world, "10000")
    shown = couple(world, (customer["id"], A), then=then)
    worlds.deliver(world)
    pair = worlds.pair(world)
    account, now = worlds.account_of(world, pair), worlds.customer_of(world, pair)
    assert (account["telephone1"], now["phoneNumber"] or None) == (phone, phone)
    assert account["accountnumber"] == "10000"
    if name == "conflict":
        assert (account["name"], now["displayName"]) == ("Row 1", customer["displayName"])
        assert worlds.codes(world).count("conflict") == 1
    else:
        wanted = customer["displayName"] if name == "bc" else name
        assert (account["name"], now["displayName"]) == (wanted, wanted)
    job = world.at.jobs.get(shown["job"])
    assert job is not None
    assert job.kind is JobKind.COUPLING
    view = views.job_view(world.at, job)
    assert (view["status"], view["instruction"], view["toSales"]["given"]) == ("Finished", then, 1)


@pytest.mark.bulk
def test_a_pair_whose_job_never_came_is_listed_and_synchronised_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def died(*given: Any, **more: Any) -> Any:
        raise StorageUnavailable("storage is away")

    with monkeypatch.context() as broken:
        broken.setattr(by_hand, "queue_records", died)
        answer = sent(world, {"pairs": [{"bc": bc_id(world), "sales": A}], "then": "merge"})
    assert answer.status == 503
    assert worlds.pair(world).sales_id == A
    assert worlds.codes(world).count("unsettled") == 1
    worlds.cycles(world, 2, 400)
    assert worlds.account_of(world, worlds.pair(world))["accountnumber"] == "10000"
    assert "unsettled" not in worlds.codes(world)


@pytest.mark.bulk
def test_what_a_chosen_side_replaces_is_kept_in_the_journal(world: World) -> None:
    couple(world, (bc_id(world), A), then="bc_values")
    worlds.deliver(world)
    entries = world.at.journal.of_record("CUSTOMER", bc_id(world), world.clock.now)
    assert any(each.old.get("name") == "Row 1" for each in entries)


@pytest.mark.conforms("139161.CannotCreateCouplingToAlreadyCoupledRecord")
def test_a_record_that_is_coupled_is_left_and_told_with_the_name_of_its_partner(world: World) -> None:
    first, second = bc_id(world, "10000"), bc_id(world, "20000")
    couple(world, (first, A))
    shown = couple(world, (first, B), (second, A))
    assert results(shown) == ["already_coupled", "already_coupled"]
    assert "is already coupled to “Row 1”" in shown["pairs"][0]["message"]
    assert "“Row 1” of Sales is already coupled to “10000 " in shown["pairs"][1]["message"]
    assert [(each.bc_id, each.sales_id) for each in world.at.couplings("CUSTOMER").all_coupled()] == [
        (first, A)
    ]


@pytest.mark.conforms("139161.CanCoupleRecordToCRMID")
def test_a_record_is_moved_to_another_partner_where_a_person_says_so(world: World) -> None:
    first, second = bc_id(world, "10000"), bc_id(world, "20000")
    couple(world, (first, A), (second, B))
    shown = couple(world, (first, B), move=True)
    assert results(shown) == ["coupled"]
    assert [(each.bc_id, each.sales_id) for each in world.at.couplings("CUSTOMER").all_coupled()] == [
        (first, B)
    ]


@pytest.mark.bulk
def test_two_that_are_coupled_already_are_told_so_and_synchronised_as_said(world: World) -> None:
    couple(world, (bc_id(world), A))
    shown = couple(world, (bc_id(world), A), then="bc_values")
    assert (results(shown), shown["coupled"]) == (["in_place"], 0)
    worlds.deliver(world)
    assert (
        worlds.account_of(world, worlds.pair(world))["name"] == worlds.customer(world, "10000")["displayName"]
    )


def test_a_record_named_twice_in_one_request_is_coupled_with_neither(world: World) -> None:
    first = bc_id(world)
    assert results(couple(world, (first, A), (first, B))) == ["named_twice", "named_twice"]
    assert list(world.at.couplings("CUSTOMER").all_coupled()) == []


@pytest.mark.parametrize("which", [0, 1])
def test_a_record_that_is_not_there_is_told(world: World, which: int) -> None:
    pair = [bc_id(world), A]
    pair[which] = NOBODY
    assert results(couple(world, (pair[0], pair[1]))) == ["not_found"]


@pytest.mark.parametrize(
    ("values", "result"),
    [
        ({"statecode": 1, "statuscode": 2}, "outside_filter"),
        ({"customertypecode": 1}, "outside_filter"),
        ({"tandem_companyid": "11111111-1111-1111-1111-111111111111"}, "other_company"),
    ],
)
@pytest.mark.conforms("139174.LookupFilteredCRMRecordForAccount")
def test_what_the_mapping_leaves_out_is_not_coupled(
    world: World, values: dict[str, object], result: str
) -> None:
    world.person_in_sales.edit(f"accounts({A})", **values)
    assert results(couple(world, (bc_id(world), A))) == [result]


def test_a_sales_record_whose_partner_is_being_created_now_is_left_alone(world: World) -> None:
    store = world.at.couplings("CUSTOMER")
    store.transact(store.intent_operations(Intent(A, world.clock.now, "batch")))
    assert results(couple(world, (bc_id(world), A))) == ["being_created"]


def test_somebody_who_is_faster_keeps_the_record(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real, first = by_hand.couple_pairs, bc_id(world)

    def late(*given: Any, **more: Any) -> Any:
        store = world.at.couplings("CUSTOMER")
        store.transact(store.insert_operations(Coupling(first, B)))
        return real(*given, **more)

    monkeypatch.setattr(by_hand, "couple_pairs", late)
    assert results(couple(world, (first, A))) == ["already_coupled"]
    assert worlds.pair(world).sales_id == B


def test_coupled_records_are_listed_no_more(world: World) -> None:
    assert set(worlds.codes(world)) == {"couple_first"}
    couple(world, (bc_id(world), A))
    assert {(each["side"], each["id"]) for each in worlds.problems(world)}.isdisjoint(
        {("bc", bc_id(world)), ("sales", A)}
    )


@pytest.mark.bulk
def test_whoever_waited_for_the_record_goes_through_at_once(world: World) -> None:
    contact = world.person_in_sales.call(
        "POST", "contacts",
        {"firstname": "Anna", "lastname": "Berg", "parentcustomerid_account@odata.bind": f"/accounts({A})"},
        prefer="return=representation",
    )  # fmt: skip
    world.at.schedules.change("CONTACT", 60, released=True, disabled_because="")
    worlds.cycle(world)
    waiting = [p for p in worlds.problems(world, "CONTACT") if p["id"] == contact["contactid"]]
    assert [each["code"] for each in waiting] == ["waits_for_lookup"]
    couple(world, (bc_id(world), A))
    worlds.deliver(world)
    assert [p for p in worlds.problems(world, "CONTACT") if p["id"] == contact["contactid"]] == []


BAD = {
    "no pairs": ({}, "pairs"),
    "no list": ({"pairs": "x"}, "pairs"),
    "none": ({"pairs": []}, "pairs"),
    "too many": ({"pairs": [{"bc": "a", "sales": "b"}] * 501}, "pairs"),
    "half a pair": ({"pairs": [{"bc": "a"}]}, "pairs"),
    "an odd id": ({"pairs": [{"bc": "a/b", "sales": "c"}]}, "bc"),
    "a number": ({"pairs": [{"bc": 1, "sales": "c"}]}, "bc"),
    "no id of a record": ({"pairs": [{"bc": NOBODY, "sales": "b"}]}, "sales"),
    "an unknown then": ({"pairs": [{"bc": NOBODY, "sales": NOBODY}], "then": "x"}, "then"),
    "move as text": ({"pairs": [{"bc": NOBODY, "sales": NOBODY}], "move": "yes"}, "move"),
    "an unknown field": ({"pear": []}, "pear"),
}


@pytest.mark.parametrize(("body", "field"), BAD.values(), ids=BAD.keys())
def test_a_request_that_cannot_be_used_is_400_with_its_field(world: World, body: object, field: str) -> None:
    answer = sent(world, body)
    assert (answer.status, answer.body["field"]) == (400, field)


def test_a_mapping_that_is_not_there_is_404(world: World) -> None:
    assert sent(world, {"pairs": [{"bc": "a", "sales": "b"}]}, "NOTHING").status == 404


@pytest.mark.conforms(
    "139174.LookupCouplingRecordForCustomer",
    "139174.GetCRMIDAfterOpenPageForCoupledCustomer",
)
@pytest.mark.parametrize("side", list(Side))
def test_the_pair_of_a_record_is_found_from_either_side(world: World, side: Side) -> None:
    first = bc_id(world)
    couple(world, (first, A))
    own = first if side is Side.BC else A
    answer = answering(lambda: coupling_api.get_pair(world.parts, "CUSTOMER", own, {"side": side.value}))
    assert (answer.body["bc"], answer.body["sales"], answer.body["salesName"]) == (first, A, "Row 1")
    other = answering(lambda: coupling_api.get_pair(world.parts, "CUSTOMER", B, {"side": "sales"}))
    assert other.status == 404


@pytest.mark.conforms("139174.TypingWrongCRMAccountName")
def test_records_are_found_by_name_and_number_inside_the_filter_only(world: World) -> None:
    def found(text: str, side: str, begins: str = "false") -> list[dict[str, Any]]:
        query = {"text": text, "side": side, "begins": begins}
        shown = answering(lambda: coupling_api.find_records(world.parts, "CUSTOMER", query)).body
        records: list[dict[str, Any]] = shown["records"]
        return records

    couple(world, (bc_id(world), A))
    assert found("Row", "sales") == [], "a script that names a record means just that one"
    assert [(each["id"], each["coupledWith"]) for each in found("Row 1", "sales")] == [(A, bc_id(world))]
    assert [(each["id"], each["coupledWith"]) for each in found("20000", "bc")] == [
        (bc_id(world, "20000"), None)
    ]
    assert found("Nobody Ltd.", "sales") == []
    assert found("Nobody", "sales", "true") == []
    assert [each["name"] for each in found("row", "sales", "true")][:2] == ["Row 1", "Row 2"]
    refused = answering(
        lambda: coupling_api.find_records(world.parts, "CUSTOMER", {"text": "R", "begins": "x"})
    )
    assert refused.status == 400
    world.person_in_sales.edit(f"accounts({A})", statecode=1, statuscode=2)
    assert found("Row 1", "sales") == []
