"""App settings: what the code reads, what Bicep sets and what the page tells are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from shared_code.setting_list import SETTINGS
from tools.bicep.platform import PLATFORM
from tools.bicep.source import Source, plain, properties
from tools.checks.sources import Violation

LOCAL_ONLY = {
    "CA_BUNDLE": "A file of this machine: the simulators' own authority.",
    "LOOK_BACK_SECONDS": "The default fits both services; tests shorten it.",
    "SETTLE_SECONDS": "The default fits Business Central; tests shorten it.",
}
"""Settings that no deployment needs.  What is entered by hand goes with the next one, which sets all."""
PAGE = "docs/settings.md"


def settings(root: Path, sources: Sequence[Source]) -> Iterator[Violation]:
    """Where the three differ."""
    given = {name: source.name for source in sources for name in app_settings_of(source)}
    if not given:
        yield Violation("infra", 1, "no resource of the name appsettings sets the app's settings")
        return
    place = next(iter(given.values()))
    known = {each.name for each in SETTINGS}
    for name in sorted(known - set(given) - set(LOCAL_ONLY)):
        yield Violation(
            place, 1, f"{name} is read by the code: set it here, or name it in LOCAL_ONLY with its reason"
        )
    for name in sorted(set(given) - known - {each.name for each in PLATFORM}):
        yield Violation(
            place, 1, f"{name} is set here and nobody reads it: remove it, or name it in PLATFORM"
        )
    for name in sorted(set(LOCAL_ONLY) & set(given)):
        yield Violation(place, 1, f"{name} is set here although LOCAL_ONLY says that no deployment needs it")
    page = (root / PAGE).read_text(encoding="utf-8")
    for name in sorted(known | {each.name for each in PLATFORM}):
        if f"`{name}`" not in page:
            yield Violation(PAGE, 1, f"{name} is not told: run python -m tools.docs")


def app_settings_of(source: Source) -> list[str]:
    """The names of the app settings that this file sets."""
    for each in source.of_kind("resource").values():
        body = properties(each.body)
        if each.target.startswith("Microsoft.Web/sites/config@") and plain(body["name"]) == "appsettings":
            return list(properties(body["properties"]))
    return []
