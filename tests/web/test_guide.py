"""The setup guide in one process: where it begins, what it shows again, and that it can be gone back to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.simulation.world import World
from shared_code.sync.setup.progress import Step, progress
from tests.sync import worlds
from tests.web.conftest import Shown
from tests.web.visits import Browser, text

STEPS = ("sales", "business-central", "what", "how", "check", "couple")


@pytest.fixture(scope="module")
def unconnected() -> World:
    """An app that knows no company yet."""
    world = worlds.new_world()
    world.parts = replace(world.parts, connections={})
    return world


@pytest.mark.conforms(
    "139196.RunAssistedSetupFromNormalSetupRecordMissing",
    "139162.CheckOrEnableCRMConnectionNotEnabled",
    "139196.ActionIntegrationUserRolesDisabled",
    "139196.ActionIOwningTeamRolesDisabled",
)
@pytest.mark.parametrize(
    "page", ["", "connection", "connection/examination", "full-synchronization", "jobs", "conflicts"]
)
def test_without_a_connection_every_page_leads_to_the_guide(unconnected: World, page: str) -> None:
    answer = Browser(unconnected).get(page)
    assert (answer.status, answer.headers["Location"]) == (303, "/app/setup")


@pytest.mark.conforms("139314.VerifyStatusNotCompletedWhenExitRightAway")
def test_a_guide_that_is_left_at_once_is_not_done(unconnected: World) -> None:
    found = progress(unconnected.parts, None)
    assert Step.RUN not in found.done
    assert found.next is not Step.RUN


@pytest.mark.conforms("139194.VerifyWizardActionBack")
def test_every_step_leads_back_to_those_before_it(shown: Shown) -> None:
    for number, step in enumerate(STEPS):
        page = text(shown.browser().get(f"setup/{step}"))
        for before in STEPS[:number]:
            assert f'href="/app/setup/{before}"' in page


@pytest.mark.conforms("139196.ActionSyncJobs")
def test_the_overview_lists_each_mapping_with_its_last_job_and_its_next_look(shown: Shown) -> None:
    page = text(shown.browser("reader").get(""))
    newest = {job.mapping: job.id for job in reversed(shown.world.at.jobs.newest(200))}
    assert newest
    for job in newest.values():
        assert f'href="/app/jobs/{job}"' in page
    assert page.count("<time ") >= 2 * len(newest)


@pytest.mark.conforms("139186.T130_SkippedRecsListOpenFromCRMConnectionSetup")
def test_the_problems_are_opened_from_the_connection_and_from_the_guide(shown: Shown) -> None:
    for page in ("connection", "setup"):
        assert 'href="/app/problems"' in text(shown.browser().get(page))


@pytest.mark.conforms("139186.T131_ShowSynchLogOpensLogForCurrentRec")
def test_a_record_with_a_problem_leads_to_all_that_was_written_on_it(shown: Shown) -> None:
    group = text(shown.browser().get("problems/CUSTOMER/too_long"))
    address = f"mappings/CUSTOMER/records/{shown.too_long}"
    assert f'href="/app/{address}"' in group
    record = text(shown.browser().get(address))
    assert "Shorten it in Sales." in record
    assert 'href="/app/jobs/' in record.partition("Journal")[2]
