"""A catalogue in the simulator: units, price lists, products, documents, made through the Web API."""

from __future__ import annotations

from typing import Any

from tests.simulators.dataverse.support import EUR, Answer, Client

ACTIVATED = {"statecode": 0, "statuscode": 1}
RETIRED = {"statecode": 1, "statuscode": 2}
IN_EUR: dict[str, Any] = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({EUR})"}


def made(answer: Answer) -> str:
    """The id of a row that was created."""
    assert answer.status == 204, answer.raw
    return answer.new_id


def bind(**targets: str) -> dict[str, Any]:
    """``bind(pricelevelid="pricelevels(…)")`` as a body has it."""
    return {f"{name}@odata.bind": f"/{address}" for name, address in targets.items()}


def row_of(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status == 200, answer.raw
    row: dict[str, Any] = answer.json
    return row


class Catalogue:
    """One unit group with its base unit, one price list, and what is added to them."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.group, self.unit = self.unit_group("Piece", "PCS")
        self.price_list = self.add_price_list("Retail")

    def unit_group(self, name: str, base: str) -> tuple[str, str]:
        """A new group; its id and that of its base unit."""
        group = made(self.client.post("uomschedules", {"name": name, "baseuomname": base}))
        units = self.client.filter("uoms", f"_uomscheduleid_value eq {group}", "uomid").rows
        return group, str(units[0]["uomid"])

    def add_unit(self, name: str, quantity: float, **more: Any) -> Answer:
        base = bind(baseuom=f"uoms({self.unit})", uomscheduleid=f"uomschedules({self.group})")
        return self.client.post("uoms", {"name": name, "quantity": quantity} | base | more)

    def add_price_list(self, name: str, **more: Any) -> str:
        return made(self.client.post("pricelevels", {"name": name, **more}))

    def post_product(self, number: str = "P-1", **more: Any) -> Answer:
        units = bind(defaultuomscheduleid=f"uomschedules({self.group})", defaultuomid=f"uoms({self.unit})")
        body = {"productnumber": number, "name": f"Product {number}", "quantitydecimal": 2}
        return self.client.post("products", body | units | more)

    def product(self, number: str = "P-1", **more: Any) -> str:
        """A draft product."""
        return made(self.post_product(number, **more))

    def active(self, number: str = "P-1", **more: Any) -> str:
        """An active product."""
        product = self.product(number, **more)
        assert self.set_state(product, **ACTIVATED).status == 204
        return product

    def family(self, number: str = "F-1") -> str:
        return made(
            self.client.post("products", {"productnumber": number, "name": number, "productstructure": 2})
        )

    def set_state(self, product: str, **state: int) -> Answer:
        return self.client.patch(f"products({product})", state)

    def post_price(self, product: str, amount: float | None = 10, **more: Any) -> Answer:
        body: dict[str, Any] = {} if amount is None else {"amount": amount}
        lookups = bind(
            pricelevelid=f"pricelevels({self.price_list})", productid=f"products({product})",
            uomid=f"uoms({self.unit})",
        )  # fmt: skip
        return self.client.post("productpricelevels", body | lookups | more)

    def price(self, product: str, amount: float | None = 10, **more: Any) -> str:
        return made(self.post_price(product, amount, **more))

    def post_invoice(self, account: str, **more: Any) -> Answer:
        lookups = bind(
            customerid_account=f"accounts({account})", pricelevelid=f"pricelevels({self.price_list})"
        )
        return self.client.post("invoices", {"name": "I-1"} | lookups | more)

    def invoice(self, **more: Any) -> str:
        return made(self.post_invoice(self.client.account(), **more))

    def post_line(self, invoice: str, product: str | None = None, quantity: float = 1, **more: Any) -> Answer:
        lookups = bind(invoiceid=f"invoices({invoice})")
        if product is not None:
            lookups |= bind(productid=f"products({product})", uomid=f"uoms({self.unit})")
        return self.client.post("invoicedetails", {"quantity": quantity} | lookups | more)

    def line(
        self, invoice: str, product: str | None = None, quantity: float = 1, **more: Any
    ) -> dict[str, Any]:
        """A line of an invoice, read back."""
        line = made(self.post_line(invoice, product, quantity, **more))
        return row_of(self.client, f"invoicedetails({line})")

    def write_in(self, invoice: str, price: float, quantity: float = 1, **more: Any) -> dict[str, Any]:
        body = {"isproductoverridden": True, "productdescription": "Freight", "priceperunit": price}
        return self.line(invoice, None, quantity, **(body | more))
