"""The minute timer that looks at every mapping that is due, and the daily renewal of webhooks."""

from __future__ import annotations

import logging

import azure.functions as func

from functions import parts
from shared_code.sync.clean_up import clean_up
from shared_code.sync.comparing.comparing import start
from shared_code.sync.registration import Renewal, keep_registered, renew
from shared_code.sync.telling import tell_state
from shared_code.sync.tick import tick

blueprint = func.Blueprint()


@blueprint.timer_trigger("timer", schedule="0 * * * * *", use_monitor=True)
def minute(timer: func.TimerRequest) -> None:
    """Queue what is due, then see that both systems know where to send notifications."""
    looks = tick(parts())
    tell_state(parts())
    logging.getLogger("tandem").info("tick", extra={"looks": looks, "past_due": timer.past_due})
    done = keep_registered(parts())
    if done:
        _tell(done)


@blueprint.timer_trigger("timer", schedule="0 7 3 * * *", use_monitor=True)
def renew_webhooks(timer: func.TimerRequest) -> None:
    """Renew the registrations of both systems; make those that are missing."""
    _tell(renew(parts()))


def _tell(done: Renewal) -> None:
    """The names are long because a log's own may not be overwritten; ``created`` is one of them."""
    figures = {
        "webhooks_created": done.created,
        "webhooks_renewed": done.renewed,
        "webhooks_removed": done.removed,
        "webhooks_problems": len(done.problems),
    }
    logging.getLogger("tandem").info("webhooks", extra=figures)


@blueprint.timer_trigger("timer", schedule="0 37 2 * * *", use_monitor=True)
def remove_old_jobs(timer: func.TimerRequest) -> None:
    """Remove jobs that are older than their time."""
    removed = clean_up(parts())
    logging.getLogger("tandem").info("clean-up", extra={"jobs": removed})


@blueprint.timer_trigger("timer", schedule="0 17 1 * * *", use_monitor=True)
def compare_nightly(timer: func.TimerRequest) -> None:
    """Compare both sides of every connection with what is on file."""
    found = parts()
    begun = [start(found, at) for at in found.connections.values()]
    logging.getLogger("tandem").info("compare", extra={"compares": len(begun)})
