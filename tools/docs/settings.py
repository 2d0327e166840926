"""`docs/settings.md`: every app setting."""

from __future__ import annotations

from pathlib import Path

from shared_code.setting_list import SETTINGS, Setting
from tools.bicep.platform import PLATFORM
from tools.docs.markdown import code, document, table

INTRODUCTION = """\
App settings, read once when the app starts. A missing or wrong setting stops the start with one line that
names it and says what to do. `infra/` sets every one that a company needs ([deployment](deploy.md))."""

OF_AZURE = """\
## Settings of Azure's own

These are read by Azure Functions, App Service and Microsoft's libraries, and by Tandem where it works with
the same storage. Tandem keeps its tables and queues in the account of `AzureWebJobsStorage`."""

TOGETHER = """\
Two rules hold across settings:

- One of `MANAGED_IDENTITY_CLIENT_ID`, `CLIENT_CERTIFICATE` and `CLIENT_SECRET` must be set. In Azure use the
  identity: then there is no secret to keep or to renew. Of several, the secret counts first, then the
  certificate.
- `WEBHOOK_URL` needs `WEBHOOK_SECRET`. Without both, Tandem polls once a minute; nothing is lost, changes
  only arrive a little later.

The name of a company in `BUSINESS_CENTRAL_COMPANIES` is part of every key in storage. Do not change it later.
Addresses must begin with `https://`; `http://` is accepted for this machine only."""


def page(root: Path) -> str:
    """The page; settings come from the code."""
    head = ("Setting", "Needed", "Meaning", "Default", "Example")
    return document(
        "Settings",
        "`shared_code/setting_list.py`",
        [
            INTRODUCTION,
            table(head, [_row(each) for each in SETTINGS]),
            TOGETHER,
            OF_AZURE,
            table(("Setting", "Meaning", "Example"), [_own_row(each) for each in PLATFORM]),
        ],
    )


def _row(each: Setting) -> tuple[str, ...]:
    needed = "yes" if each.default is None else "no"
    return (code(each.name), needed, each.meaning, code(each.default or ""), code(each.example))


def _own_row(each: Setting) -> tuple[str, ...]:
    return (code(each.name), each.meaning, code(each.example))
