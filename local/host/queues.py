"""The queue listener of one function.

Rules of the real host (webjobs-sdk, QueueListener and QueueProcessor): get up to ``batchSize`` messages for
ten minutes, renewed at half time; get more when at most ``newBatchThreshold`` are running; delete after
success; after a failure visible again after ``visibilityTimeout`` until the dequeue count reaches
``maxDequeueCount``, then copy to ``<queue>-poison`` and delete.  A message above the limit or one that
cannot be decoded goes to the poison queue without a run.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from azure.core.exceptions import AzureError
from azure.storage.queue import QueueClient, QueueMessage

from local.host.app_model import Function
from local.host.invoker import Invoker
from local.host.outputs import send_creating
from local.host.queue_message import MessageInHand, body_of, trigger_metadata, trigger_value
from local.host.settings import QueueSettings
from local.host.storage import brief, error_code

MIN_POLL_S = 0.1
log = logging.getLogger("local.host")


class QueueListener:
    """Polls one queue and runs one function for each message."""

    def __init__(
        self,
        function: Function,
        queue: QueueClient,
        poison: QueueClient,
        invoker: Invoker,
        settings: QueueSettings,
        lease_s: int,
        stopping: threading.Event,
    ) -> None:
        self._function = function
        self._queue = queue
        self._poison = poison
        self._invoker = invoker
        self._settings = settings
        self._lease_s = lease_s
        self._stopping = stopping
        self._running: dict[Future[None], MessageInHand] = {}
        self._drained = threading.Event()
        self._trouble = ""
        most = settings.batch_size + settings.new_batch_threshold
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=f"queue-{function.name}")
        self._keeper = threading.Thread(target=self._keep_leases, daemon=True)
        self.thread = threading.Thread(target=self._listen, name=f"queue-{function.name}", daemon=True)

    def start(self) -> None:
        """Begin to poll; ends when the ``stopping`` event is set and every message in hand is settled."""
        self._keeper.start()
        self.thread.start()

    def _listen(self) -> None:
        idle_s = MIN_POLL_S
        while not self._stopping.is_set():
            self._forget_ended()
            if len(self._running) > self._settings.new_batch_threshold:
                wait(list(self._running), timeout=0.5, return_when=FIRST_COMPLETED)
                continue
            messages = self._receive()
            if messages:
                idle_s = MIN_POLL_S
                self._begin(messages)
            else:
                self._stopping.wait(idle_s)
                idle_s = min(idle_s * 2, self._settings.max_polling_interval_s)
        wait(list(self._running))
        self._drained.set()

    def _receive(self) -> list[QueueMessage]:
        size = self._settings.batch_size
        try:
            messages = list(
                self._queue.receive_messages(
                    messages_per_page=size, max_messages=size, visibility_timeout=self._lease_s
                )
            )
        except AzureError as error:
            self._note_trouble("" if error_code(error) == "QueueNotFound" else brief(error))
            return []
        self._note_trouble("")
        return messages

    def _note_trouble(self, trouble: str) -> None:
        """Log once, not at each poll, what keeps the queue from being read; a missing queue is empty."""
        if trouble and trouble != self._trouble:
            log.warning("queue %s: %s", self._queue.queue_name, trouble)
        self._trouble = trouble

    def _begin(self, messages: list[QueueMessage]) -> None:
        for message in messages:
            in_hand = MessageInHand(self._queue, message, self._lease_s)
            self._running[self._pool.submit(self._process, in_hand)] = in_hand

    def _forget_ended(self) -> None:
        for future in [f for f in self._running if f.done()]:
            del self._running[future]

    def _keep_leases(self) -> None:
        while not self._drained.wait(min(1.0, self._lease_s / 8)):
            for in_hand in list(self._running.values()):
                in_hand.renew_if_due()

    def _process(self, in_hand: MessageInHand) -> None:
        try:
            self._run_and_settle(in_hand)
        except Exception as error:  # the message comes back when its lease ends
            name = self._function.name
            log.warning("%s: message %s was not settled: %s", name, in_hand.message.id, brief(error))

    def _run_and_settle(self, in_hand: MessageInHand) -> None:
        message, limit = in_hand.message, self._settings.max_dequeue_count
        tries = message.dequeue_count or 1
        body = body_of(message.content or "", self._settings.base64)
        if body is None or tries > limit:
            self._to_poison(in_hand, "it cannot be decoded" if body is None else "it was tried too often")
        elif self._run(message, body):
            in_hand.delete()
        elif tries >= limit:
            self._to_poison(in_hand, f"it failed {tries} times")
        else:
            in_hand.give_back(self._settings.visibility_timeout_s)

    def _run(self, message: QueueMessage, body: bytes) -> bool:
        datum = self._invoker.worker.datum
        value = datum(*trigger_value(body))
        metadata = {**trigger_metadata(message, datum), "QueueTrigger": value}
        return self._invoker.run(self._function, value, metadata).ok

    def _to_poison(self, in_hand: MessageInHand, reason: str) -> None:
        """Copy first, then delete: a crash between the two doubles the copy but loses nothing."""
        send_creating(self._poison, in_hand.message.content or "")
        in_hand.delete()
        name, poison = self._function.name, self._poison.queue_name
        log.warning("%s: message %s went to %s: %s", name, in_hand.message.id, poison, reason)
