"""From a queue message to the use case it asks for.  What is no message of ours is kept as poison."""

from __future__ import annotations

from shared_code.store import poison
from shared_code.sync import detect, full_sync
from shared_code.sync.messages import Advance, BatchDue, MessageInvalid, ScanStep, from_text
from shared_code.sync.parts import Parts, UnknownName
from shared_code.sync.processing.batch import process_batch
from shared_code.systems.interface import SystemUnavailable

AGAIN_S = 30.0
"""When a step of a scan is tried again after its system did not answer."""


def handle(parts: Parts, queue: str, text: str) -> None:
    """Do what one message asks for.

    A message that cannot be understood or names nothing that exists is kept and done with: repeating it
    would change nothing.  Any other fault is the caller's, who will be given the message again.
    """
    try:
        message = from_text(text)
        _do(parts, message)
    except (MessageInvalid, UnknownName):
        poison.keep(parts.tables, queue, text, parts.runtime.now())


def _do(parts: Parts, message: ScanStep | Advance | BatchDue) -> None:
    match message:
        case ScanStep():
            _take_step(parts, message)
        case Advance():
            full_sync.advance(parts, message)
        case BatchDue():
            process_batch(parts, message)


def _take_step(parts: Parts, step: ScanStep) -> None:
    try:
        detect.take_step(parts, step)
    except SystemUnavailable:
        if step.number or step.full_sync:
            parts.send(step, delay_s=AGAIN_S)
        # A first look at changes is simply repeated by the next tick: the watermark has not moved.


def keep_poison(parts: Parts, queue: str, text: str) -> None:
    """Keep a message that failed again and again where a person finds it."""
    poison.keep(parts.tables, queue, text, parts.runtime.now())
