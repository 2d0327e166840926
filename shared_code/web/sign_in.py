"""The door: people who are not signed in are sent to sign in; locally they say who they are."""

from __future__ import annotations

from urllib.parse import quote

from shared_code.web.messages import PLACE, Asked, Reply, redirect
from shared_code.web.people import COOKIE, Doorkeeper, Person, Role, SignIn
from shared_code.web.refusals import refusal
from shared_code.web.rendering import render
from shared_code.web.texts import COOKIE as LANGUAGE
from shared_code.web.texts import LANGUAGES

PAGE, OUT, WORDS = "sign-in", "sign-out", "language"
ENTRA = "/.auth/login/aad?post_login_redirect_uri="
LEAVE = "/.auth/logout?post_logout_redirect_uri="
YEAR_S = 31_536_000
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def door(doorkeeper: Doorkeeper, asked: Asked, person: Person | None, language: str) -> Reply | None:
    """The answer of the door, if it is the door that answers."""
    if asked.method == "POST" and asked.path == WORDS:
        return _language(asked)
    if doorkeeper.sign_in is SignIn.LOCAL:
        return _local(asked, person, language)
    if doorkeeper.sign_in is SignIn.OFF or not doorkeeper.confirmed:
        return refusal(language, 403, "no_sign_in")
    if asked.path == OUT:
        return redirect(LEAVE + quote(PLACE, safe=""))
    if person is None:
        return redirect(ENTRA + quote(f"{PLACE}/{asked.path}", safe=""))
    return refusal(language, 403, "no_role_at_all", person) if person.role is None else None


def _local(asked: Asked, person: Person | None, language: str) -> Reply | None:
    if asked.host.rpartition(":")[0] not in LOOPBACK:
        return refusal(language, 403, "no_sign_in")
    if asked.path == OUT:
        return redirect(f"{PLACE}/{PAGE}", f"{COOKIE}=; Path={PLACE}; Max-Age=0; HttpOnly; SameSite=Strict")
    if asked.path == PAGE and asked.method == "POST":
        return _signed_in(asked)
    if asked.path == PAGE:
        return Reply(200, render("sign_in.html", language, {"roles": [r.name.lower() for r in Role]}))
    return redirect(f"{PLACE}/{PAGE}") if person is None else None


def _signed_in(asked: Asked) -> Reply:
    """The stand-in believes what a person says: the roles can be tried where there is no Entra."""
    name = _field(asked, "role")
    role = Role.__members__.get(name.upper(), Role.READER)
    return redirect(PLACE, f"{COOKIE}={role.name.lower()}; Path={PLACE}; HttpOnly; SameSite=Strict")


def _language(asked: Asked) -> Reply:
    chosen = _field(asked, "language")
    language = chosen if chosen in LANGUAGES else "en"
    cookie = f"{LANGUAGE}={language}; Path={PLACE}; Max-Age={YEAR_S}; HttpOnly; SameSite=Lax"
    return redirect(f"{PLACE}?notice=language", cookie)


def _field(asked: Asked, name: str) -> str:
    try:
        return asked.form().get(name)
    except ValueError:
        return ""
