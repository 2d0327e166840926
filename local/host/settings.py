"""What the app's configuration says: host.json, local.settings.json and the environment.

Defaults and limits are those of the real host (Microsoft docs: azure-functions/functions-host-json.md and
functions-bindings-storage-queue.md), except ``maxPollingInterval``, which is 2 s as under Core Tools.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.host.errors import HostError

MAX_BATCH_SIZE = 32
NO_LIMIT_S = float("inf")
_TIMESPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?")
_BODY_LIMIT = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"
_OVERRIDE = "azurefunctionsjobhost__"


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """``extensions.queues`` of host.json; times in seconds."""

    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    visibility_timeout_s: float = 0.0
    max_polling_interval_s: float = 2.0
    base64: bool = True


@dataclass(frozen=True, slots=True)
class HostSettings:
    """Everything the host reads once at start."""

    queues: QueueSettings
    route_prefix: str
    function_timeout_s: float
    lease_s: int
    body_limit_bytes: int


def load_settings(app_folder: Path, environment: MutableMapping[str, str]) -> HostSettings:
    """Read the app's configuration; adds ``Values`` of local.settings.json that ``environment`` lacks.

    Raises HostError naming the file or setting that is missing or wrong.
    """
    add_local_values(app_folder / "local.settings.json", environment)
    host = overridden(_read_json(app_folder / "host.json"), environment)
    if host.get("version") != "2.0":
        raise HostError('host.json: "version" must be "2.0"')
    extensions = _section(host, "extensions")
    return HostSettings(
        queues=queue_settings(_section(extensions, "queues")),
        route_prefix=str(_section(extensions, "http").get("routePrefix", "api")).strip("/"),
        function_timeout_s=timespan_s(host.get("functionTimeout", "00:30:00"), "functionTimeout"),
        lease_s=_whole(environment.get("LOCAL_LEASE_SECONDS", "600"), "LOCAL_LEASE_SECONDS", 2, 7 * 86400),
        body_limit_bytes=_whole(environment.get(_BODY_LIMIT, "220200960"), _BODY_LIMIT, 1, 2**31),
    )


def overridden(host: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """host.json with the values that settings such as
    ``AzureFunctionsJobHost__extensions__queues__batchSize`` put in place of its own; names in any case.

    Source: Microsoft docs, azure-functions/functions-host-json.md (override host.json values).
    """
    for name, value in environment.items():
        if name.lower().startswith(_OVERRIDE):
            *path, last = name.split("__")[1:]
            section = host
            for part in path:
                section = section.setdefault(_spelt(section, part), {})
                if not isinstance(section, dict):
                    raise HostError(f"the setting {name}: {part} of host.json is no object")
            section[_spelt(section, last)] = value
    return host


def _spelt(section: Mapping[str, Any], name: str) -> str:
    """A name as the section spells it already, or as it was given."""
    return next((each for each in section if each.lower() == name.lower()), name)


def queue_settings(section: Mapping[str, Any]) -> QueueSettings:
    """The queue options of host.json; raises HostError for a value the real host refuses."""
    batch = _whole(section.get("batchSize", 16), "queues.batchSize", 1, MAX_BATCH_SIZE)
    poll_s = timespan_s(section.get("maxPollingInterval", "00:00:02"), "queues.maxPollingInterval")
    encoding = str(section.get("messageEncoding", "base64")).lower()
    if encoding not in ("base64", "none"):
        raise HostError(f'host.json: queues.messageEncoding is "{encoding}"; use "base64" or "none"')
    return QueueSettings(
        batch_size=batch,
        new_batch_threshold=_whole(
            section.get("newBatchThreshold", batch // 2), "queues.newBatchThreshold", 0, 10_000
        ),
        max_dequeue_count=_whole(section.get("maxDequeueCount", 5), "queues.maxDequeueCount", 1, 10_000),
        visibility_timeout_s=timespan_s(
            section.get("visibilityTimeout", "00:00:00"), "queues.visibilityTimeout"
        ),
        max_polling_interval_s=max(0.1, poll_s),
        base64=encoding == "base64",
    )


def timespan_s(value: object, name: str) -> float:
    """Seconds of a .NET TimeSpan ``[d.]hh:mm[:ss[.fff]]``; ``-1`` is no limit.  Raises HostError."""
    text = str(value).strip()
    if text == "-1":
        return NO_LIMIT_S
    match = _TIMESPAN.fullmatch(text)
    if match is None:
        raise HostError(f'host.json: {name} is "{text}"; write it as hh:mm:ss')
    days, hours, minutes, seconds = match.groups()
    return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds or 0)


def add_local_values(file: Path, environment: MutableMapping[str, str]) -> None:
    """Put the ``Values`` of a local.settings.json, where there is one, behind the environment."""
    if not file.exists():
        return
    for key, value in _section(_read_json(file), "Values").items():
        environment.setdefault(key, str(value))


def expand(text: str, environment: Mapping[str, str], where: str) -> str:
    """``text`` with each ``%Name%`` replaced by that setting; HostError names a missing one."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in environment:
            raise HostError(
                f"{where} needs the setting {name}, which is missing: "
                "set it in the environment or under Values in local.settings.json"
            )
        return environment[name]

    return re.sub(r"%([^%]+)%", value, text)


def is_disabled(function: str, environment: Mapping[str, str]) -> bool:
    """Whether the setting ``AzureWebJobs.<function>.Disabled`` (or its ``__`` form) is true or 1."""
    names = (f"AzureWebJobs.{function}.Disabled", f"AzureWebJobs__{function}__Disabled")
    return any(environment.get(name, "").strip().lower() in ("true", "1") for name in names)


def _read_json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise HostError(f"{file} is missing: an app folder holds function_app.py and host.json") from None
    except (OSError, ValueError) as error:
        raise HostError(f"{file} cannot be read as JSON: {error}") from error
    if not isinstance(content, dict):
        raise HostError(f"{file} must hold a JSON object")
    return content


def _section(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = parent.get(name, {})
    if not isinstance(section, dict):
        raise HostError(f'host.json or local.settings.json: "{name}" must be an object')
    return section


def _whole(value: object, name: str, low: int, high: int) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise HostError(f'{name} is "{value}"; it must be a whole number') from None
    if not low <= number <= high:
        raise HostError(f"{name} is {number}; it must be from {low} to {high}")
    return number


def process_environment() -> MutableMapping[str, str]:
    """The environment of this process, which the app's own code reads too."""
    return os.environ
