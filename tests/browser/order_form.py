"""A form of order lines as Sales shows it: its page, the web resource in a frame, and the form's attributes.

What Sales itself would give (``Xrm``, the form context, the content window of a control) is played by a few
lines of script; the web resource and its form script are the shipped files under their shipped names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Frame, Page

FOLDER = Path(__file__).parents[2] / "sales_solution" / "web_resources"
LISTED: list[dict[str, str]] = json.loads((FOLDER / "web_resources.json").read_text("utf-8"))
FILES = {f"/WebResources/{each['name']}": each["file"] for each in LISTED}
TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Order line</title></head><body>
<main><h1>Order line</h1>
<iframe title="Availability" width="760" height="420"></iframe></main>
<script src="/WebResources/tandem_/availability/order_line.js"></script>
<script>
const attributes = {};
for (const name of ["productid", "quantity", "uomid", "requestdeliveryby", "isproductoverridden"]) {
  let held = null;
  const heard = [];
  attributes[name] = {
    getValue: () => held, addOnChange: (call) => heard.push(call),
    setValue: (value) => { held = value; heard.forEach((call) => call()); },
  };
}
window.form = (values) => {
  for (const [name, value] of Object.entries(values)) attributes[name].setValue(value);
};
window.open = (source, name, record) => {
  const frame = document.querySelector("iframe");
  frame.src = source;
  const control = { getContentWindow: async () => frame.contentWindow };
  const formContext = {
    getAttribute: (each) => attributes[each] ?? null,
    data: { entity: { getEntityName: () => (record ? "product" : "salesorderdetail"), getId: () => record } },
    getControl: (each) => (each === name ? control : null),
  };
  return new Promise((ready) => frame.addEventListener("load", () => ready(
    Tandem.onOrderLineLoad({ getFormContext: () => formContext }, name)), { once: true }));
};
</script></body></html>"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        name = FILES.get(path)
        content = PAGE.encode() if path == "/form" else (FOLDER / name).read_bytes() if name else b""
        self.send_response(200 if content else 404)
        self.send_header("content-type", TYPES[name.rpartition(".")[2]] if name else "text/html")
        self.send_header("content-security-policy", "default-src 'self'; connect-src *; script-src 'self'"
                         + (" 'unsafe-inline'" if path == "/form" else ""))  # fmt: skip
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *given: object) -> None:
        """Nothing is logged."""


@contextmanager
def sales_pages() -> Iterator[int]:
    """The port of a server with the form and the web resources, on this machine only."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class OrderForm:
    """The open form, as a person uses it and sees it."""

    def __init__(self, page: Page, origin: str, data: dict[str, str], product: str | None = None) -> None:
        """``product``: the form is that of this product, and not of a line."""
        self.page = page
        page.goto(f"{origin}/form")
        html = f"/WebResources/tandem_/availability/availability.html?{urlencode({'data': urlencode(data)})}"
        given = [html, "WebResource_availability", product and f"{{{product.upper()}}}"]
        page.evaluate("([source, name, record]) => open(source, name, record)", given)

    @property
    def frame(self) -> Frame:
        """The web resource."""
        return self.page.frames[1]

    def fill(self, **values: Any) -> None:
        """Enter values of the line's columns as the form holds them."""
        self.page.evaluate("(values) => form(values)", values)

    def choose_day(self, day: str) -> None:
        """The form holds a day as midnight where the person is."""
        self.page.evaluate("(day) => form({requestdeliveryby: new Date(`${day}T00:00:00`)})", day)

    def choose(self, product_id: str, unit: str = "PCS", quantity: float | None = None) -> None:
        """Choose a product, with its unit, as the form does."""
        self.fill(
            uomid=[{"id": "{1}", "name": unit}],
            quantity=quantity,
            productid=[{"id": f"{{{product_id.upper()}}}", "name": "A product"}],
        )

    def verdict(self, text: str) -> str:
        """The verdict, once it holds this text."""
        found = self.frame.locator("#verdict", has_text=text)
        found.wait_for()
        return found.inner_text()

    def places(self) -> list[list[str]]:
        """The table of places as it reads."""
        rows = self.frame.locator("#places tbody tr").all()
        return [row.locator("th, td").all_inner_texts() for row in rows]
