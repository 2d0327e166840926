"""What keeps pages and their forms from being misused."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from shared_code.web.messages import Asked

POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}
"""Headers of every page: scripts, styles and forms of our own only, and in nobody's frame."""


def is_from_our_page(asked: Asked) -> bool:
    """Whether a change was asked for by a page of ours, and not by another site in the person's browser.

    Browsers say where a request comes from in headers that no page can set (Fetch: Sec-Fetch-Site, Origin).
    A request that says neither is refused: no browser that is kept up sends such a form.  Behind a proxy that
    asks us under another name, the name that people use is the one it forwards.
    """
    site = asked.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = asked.headers.get("origin")
    if origin is None:
        return site == "same-origin"
    return urlsplit(origin).netloc.lower() in _names(asked)


FORWARDED = ("x-forwarded-host", "x-original-host")
"""How proxies tell the name that was asked (Microsoft docs: frontdoor/front-door-http-headers-protocol,
application-gateway/rewrite-http-headers-url).  A page of another site cannot make a browser send them: a
header of one's own needs our leave first (Fetch: CORS preflight), which nobody gets."""


def _names(asked: Asked) -> frozenset[str]:
    """The hosts under which the browser may have asked us; none of them is blank."""
    told = (asked.headers.get(name, "").partition(",")[0].strip().lower() for name in FORWARDED)
    return frozenset(filter(None, (asked.host, *told)))
