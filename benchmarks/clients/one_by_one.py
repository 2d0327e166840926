"""One record a request, one after the other, as the integration built into Business Central works.

It remembers who became whom, compares nothing and lets the newer one win.  Standard library only.
"""

from __future__ import annotations

from benchmarks.fields import account_of, customer_of
from benchmarks.services import Access, BusinessCentral, Sales


class OneByOne:
    """Rows get the ids that Sales chooses, so what a lost answer left behind is not found again."""

    def __init__(self, access: Access) -> None:
        self._bc, self._sales = BusinessCentral(access), Sales(access)
        self._accounts: dict[str, str] = {}
        self._since = self._link = ""
        self.storage_transactions = 0

    def initial_load(self) -> None:
        """All customers become accounts."""
        for page in self._bc.pages():
            for each in page:
                self._accounts[each["id"]] = self._sales.create(account_of(each))
        self._since = self._bc.asked_at

    def load_to_bc(self) -> None:
        """All accounts become customers."""
        accounts, self._link = self._sales.changes()
        for each in accounts:
            self._accounts[self._bc.create(customer_of(each))] = each["accountid"]

    def settle(self) -> None:
        """Begin to follow the changes of Sales."""
        _, self._link = self._sales.changes()

    def changed(self) -> None:
        """Sales' changes to Business Central, Business Central's to Sales."""
        edited, self._link = self._sales.changes(self._link)
        customers = [each for page in self._bc.pages(self._since) for each in page]
        self._since = self._bc.asked_at
        customer_ids = {account: customer for customer, account in self._accounts.items()} if edited else {}
        for each in edited:
            self._bc.patch(customer_ids[each["accountid"]], customer_of(each))
        for each in customers:
            self._sales.patch(self._accounts[each["id"]], account_of(each))
        if customers:
            _, self._link = self._sales.changes(self._link)

    def close(self) -> None:
        """Nothing is open but sockets."""
