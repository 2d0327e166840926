"""The story, step by step: what is done, why, and what was found."""

from __future__ import annotations

from collections.abc import Callable

from local.demo import doubles, everyday, first_days, quiet, second_act
from local.demo.failures import expect
from local.demo.screen import Screen
from local.demo.stage import Stage
from local.demo.teller import Teller
from local.demo.told import Told


def tell(screen: Screen, stage: Stage, told: Told) -> None:
    """The whole story.  Raises DemoFailed where it does not come out as told."""
    teller = Teller(screen, stage, told)
    told.before = doubles.snapshot(stage)
    for chapter in CHAPTERS:
        chapter(teller)


def no_duplicates(teller: Teller) -> None:
    """Counted without asking Tandem."""
    teller.step(
        "Is anything there twice, or lost?",
        "Counted on the records of both systems, without asking Tandem: by number, by name with e-mail "
        "address, prices by list, product and unit, and so on.",
    )
    assert teller.told.before is not None
    found = doubles.duplicates(teller.told.before, doubles.snapshot(teller.stage))
    teller.told.duplicates = found
    expect(not any(found.values()), f"Doubles have come into being: {found}.")
    tables = len(doubles.BC_IDENTITIES), len(doubles.SALES_IDENTITIES)
    teller.proved(
        (f"No record was doubled in {tables[0]} tables of Business Central and {tables[1]} of Sales.",)
    )
    teller.all_accounted_for()
    teller.numbers()


def quiet_look(teller: Teller) -> None:
    """Nothing changed: nothing is written, and each side is asked once for each mapping."""
    seconds = teller.stage.environment.options.look_back_s
    teller.step(
        "A quiet minute",
        "Nobody changes anything. Each side is asked once for each mapping at most, and nothing is written. "
        f"(Each look at Business Central overlaps the one before, here by {seconds:g} s instead of 600.)",
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


CHAPTERS: tuple[Callable[[Teller], None], ...] = (
    first_days.both_systems,
    first_days.first_full_synchronization,
    first_days.release,
    first_days.what_a_salesperson_sees,
    first_days.letters_of_many_scripts,
    everyday.edits,
    everyday.business,
    second_act.an_order,
    second_act.cash,
    everyday.answer_lost_by_sales,
    everyday.answer_lost_by_bc,
    no_duplicates,
    quiet_look,
)
