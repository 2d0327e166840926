"""The API for people: who is signed in may ask what a reader may, without a key.

For scripts in a browser that hold a token of Entra for this app: App Service authentication looks at it and
tells who sent it.  Such routes only read, and a browser gives an answer to pages of listed origins alone.
"""

from __future__ import annotations

from collections.abc import Callable

from shared_code.sync.api import Answer, problem
from shared_code.web.messages import Asked
from shared_code.web.people import APP_ROLES, Doorkeeper, Role


def for_readers(doorkeeper: Doorkeeper, asked: Asked, call: Callable[[], Answer]) -> Answer:
    """What ``call`` answers to a reader; 401 for nobody, 403 for somebody without a role."""
    person = doorkeeper.person(asked.headers, asked.cookies)
    if person is None:
        return problem(401, "Nobody is signed in.", SIGN_IN)
    if not person.may(Role.READER):
        return problem(
            403, "You have no role in Tandem.", f"Ask an administrator for one of {', '.join(APP_ROLES)}."
        )
    return call()


SIGN_IN = (
    "Send a token of Entra for this app in the header Authorization, or sign in at its pages. App Service "
    "authentication must be on, and SIGN_IN must say so."
)
