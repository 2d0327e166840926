"""What people do on pages does what it says: the same use cases as the API's, seen in both systems."""

from __future__ import annotations

import re
from html import unescape

from local.simulation.world import World
from shared_code.core.choices import version_of
from shared_code.core.records import Side
from tests.web.conftest import HOSTILE, Shown, edit, pair_of
from tests.web.visits import text

CUSTOMER = "CUSTOMER"


def in_bc(world: World, bc_id: str) -> str:
    return str(world.person_in_bc().call("GET", f"customers({bc_id})")["displayName"])


def in_sales(world: World, bc_id: str) -> str:
    return str(world.person_in_sales.call("GET", f"accounts({pair_of(world, bc_id).sales_id})")["name"])


def version(shown: Shown) -> str:
    return version_of(shown.world.at.couplings(CUSTOMER).problems(Side.BC, [shown.conflict])[shown.conflict])


def decision(shown: Shown, winner: str, **more: str) -> dict[str, str]:
    """The form of the conflict as its page shows it."""
    record = f"{shown.conflict}|{version(shown)}"
    return {"mapping": CUSTOMER, "record": record, "winner": winner, "chosen": "", **more}


def test_a_conflict_is_decided_for_one_field_and_carried_out(fresh: Shown) -> None:
    done = fresh.browser("operator").post("conflicts", decision(fresh, "sales|name"))
    assert "Decided." in text(fresh.browser().follow(done))
    fresh.world.drain()
    assert in_bc(fresh.world, fresh.conflict) == in_sales(fresh.world, fresh.conflict) == f"{HOSTILE} Sales"
    assert "There are no conflicts" in text(fresh.browser().get("conflicts"))


def test_the_journal_names_the_person_who_decided(fresh: Shown) -> None:
    fresh.browser("operator").post("conflicts", decision(fresh, "bc"))
    fresh.world.drain()
    page = text(fresh.browser("reader").get(f"mappings/CUSTOMER/records/{fresh.conflict}"))
    assert "operator" in page.partition("Journal")[2]


def test_a_decision_about_values_that_moved_on_does_nothing(fresh: Shown) -> None:
    seen = decision(fresh, "bc")
    edit(fresh.world, Side.SALES, fresh.conflict, "Renamed meanwhile")
    fresh.world.settle(2)
    done = fresh.browser().post("conflicts", seen)
    assert "Nothing was left to do" in text(fresh.browser().follow(done))
    assert in_bc(fresh.world, fresh.conflict) == f"{HOSTILE} BC"


def test_every_conflict_of_a_mapping_is_decided_at_once(fresh: Shown) -> None:
    form = {"mapping": CUSTOMER, "all": "yes", "winner": "bc", "chosen": CUSTOMER}
    fresh.browser("operator").post("conflicts", form)
    fresh.world.drain()
    assert in_sales(fresh.world, fresh.conflict) == f"{HOSTILE} BC"


def test_a_mended_record_goes_through_when_it_is_retried(fresh: Shown) -> None:
    edit(fresh.world, Side.SALES, fresh.too_long, "Short enough")
    record = f"bc|{fresh.too_long}"
    form = {"mapping": CUSTOMER, "code": "too_long", "cause": "", "record": record, "action": "retry"}
    done = fresh.browser("operator").post("problems", form)
    assert "It is queued" in text(fresh.browser().follow(done))
    fresh.world.drain()
    assert in_bc(fresh.world, fresh.too_long) == "Short enough"


def test_a_group_is_set_aside_and_counted_apart(fresh: Shown) -> None:
    [group] = re.findall(r'name="code" value="too_long"><input type="hidden" name="cause" value="([^"]*)"',
                         text(fresh.browser().get("problems")))  # fmt: skip
    form = {"mapping": CUSTOMER, "code": "too_long", "cause": group, "whole": "yes", "action": "skip"}
    fresh.browser("operator").post("problems", form)
    fresh.world.drain()
    assert "1 set aside" in text(fresh.browser().get("problems"))


def test_an_undo_is_previewed_and_then_done(fresh: Shown) -> None:
    before = in_sales(fresh.world, fresh.in_step)
    edit(fresh.world, Side.BC, fresh.in_step, "A slip of the pen")
    fresh.world.settle(2)
    assert in_sales(fresh.world, fresh.in_step) == "A slip of the pen"
    begun = fresh.browser().post("undos", {"mapping": CUSTOMER, "id": fresh.in_step})
    fresh.world.drain()
    page = text(fresh.browser().follow(begun))
    assert "A slip of the pen" in page
    assert before in unescape(page)
    address = begun.headers["Location"].split("?")[0]
    fresh.browser().post(f"{address}/run", {"otherwise": "list"})
    fresh.world.drain()
    assert in_sales(fresh.world, fresh.in_step) == before


def test_what_an_undo_left_is_told_in_words_and_may_be_taken_out_of_use(fresh: Shown) -> None:
    made = fresh.world.person_in_bc().call("POST", "customers", {"displayName": "Fresh Ltd."})
    fresh.world.settle(2)
    origin = pair_of(fresh.world, made["id"]).origin
    assert origin is not None
    account = f"accounts({pair_of(fresh.world, made['id']).sales_id})"
    fresh.world.person_in_sales.edit(account, description="Calls on Mondays")
    begun = fresh.browser().post("undos", {"job": origin.job})
    fresh.world.drain()
    address = begun.headers["Location"].split("?")[0]
    fresh.browser().post(f"{address}/run", {"otherwise": "list"})
    fresh.world.drain()
    page = text(fresh.browser().follow(begun))
    assert "Left as it is: Sales: it does not hold what Tandem wrote any more" in page
    assert "Once more, for what is left" in page
    fresh.browser().post(f"{address}/run", {"otherwise": "withdraw"})
    fresh.world.drain()
    assert fresh.world.person_in_sales.call("GET", account)["statecode"] == 1
    assert "taken out of use in Sales" in text(fresh.browser().follow(begun))


def test_a_pair_is_ended_found_and_coupled_again(fresh: Shown) -> None:
    pair = pair_of(fresh.world, fresh.in_step)
    fresh.browser("operator").post(
        f"mappings/CUSTOMER/records/{pair.bc_id}", {"act": "uncouple", "side": "bc"}
    )
    fresh.world.drain()
    assert "not coupled" in text(fresh.browser().get("couplings?mapping=CUSTOMER&text=01121212"))
    form = {"mapping": CUSTOMER, "bc": pair.bc_id, "sales": pair.sales_id, "then": "nothing"}
    assert "Coupled." in text(fresh.browser("operator").post("couplings", {**form, "act": "check"}))
    assert "not coupled" in text(fresh.browser().get("couplings?mapping=CUSTOMER&text=01121212"))
    done = fresh.browser("operator").post("couplings", {**form, "act": "couple"})
    fresh.world.drain()
    assert pair.sales_id in text(fresh.browser().follow(done))


def test_a_record_is_found_by_number_name_and_id_on_either_side(shown: Shown) -> None:
    pair = pair_of(shown.world, shown.in_step)
    name = in_bc(shown.world, shown.in_step).replace(" ", "+")
    for wanted in ("01121212", name, pair.bc_id, pair.sales_id):
        assert pair.sales_id in text(shown.browser().get(f"couplings?mapping=CUSTOMER&text={wanted}"))


def test_a_record_and_its_partner_are_opened_from_its_page_and_from_the_search(shown: Shown) -> None:
    pair = pair_of(shown.world, shown.in_step)
    for address in (f"mappings/CUSTOMER/records/{pair.bc_id}", "couplings?mapping=CUSTOMER&text=01121212"):
        page = text(shown.browser("reader").get(address))
        assert f'/main.aspx?pagetype=entityrecord&amp;etn=account&amp;id={pair.sales_id}"' in page
        assert "&amp;page=21&amp;filter=" in page


def test_a_connection_is_switched_off_and_on_again(fresh: Shown) -> None:
    browser = fresh.browser()
    done = browser.post("connection/switch", {"act": "off"})
    page = text(browser.follow(done))
    assert "switched off: nothing is synchronised" in page
    assert "Switch on" in page
    browser.post("connection/switch", {"act": "on"})
    assert "Switch on" not in text(browser.get("connection"))
    assert fresh.browser("operator").post("connection/switch", {"act": "off"}).status == 403


def test_a_full_synchronisation_is_started_paused_resumed_and_watched(fresh: Shown) -> None:
    browser = fresh.browser()
    begun = browser.post("full-synchronization", {"act": "start", "mapping": "CURRENCY"})
    address = begun.headers["Location"].split("?")[0]
    browser.post(f"{address}/control", {"action": "pause"})
    assert "Paused" in text(browser.get(address))
    browser.post(f"{address}/control", {"action": "resume"})
    fresh.world.settle(3)
    page = text(browser.get(address))
    assert "Finished" in page
    assert "hx-get" not in page  # what has ended does not ask again


def test_a_wrong_file_comes_back_with_its_faults_and_is_not_stored(shown: Shown) -> None:
    wrong = {"text": 'name = "CUSTOMER"\nnonsense = 1\n', "act": "store"}
    answer = shown.browser().post("mappings/CUSTOMER/edit", wrong)
    assert answer.status == 400
    assert "nonsense" in text(answer)
    assert "from the product" in text(shown.browser().get("mappings/CUSTOMER"))


def test_a_language_is_kept(shown: Shown) -> None:
    chosen = shown.browser().post("language", {"language": "nl"})
    assert "tandem-language=nl" in chosen.headers["Set-Cookie"]
    assert "HttpOnly" in chosen.headers["Set-Cookie"]
