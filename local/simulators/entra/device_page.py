"""Where a person enters the code of a device sign-in.  Nobody is asked for a password: it is a simulation."""

from __future__ import annotations

from urllib.parse import parse_qsl

from local.simulators.entra.device_code import DeviceCodes
from local.simulators.wire import Request, Response

PATH = "/device"
MAX_BODY_BYTES = 4_096
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_FORM = (
    '<form method="post"><p><label>Code <input name="code" required autocomplete="off"></label></p>'
    '<p><label>Sign in as <input name="user" required placeholder="admin@contoso.com"></label></p>'
    "<p><button>Next</button></p></form>"
)


def handle(request: Request, codes: DeviceCodes) -> Response:
    """The form, and what became of a code that was entered."""
    if request.method != "POST":
        return _page(200, _FORM)
    given = dict(parse_qsl(request.body[:MAX_BODY_BYTES].decode("utf-8", "replace")))
    user = given.get("user", "").strip()
    if not user or not codes.decide(given.get("code", "").strip().upper(), user):
        return _page(404, f"<p>That code did not work. Check the code and try again.</p>{_FORM}")
    return _page(200, "<p>You have signed in. You may now close this window.</p>")


def _page(status: int, content: str) -> Response:
    text = f"<!DOCTYPE html><html lang=en><title>Enter code</title><h1>Enter code</h1>{content}</html>"
    return Response(status, _HTML, text.encode())
