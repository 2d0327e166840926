"""The chapters of every day: what people do at the same time, and answers that are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from local.demo import dealings, trials
from local.demo.stage import Stage
from local.demo.teller import Teller

PEOPLE: Mapping[Callable[[Stage], trials.Check], str] = {
    trials.two_people: "A phone number in Business Central, an e-mail address of the same customer in Sales.",
    trials.same_field: "Two different phone numbers for one customer, one in each system.",
    trials.new_account: "A new account in Sales.",
    trials.new_customer: "A new customer in Business Central.",
    trials.new_rate: "A new exchange rate in Business Central.",
}
BUSINESS: Mapping[Callable[[Stage], trials.Check], str] = {
    dealings.new_price: "A price is changed in Business Central.",
    dealings.new_opportunity: "A salesperson enters an opportunity in Sales.",
    dealings.won: "Another one is won in Business Central.",
    dealings.new_invoice: "A bookkeeper posts an invoice of two lines.",
    dealings.payment: "A customer pays an earlier invoice.",
}


def edits(teller: Teller) -> None:
    """Five things people do in the same minute."""
    teller.step(
        "A busy minute",
        "People work in both systems at the same time; then Tandem looks at what changed.",
    )
    _all_at_once(teller, PEOPLE)


def business(teller: Teller) -> None:
    """From the opportunity to the paid invoice."""
    teller.step(
        "Prices, an opportunity, an invoice",
        "Business goes on; then Tandem looks once more.",
    )
    _all_at_once(teller, BUSINESS)


def _all_at_once(teller: Teller, doings: Mapping[Callable[[Stage], trials.Check], str]) -> None:
    for text in doings.values():
        teller.screen.item(text)
    checks = [do(teller.stage) for do in doings]
    teller.look()
    for check in checks:
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
