"""What can be varied about a local environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.dev.places import ROOT
from local.environment.scope import WHOLE, Scope

COMPANY = "CRONUS International Ltd."
"""The main company of the published records."""
MOST_HOSTS = 8
FAULTY = frozenset({"bc", "sales", "entra"})
SALES_RECORDS = frozenset({"overlap", "products", "samples"})


@dataclass(frozen=True, slots=True)
class Generated:
    """Instead of the main company's published customers and contacts: as many as wanted, the same by seed.

    ``contacts`` counts persons; each customer has its company contact besides.
    """

    customers: int
    contacts: int
    seed: int = 0


@dataclass(frozen=True)
class Options:
    """One environment. Raises ValueError for what makes no sense.

    ``hosts`` functions hosts run the same ``app``, named host-1, host-2 and so on; with none only the outside
    world is there. ``companies`` are names of the published companies; the first is the one people work in.
    ``scope`` is what is synchronised, and whether Business Central has Tandem's extension.
    ``records`` None means the published ones. ``sales`` names the record sets loaded into Sales: ``overlap``
    (accounts and contacts made from the main company, for matching), ``products`` (products made from its
    items) and ``samples`` (everything Microsoft publishes); users, territories and currencies are always
    there. ``bulk`` is whether Sales has CreateMultiple and UpdateMultiple. ``option_values`` adds an option
    for each payment term, shipment method and shipping agent, as an administrator would.
    ``faults`` holds a fault plan for each of bc, sales, entra, in force once all is up.
    ``webhooks`` gives the app its address. ``lease_s`` is how long the work of a host that died stays hidden.
    ``storage_faults`` puts a proxy between the hosts and storage, through which storage can be made to fail;
    with ``longest_delay_s`` it also cuts short how long new messages are delayed.
    ``identity`` is the way of Azure: no key and no secret; storage takes tokens over TLS, and the hosts prove
    who they are with a managed identity that the simulated Entra gives them.
    ``host_python`` and ``host_home``: what runs the hosts, and the folder that holds ``local.host``;
    ``host_options`` are further ones of its command line.
    ``app_settings`` are further settings of the app and win over those made here. ``connected``: the app
    knows both systems from its settings, else they are named in the setup guide. ``prepared``: an
    administrator has done in Sales what the setup guide does, else it is as Microsoft delivers it.
    ``label`` begins the names of the processes, for several environments in one supervision.
    """

    hosts: int = 1
    app: Path = ROOT
    companies: tuple[str, ...] = (COMPANY,)
    scope: Scope = WHOLE
    records: Generated | None = None
    sales: tuple[str, ...] = ("overlap",)
    bulk: bool = True
    option_values: bool = True
    webhooks: bool = False
    webhook_delay_s: float = 1.0
    look_back_s: float = 600.0
    settle_s: float = 1200.0
    lease_s: int = 10
    faults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    storage_faults: bool = False
    longest_delay_s: int | None = None
    identity: bool = False
    host_python: Path = Path(sys.executable)
    host_home: Path = ROOT
    host_options: tuple[str, ...] = ()
    app_settings: Mapping[str, str] = field(default_factory=dict)
    verbose: bool = False
    label: str = ""
    connected: bool = True
    prepared: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.hosts <= MOST_HOSTS:
            raise ValueError(f"hosts must be between 0 and {MOST_HOSTS}")
        if not self.companies:
            raise ValueError("companies must name at least one company")
        if unknown := set(self.sales) - SALES_RECORDS:
            raise ValueError(f"sales names unknown records {sorted(unknown)}; known: {sorted(SALES_RECORDS)}")
        if unknown := set(self.faults) - FAULTY:
            raise ValueError(f"faults names unknown systems {sorted(unknown)}; known: {sorted(FAULTY)}")
        if self.longest_delay_s is not None and not (self.storage_faults and self.longest_delay_s >= 0):
            raise ValueError("longest_delay_s must not be negative and needs storage_faults")
        if self.identity and self.storage_faults:
            raise ValueError("identity needs storage over TLS, which storage_faults cannot stand before")
        if self.webhooks and not self.hosts:
            raise ValueError("webhooks need a host that receives them")
