"""The page of a job: what became of its records, also of a record whose problem is kept with its partner."""

from __future__ import annotations

from shared_code.core.jobs import Job
from shared_code.core.records import Side
from tests.web.conftest import Shown, pair_of
from tests.web.visits import text


def jobs_with(shown: Shown, side: Side, record_id: str) -> list[Job]:
    """The jobs that were given the record."""
    jobs = shown.world.at.jobs
    return [
        job for job in jobs.newest(200)
        if any(batch.side is side and record_id in batch.ids for batch in jobs.batches(job.id))
    ]  # fmt: skip


def test_a_record_of_sales_that_failed_is_not_told_to_be_in_step(shown: Shown) -> None:
    own = pair_of(shown.world, shown.too_long).sales_id
    found = [text(shown.browser().get(f"jobs/{job.id}")) for job in jobs_with(shown, Side.SALES, own)]
    assert found
    for page in found:
        assert "Shorten it in Sales." in page.partition("Its records")[2]


def test_only_outcomes_that_there_were_are_columns(shown: Shown) -> None:
    job = next(each for each in jobs_with(shown, Side.BC, shown.in_step) if each.full_sync)
    table = text(shown.browser().get(f"jobs/{job.id}")).partition("What became of the records")[2]
    heads = table.partition("</thead>")[0]
    assert "inserted" in heads or "coupled" in heads
    assert "uncoupled" not in heads


def test_jobs_are_named_as_the_mappings_are_called(shown: Shown) -> None:
    assert "Customers ⇄ accounts" in text(shown.browser().get("jobs"))


def test_every_mapping_is_listed_with_its_title_in_use_or_not(shown: Shown) -> None:
    in_use, _, others = text(shown.browser().get("mappings")).partition('id="order"')
    assert "Customers ⇄ accounts" in in_use
    assert "Posted sales invoices → invoices" in others
