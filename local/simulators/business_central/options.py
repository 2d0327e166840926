"""How a simulated environment is set up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


class Lacking(Collection[str]):
    """The entity sets a right was given for (None: all) without those it is ``denied`` for just now."""

    def __init__(self, given: Collection[str] | None, denied: Callable[[str], bool]) -> None:
        self._given = given
        self._denied = denied

    def __contains__(self, name: object) -> bool:
        return (self._given is None or name in self._given) and not self._denied(str(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._given or ())

    def __len__(self) -> int:
        return len(self._given or ())


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a user may read and write: names of entity types, None for all."""

    read: Collection[str] | None = None
    write: Collection[str] | None = None


@dataclass
class Options:
    """The environment.  ``users`` maps client ids (and principal names of persons) to permissions; None
    admits everybody whose token is good.  ``rights`` is what was said of users at run time; it goes first.
    ``extension``: Tandem's own API is installed.  ``own_pages`` are the API pages of the company's own
    extensions, by ``<publisher>/<group>/<version>/<set>``, said as the files in ``schema/`` say theirs.
    ``instance``: the name of the server instance of a server of one's own, blank for Business Central online;
    ``web_service_keys`` are its users' keys, ``api_services`` whether its APIs are switched on.
    Times in seconds.  Changed at run time through the control routes.
    """

    tenant_id: str
    environment: str = "production"
    version: int = 26
    tenant_domain: str = ""
    users: Mapping[str, Permissions] | None = None
    rights: dict[str, Permissions] = field(default_factory=dict)
    scheme: str = "https"
    control: bool = False
    extension: bool = False
    instance: str = ""
    web_service_keys: Mapping[str, str] = field(default_factory=dict)
    api_services: bool = True
    own_pages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    replica_lag_s: float = 0.0
    late_commit_s: float = 0.0
    latency_s: float = 0.0
    request_limit: int = 6_000
    window_s: float = 300.0
    running_limit: int = 5
    queue_limit: int = 95
    queue_wait_s: float = 480.0
    retry_after: bool = True
    batch_parts_counted: bool = False
    delete_needs_if_match: bool = True
    max_url_chars: int = 8_192
    max_body_bytes: int = 350 * 1024 * 1024
    webhook_delay_s: float = 30.0
    webhook_collection_threshold: int = 1_000
    webhook_subscription_limit: int = 200
    webhook_lifetime_s: float = 3 * 86_400.0
    webhook_timeout_s: float = 30.0
    handshake_timeout_s: float = 5.0
