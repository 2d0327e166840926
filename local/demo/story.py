"""The story, step by step: what is done, why, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from local.demo import beginning, checks, quiet, review, trials
from local.demo.failures import expect
from local.demo.screen import Screen
from local.demo.stage import Stage
from local.demo.told import Told

CREATING = ("CUSTOMER", "CONTACT")
TABLES = (
    ("Customers and accounts", "customers", "account", "CUSTOMER"),
    ("Contacts", "contacts", "contact", "CONTACT"),
    ("Currencies", "currencies", "transactioncurrency", "CURRENCY"),
)


class Teller:
    """Shows each step and notes what it proved."""

    def __init__(self, screen: Screen, stage: Stage, told: Told) -> None:
        self.screen, self.stage, self.told = screen, stage, told

    def step(self, title: str, text: str) -> None:
        self.screen.step(self.told.step(title), title)
        self.screen.say(text)

    def proved(self, sentences: Iterable[str]) -> None:
        for each in sentences:
            self.screen.proof(each)
            self.told.proved(each)

    def look(self, *mappings: str) -> None:
        with self.screen.working("Tandem looks at both sides"):
            self.stage.look(*mappings)


def tell(screen: Screen, stage: Stage, told: Told) -> None:
    """The whole story.  Raises DemoFailed where it does not come out as told."""
    teller = Teller(screen, stage, told)
    told.before = checks.snapshot(stage)
    for chapter in CHAPTERS:
        chapter(teller)


def both_systems(teller: Teller) -> None:
    """What there is before Tandem does anything."""
    teller.step(
        "Two systems that do not know each other",
        "Business Central holds the company with its published demo records. Sales holds a few of the same "
        "customers already: some are surely the same, some only look like it. Nothing is coupled yet.",
    )
    _counts(teller)


def first_full_synchronization(teller: Teller) -> None:
    """Matching couples what is the same; nothing is created."""
    teller.step(
        "The first full synchronisation",
        "All mappings run in the order of their dependencies. Records that are surely the same, by number or "
        "e-mail address, are coupled. Where both sides still hold uncoupled records Tandem creates nothing "
        "and recommends “Couple Records”, so that nothing is doubled.",
    )
    stage = teller.stage
    accounts, customers = len(stage.accounts()), len(stage.customers())
    lines = _full_synchronization(teller, {})
    stage.pause()
    for name in CREATING:
        advice = lines[name]["initialSynchRecommendation"]
        expect(
            advice == "Couple Records", f"{name} should be advised to couple records first, not “{advice}”."
        )
    same = (len(stage.accounts()), len(stage.customers())) == (accounts, customers)
    expect(same, "No account and no customer should have been created before the release.")
    couplings = {name: len(stage.couplings(name)) for name in CREATING}
    wanted = len(beginning.MATCHING + beginning.DIFFERING), len(beginning.MATCHING_CONTACTS)
    expect(tuple(couplings.values()) == wanted, f"{wanted} pairs should have been coupled, not {couplings}.")
    teller.proved(
        (
            f"{wanted[0]} customers and {wanted[1]} contacts were coupled by match; "
            "no customer, account or contact was created.",
            *_differing(stage),
        )
    )


def _differing(stage: Stage) -> list[str]:
    """A matched pair that differs is a conflict from the first day."""
    listed = stage.problems("conflict")
    expect(len(listed) == len(beginning.DIFFERING), f"One matched pair should differ, {len(listed)} do.")
    return [
        f"{' '.join(str(each['details'].get('name', '')).split())}: coupled, but its "
        f"{' and '.join(each['details']['fields'])} differ. Both sides' values are kept and listed."
        for each in listed
    ]


def release(teller: Teller) -> None:
    """The rest is created; what might be the same still waits."""
    teller.step(
        "The rest is released",
        "A person has looked and releases customers and contacts: a second full synchronisation creates "
        "what has no partner. Records that may be the same still wait, each with its reason.",
    )
    lines = _full_synchronization(teller, {"release": list(CREATING)})
    created = {name: lines[name]["toSales"]["inserted"] for name in CREATING}
    made = _rows_made_by_tandem(teller.stage)
    for name, table in (("CUSTOMER", "account"), ("CONTACT", "contact")):
        found = made[table]
        expect(found == created[name], f"{created[name]} inserted in {name}, but Tandem made {found} rows.")
    teller.proved(
        (f"{created['CUSTOMER']} accounts and {created['CONTACT']} contacts were created in Sales.",)
    )
    teller.proved(_doubtful(teller.stage))
    _all_accounted_for(teller)
    _counts(teller)


def _rows_made_by_tandem(stage: Stage) -> dict[str, int]:
    """Rows of Sales whose creator is Tandem's own user, by table."""
    users = stage.sales("systemuser")
    own = {each["systemuserid"] for each in users if each.get("applicationid") == stage.client_id}
    return {
        table: sum(each.get("_createdby_value") in own for each in stage.sales(table))
        for table in ("account", "contact")
    }


def _doubtful(stage: Stage) -> list[str]:
    """Who waits because a person must decide."""
    waiting = [each for each in stage.problems("possible_partner") if each["side"] == "bc"]
    wanted = len(beginning.DOUBTFUL + beginning.DOUBTFUL_CONTACTS)
    expect(len(waiting) == wanted, f"{wanted} records should wait for a person; {len(waiting)} do.")
    by_id = {each["id"]: each for table in ("customers", "contacts") for each in stage.bc(table)}
    return [
        f"{by_id[each['id']]['displayName']} ({by_id[each['id']]['number']}) waits: {each['message']}"
        for each in waiting
    ]


def _all_accounted_for(teller: Teller) -> None:
    for name in CREATING:
        account = checks.account_for(teller.stage, name)
        expect(not account.missing, f"{name}: nobody accounts for {', '.join(account.missing[:5])}.")
        reasons = ", ".join(
            f"{number} {code.replace('_', ' ')}" for code, number in sorted(account.waiting.items())
        )
        expect(bool(account.inside), f"{name}: there should be records inside the filter.")
        teller.proved(
            (
                f"{name}: of {account.inside} records inside the filter {account.coupled} are coupled and "
                f"{sum(account.waiting.values())} wait with their reason ({reasons}).",
            )
        )


EDITS: dict[Callable[[Stage], trials.Check], str] = {
    trials.two_people: "A phone number in Business Central, an e-mail address of the same customer in Sales.",
    trials.same_field: "Two different phone numbers for one customer, one in each system.",
    trials.new_account: "A new account in Sales.",
    trials.new_customer: "A new customer in Business Central.",
    trials.new_rate: "A new exchange rate in Business Central.",
}


def edits(teller: Teller) -> None:
    """Five things people do in the same minute."""
    teller.step(
        "A busy minute",
        "People work in both systems at the same time; then Tandem looks at what changed.",
    )
    for each in EDITS:
        teller.screen.item(EDITS[each])
    outcomes = [each(teller.stage) for each in EDITS]
    teller.look()
    for check in outcomes:
        teller.proved(check())


def answer_lost_by_sales(teller: Teller) -> None:
    """A creation whose answer never came, in Sales."""
    teller.step(
        "Sales creates an account, and its answer is lost",
        "A bookkeeper enters a customer; the connection breaks after Sales has created the account. Tandem "
        "chose the account's id beforehand, so it finds the account instead of creating a second one.",
    )
    with teller.screen.working("Tandem looks at both sides"):
        sentences = list(trials.lost_in_sales(teller.stage))
    teller.proved(sentences)


def answer_lost_by_bc(teller: Teller) -> None:
    """A creation whose answer never came, in Business Central."""
    teller.step(
        "Business Central creates a customer, and its answer is lost",
        "Here Business Central chooses the id. Tandem noted what it was about to create before it asked, "
        "and looks for that customer before it would ask again.",
    )
    with teller.screen.working("Tandem looks at both sides"):
        sentences = list(trials.lost_in_bc(teller.stage))
    teller.proved(sentences)


def no_duplicates(teller: Teller) -> None:
    """Counted without asking Tandem."""
    teller.step(
        "Is anything there twice?",
        "Counted on the records of both systems, without asking Tandem: customers and accounts by number and "
        "by name with e-mail address, contacts by name, e-mail address and company, currencies by code.",
    )
    assert teller.told.before is not None
    found = checks.duplicates(teller.told.before, checks.snapshot(teller.stage))
    teller.told.duplicates = found
    expect(not any(found.values()), f"Doubles have come into being: {found}.")
    teller.proved(("No customer, account, contact or currency was doubled on either side.",))
    _all_accounted_for(teller)
    _counts(teller)


def quiet_look(teller: Teller) -> None:
    """Nothing changed: nothing is written, and each side is asked once for each mapping."""
    seconds = teller.stage.environment.options.look_back_s
    teller.step(
        "A quiet minute",
        "Nobody changes anything. Each side is asked once for each mapping, and nothing is written. (Each "
        f"look at Business Central overlaps the one before, here by {seconds:g} s instead of 600.)",
    )
    with teller.screen.working("Tandem looks at both sides"):
        teller.stage.look()
        result = quiet.look(teller.stage)
    teller.told.quiet_cycle = result
    asked = result["requests"]
    teller.proved(
        (
            f"{len(result['mappings'])} mappings: {asked['bc']} requests to Business Central, "
            f"{asked['sales']} to Sales, nothing written.",
        )
    )


def _full_synchronization(teller: Teller, request: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Run one before the eyes of the person; its lines by mapping."""
    with teller.stage.meter:
        view = review.run(teller.screen, teller.stage.environment.api, request)
        teller.stage.wait_for_quiet()
    teller.told.full_synchronizations.append(view)
    return {line["mapping"]: line for line in view["lines"]}


def _counts(teller: Teller) -> None:
    stage = teller.stage
    rows = [
        (title, str(len(stage.bc(bc))), str(len(stage.sales(sales))), str(len(stage.couplings(mapping))))
        for title, bc, sales, mapping in TABLES
    ]
    teller.screen.table(("Records", "Business Central", "Sales", "coupled"), rows)


CHAPTERS: tuple[Callable[[Teller], None], ...] = (
    both_systems,
    first_full_synchronization,
    release,
    edits,
    answer_lost_by_sales,
    answer_lost_by_bc,
    no_duplicates,
    quiet_look,
)
