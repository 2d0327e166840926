"""The two work queues and their poison queues."""

from __future__ import annotations

import logging

import azure.functions as func

from functions import parts
from shared_code.sync.dispatch import keep_poison
from shared_code.sync.handing_on import handle_on
from shared_code.sync.messages import BATCH_QUEUE, DETECTION_QUEUE

blueprint = func.Blueprint()

STORAGE = "AzureWebJobsStorage"


def _tell(failure: Exception) -> None:
    logging.getLogger(__name__).warning("%s; it goes on from the queue", type(failure).__name__)


def _was_delivered(message: func.QueueMessage) -> bool:
    """Whether somebody was given the message before."""
    return (message.dequeue_count or 1) > 1


def _text(message: func.QueueMessage) -> str:
    return message.get_body().decode("utf-8", "replace")


@blueprint.queue_trigger("message", queue_name=DETECTION_QUEUE, connection=STORAGE)
def detection(message: func.QueueMessage) -> None:
    """One step of a scan, or one look at a full synchronisation."""
    handle_on(parts(), DETECTION_QUEUE, _text(message), _tell, again=_was_delivered(message))


@blueprint.queue_trigger("message", queue_name=BATCH_QUEUE, connection=STORAGE)
def batches(message: func.QueueMessage) -> None:
    """One batch of records."""
    handle_on(parts(), BATCH_QUEUE, _text(message), _tell, again=_was_delivered(message))


@blueprint.queue_trigger("message", queue_name=f"{DETECTION_QUEUE}-poison", connection=STORAGE)
def detection_poison(message: func.QueueMessage) -> None:
    """A detection message that failed again and again."""
    keep_poison(parts(), DETECTION_QUEUE, _text(message))


@blueprint.queue_trigger("message", queue_name=f"{BATCH_QUEUE}-poison", connection=STORAGE)
def batches_poison(message: func.QueueMessage) -> None:
    """A batch message that failed again and again."""
    keep_poison(parts(), BATCH_QUEUE, _text(message))
