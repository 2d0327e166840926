"""The floor: as little as a correct client can do.  Standard library only.

It reads Business Central's pages and writes bulk messages, as many at once as Sales advises, under ids that
follow from the customers' ids.  It knows no base and no versions, so what was edited on both sides is
overwritten: that is what makes it cheap.  ``floor_saving`` saves two entities for each record besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from benchmarks.fields import account_id, account_of, customer_of
from benchmarks.plan import BC_IN_FLIGHT
from benchmarks.saving import Saver
from benchmarks.services import WRITE_CHUNK, Access, BusinessCentral, Record, Sales


class Floor:
    """``saver``: where it saves, if it does."""

    def __init__(self, access: Access, saver: Saver | None = None) -> None:
        self._bc, self._sales = BusinessCentral(access), Sales(access)
        self._saver = saver
        self._advised = access.advised
        self._since = self._link = ""
        self._customers: dict[str, str] = {}

    @property
    def storage_transactions(self) -> int:
        return self._saver.transactions if self._saver else 0

    def initial_load(self) -> None:
        """All customers become accounts."""
        self._all(self._create, self._chunks(""))

    def load_to_bc(self) -> None:
        """All accounts become customers, whose ids Business Central chooses."""
        accounts, self._link = self._sales.changes()
        chunks = [accounts[start : start + WRITE_CHUNK] for start in range(0, len(accounts), WRITE_CHUNK)]
        self._all(self._create_customers, chunks, BC_IN_FLIGHT)

    def settle(self) -> None:
        """Begin to follow the changes of Sales."""
        _, self._link = self._sales.changes()

    def changed(self) -> None:
        """Sales' changes to Business Central, Business Central's to Sales."""
        edited, self._link = self._sales.changes(self._link)
        accounts = list(self._chunks(self._since))
        back = [(self._customers[each["accountid"]], customer_of(each)) for each in edited]
        for start in range(0, len(back), WRITE_CHUNK):
            self._bc.patch_all(back[start : start + WRITE_CHUNK])
        self._all(self._update, accounts)
        if accounts:  # what it wrote itself is read past in the run that wrote it
            _, self._link = self._sales.changes(self._link)

    def close(self) -> None:
        """Nothing is open but sockets."""

    def _chunks(self, since: str) -> Iterator[list[Record]]:
        for page in self._bc.pages(since):
            for start in range(0, len(page), WRITE_CHUNK):
                yield [self._account(each) for each in page[start : start + WRITE_CHUNK]]
        self._since = self._bc.asked_at

    def _account(self, customer: Record) -> Record:
        own = account_id(customer["id"])
        self._customers[own] = customer["id"]
        return {"accountid": own, **account_of(customer)}

    def _create(self, accounts: Sequence[Record]) -> None:
        self._sales.create_all(accounts)
        self._save(accounts)

    def _create_customers(self, accounts: Sequence[Record]) -> None:
        ids = self._bc.create_all([customer_of(each) for each in accounts])
        self._customers |= {each["accountid"]: own for each, own in zip(accounts, ids, strict=True)}
        self._save(accounts)

    def _update(self, accounts: Sequence[Record]) -> None:
        self._sales.update_all(accounts)
        self._save(accounts)

    def _save(self, accounts: Sequence[Record]) -> None:
        if self._saver:
            self._saver.save([(self._customers[each["accountid"]], each) for each in accounts])

    def _all(
        self,
        write: Callable[[Sequence[Record]], None],
        chunks: Iterable[list[Record]],
        most: int = 0,
    ) -> None:
        """At most ``most`` chunks are written at a time, or as many as Sales advises; reading goes on while
        at most twice as many wait."""
        running: set[Future[None]] = set()
        at_once = most or self._advised
        with ThreadPoolExecutor(at_once) as pool:
            for some in chunks:
                running.add(pool.submit(write, some))
                if len(running) >= 2 * at_once:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for each in done:
                        each.result()
            for each in running:
                each.result()
