"""Choosing partners on pages: of one record by how another begins, and of many out of a matching report."""

from __future__ import annotations

import re
from html import unescape

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.web.messages import Reply
from tests.conformance import scenes
from tests.sync import worlds
from tests.sync.copies import copied
from tests.sync.test_match_reports import EMAIL, NAME, ONE, THREE, TWO, made, row, world_with
from tests.web.visits import Browser, text

NAMES = ("CCCC", "CC", "X")


@pytest.fixture
@copied
def world() -> World:
    """Three accounts and a customer that nobody coupled."""
    found = worlds.synced()
    for name in NAMES:
        worlds.new_account(found, name)
    return found


def offered(page: str) -> list[tuple[str, str]]:
    """The records that may be chosen: id and name, in order; the first is chosen already."""
    radios = re.findall(
        r'<input type="radio" name="partner" value="([^"]+)" required([^>]*)> ([^<]+)</label>', page
    )
    radios = [each for each in radios if "disabled" not in each[1]]
    assert [i for i, (_, more, _) in enumerate(radios) if "checked" in more] == ([0] if radios else [])
    return [(own, unescape(name).strip()) for own, _, name in radios]


def partner(world: World, own: str, typed: str, role: str = "operator") -> str:
    return text(Browser(world, role).get(f"mappings/CUSTOMER/records/{own}/partner?side=bc&text={typed}"))


@pytest.mark.conforms("139174.TypingIncompleteCRMAccountName")
def test_an_incomplete_name_finds_those_that_begin_so_in_order_and_the_first_is_chosen(world: World) -> None:
    customer = worlds.new_customer(world, "Typed Ltd.")
    page = partner(world, customer, "C")
    assert [name for _, name in offered(page)] == ["CC", "CCCC"]
    assert "Typed Ltd." in page
    assert [name for _, name in offered(partner(world, customer, "cc"))] == ["CC", "CCCC"]


def test_what_is_offered_is_in_the_order_of_names_after_what_is_called_just_so(world: World) -> None:
    for name in ("Delta e", "Delta b", "Delta", "Delta d", "Delta a", "Delta c"):
        worlds.new_account(world, name)
    customer = worlds.new_customer(world, "Typed Ltd.")
    names = ["Delta", "Delta a", "Delta b", "Delta c", "Delta d", "Delta e"]
    assert [name for _, name in offered(partner(world, customer, "delta"))] == names


def test_a_name_that_is_just_so_comes_before_numbers_that_begin_so(world: World) -> None:
    worlds.new_account(world, "Numbered", accountnumber="7788")
    worlds.new_account(world, "778", accountnumber="999")
    customer = worlds.new_customer(world, "Typed Ltd.")
    found = [name for _, name in offered(partner(world, customer, "778"))]
    assert found == ["999 778", "7788 Numbered"]


def test_the_chosen_record_becomes_the_partner_and_what_differs_is_as_the_person_says(world: World) -> None:
    customer = worlds.new_customer(world, "Typed Ltd.")
    (chosen, _), _ = offered(partner(world, customer, "C"))
    form = {"side": "bc", "partner": chosen, "then": "bc_values"}
    done = Browser(world, "operator").post(f"mappings/CUSTOMER/records/{customer}/partner", form)
    assert "Coupled." in text(Browser(world).follow(done))
    worlds.deliver(world)
    assert scenes.coupled(world, "CUSTOMER", Side.BC, customer).sales_id == chosen  # type: ignore[union-attr]
    names = {each["accountid"]: each["name"] for each in worlds.accounts(world)}
    assert names[chosen] == "Typed Ltd."


def test_from_sales_the_partner_is_looked_for_in_business_central(world: World) -> None:
    (account,) = (each["accountid"] for each in worlds.accounts(world) if each["name"] == "X")
    customer = worlds.new_customer(world, "Typed Ltd.")
    place = f"mappings/CUSTOMER/records/{account}/partner"
    found = offered(text(Browser(world, "operator").get(f"{place}?side=sales&text=typed")))
    assert [own for own, _ in found] == [customer]
    done = Browser(world, "operator").post(place, {"side": "sales", "partner": customer})
    assert done.status == 303
    assert scenes.coupled(world, "CUSTOMER", Side.SALES, account)


def test_a_record_that_has_a_partner_cannot_be_chosen_and_taking_it_all_the_same_is_told(
    world: World,
) -> None:
    customer, pair = worlds.new_customer(world, "Typed Ltd."), worlds.pair(world)
    taken = worlds.account_of(world, pair)["name"]
    page = partner(world, customer, taken[:5].replace(" ", "+"))
    assert "coupled otherwise" in page
    assert offered(page) == []
    form = {"side": "bc", "partner": pair.sales_id}
    answer = Browser(world, "operator").post(f"mappings/CUSTOMER/records/{customer}/partner", form)
    assert "is already coupled to" in text(answer)
    assert scenes.coupled(world, "CUSTOMER", Side.BC, customer) is None


@pytest.mark.parametrize("own", ["00000000-0000-4000-8000-00000000dead", "nonsense"])
def test_a_record_that_is_not_there_has_no_page(world: World, own: str) -> None:
    assert Browser(world, "operator").get(f"mappings/CUSTOMER/records/{own}/partner").status in (400, 404)


def test_the_search_leads_to_choosing_the_partner_of_what_has_none(world: World) -> None:
    customer = worlds.new_customer(world, "Typed Ltd.")
    page = text(Browser(world, "operator").get("couplings?mapping=CUSTOMER&text=Typed"))
    assert f'href="/app/mappings/CUSTOMER/records/{customer}/partner?side=bc"' in page
    assert "/partner" not in text(Browser(world, "reader").get("couplings?mapping=CUSTOMER&text=Typed"))


def reported() -> tuple[World, str]:
    """Two sure pairs, a possible one, and an account without a partner; nothing is coupled."""
    accounts = [
        row(1, emailaddress1=EMAIL[ONE], name="One"), row(2, emailaddress1=EMAIL[TWO], name="Two"),
        row(3, name=NAME[THREE]), row(4, name="Alone"),
    ]  # fmt: skip
    world = world_with(*accounts)
    return world, made(world)


def pairs_of(page: str) -> list[str]:
    return re.findall(r'<input type="checkbox" name="pair" value="([^"]+)"', page)


def couple(world: World, report: str, pairs: list[str], **more: str) -> Reply:
    form = {"mapping": "CUSTOMER", "act": "couple", "pair": pairs, "result": "exact", **more}
    return Browser(world, "operator").post(f"match-reports/{report}", form)


@pytest.mark.conforms("139199.MasterDataListCoupleSingleInBackground")
@pytest.mark.parametrize("count", [1, 2])
def test_of_a_report_only_what_was_ticked_is_coupled_and_gets_the_chosen_values(count: int) -> None:
    world, report = reported()
    page = text(Browser(world, "operator").get(f"match-reports/{report}"))
    pairs = pairs_of(page)
    assert len(pairs) == 2
    done = couple(world, report, pairs[:count], then="bc_values")
    assert "Coupled." in text(Browser(world).follow(done))
    worlds.deliver(world)
    coupled = {f"{each.bc_id}|{each.sales_id}" for each in world.at.couplings("CUSTOMER").all_coupled()}
    assert coupled == set(pairs[:count])
    names = {each["accountid"]: each["name"] for each in worlds.accounts(world)}
    customers = {each["id"]: each["displayName"] for each in worlds.customers(world)}
    for pair in pairs:
        bc, sales = pair.split("|")
        assert (names[sales] == customers[bc]) is (pair in coupled)
    again = text(Browser(world, "operator").get(f"match-reports/{report}"))
    assert pairs_of(again) == pairs[count:]
    assert again.count("coupled by now") == count


def test_each_result_has_its_lines_and_a_possible_pair_is_coupled_by_choice_alone() -> None:
    world, report = reported()
    page = text(Browser(world, "operator").get(f"match-reports/{report}?result=possible"))
    (pair,) = pairs_of(page)
    assert "the same name, which only suggests" in page
    assert couple(world, report, [pair], result="possible").status == 303
    assert scenes.coupled(world, "CUSTOMER", Side.BC, pair.split("|")[0])


def test_partners_are_made_of_ticked_records_only() -> None:
    world, report = reported()
    page = text(Browser(world, "operator").get(f"match-reports/{report}?result=none"))
    records = re.findall(r'<input type="checkbox" name="record" value="([^"]+)"', page)
    assert [each.partition("|")[0] for each in records] == ["sales"]
    form = {"mapping": "CUSTOMER", "act": "create", "record": records, "result": "none"}
    assert Browser(world, "operator").post(f"match-reports/{report}", form).status == 303
    worlds.deliver(world)
    assert "Alone" in {each["displayName"] for each in worlds.customers(world)}
    assert len(list(world.at.couplings("CUSTOMER").all_coupled())) == 1


def test_what_could_not_be_coupled_is_told_with_the_rest_of_the_report() -> None:
    world, report = reported()
    first, second = pairs_of(text(Browser(world, "operator").get(f"match-reports/{report}")))
    twisted = f"{first.split('|')[0]}|{second.split('|')[1]}"
    page = text(couple(world, report, [first, twisted]))
    assert "is named twice in the request" in page
    assert pairs_of(page) == [first, second]


def test_readers_see_reports_and_tick_nothing_and_operators_make_them() -> None:
    world, report = reported()
    browser = Browser(world, "reader")
    assert pairs_of(text(browser.get(f"match-reports/{report}"))) == []
    assert f'href="/app/match-reports/{report}"' in text(browser.get("match-reports"))
    assert browser.post("match-reports", {"mapping": "CUSTOMER"}).status == 403
    begun = Browser(world, "operator").post("match-reports", {"mapping": "CUSTOMER"})
    assert begun.status == 303
    assert "data-moves" in text(Browser(world).follow(begun))
    assert (
        Browser(world, "operator")
        .post(f"match-reports/{report}", {"act": "create", "mapping": "CUSTOMER"})
        .status
        == 400
    )
