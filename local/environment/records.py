"""The records both simulated systems begin with, laid out as folders they can load."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.dev.places import ROOT
from local.environment.options import Options
from local.generate import PUBLISHED, Wanted, write

SALES = ROOT / "local" / "data" / "sales"
CLIENT_ID = "7a3d1c52-4f0e-4a57-9d0b-3c1f5a2e6b10"
"""Tandem's app registration in the simulated tenant."""
ADMINISTRATOR_CLIENT_ID = "0e6c8f1b-92d4-4c3e-8a75-d1b2f4690c3a"
"""The registration that stands for the administrator who prepares the Sales organisation."""
_UNITS = {"uomschedules": "uomschedules", "uoms": "uoms"}
_SETS = {
    "overlap": {"accounts": "overlap_accounts", "contacts": "overlap_contacts"},
    "products": {**_UNITS, "products": "overlap_products"},
    "samples": {
        "accounts": "accounts", "contacts": "contacts", **_UNITS, "products": "products",
        "pricelevels": "pricelevels", "productpricelevels": "productpricelevels",
        "opportunities": "opportunities",
    },
}  # fmt: skip
_ALWAYS = {
    "systemusers": ("systemusers", "overlap_systemusers"),
    "territories": ("territories",),
    "transactioncurrencies": ("transactioncurrencies",),
}
type Record = dict[str, Any]


def business_central_folder(options: Options, scratch: Path) -> Path:
    """Where Business Central's records are: the published ones, or generated ones in ``scratch``."""
    if options.records is None:
        return PUBLISHED
    wanted = options.records
    folder = scratch / "business_central"
    write(Wanted(wanted.customers, wanted.contacts, wanted.seed), folder)
    return folder


def company_entries(names: Sequence[str]) -> list[Record]:
    """The published companies of these names, in their order. Raises ValueError for an unknown one."""
    published = json.loads((PUBLISHED / "companies.json").read_text("utf-8"))
    known = {each["name"]: each for each in published if (PUBLISHED / each["dataFolder"]).is_dir()}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"there are no records of the companies {unknown}; there are {sorted(known)}")
    return [known[name] for name in names]


def companies_setting(names: Sequence[str]) -> str:
    """The app setting that names the companies: ``cronus`` for the main one, else the name of its folder."""
    short = {".": "cronus"}
    return ",".join(
        f"{short.get(each['dataFolder']) or Path(each['dataFolder']).name}={each['id']}"
        for each in company_entries(names)
    )


def sales_folder(options: Options, folder: Path) -> list[str]:
    """Fills ``folder`` with one file for each table and returns the files' names."""
    folder.mkdir(parents=True)
    sources = {table: list(files) for table, files in _ALWAYS.items()}
    for chosen in options.sales:
        for table, file in _SETS[chosen].items():
            files = sources.setdefault(table, [])
            files += [file] if file not in files else []
    for table, files in sources.items():
        records = [clean(record) for file in files for record in _read(file)]
        if table == "systemusers":
            records = [licensed(record) for record in records]
        (folder / f"{table}.json").write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    return [f"{table}.json" for table in sources]


def clean(record: Record) -> Record:
    """A record without the notes on where it was derived from."""
    return {name: value for name, value in record.items() if name != "@derived"}


def licensed(user: Record) -> Record:
    """A user who may be a salesperson."""
    return {**user, "islicensed": True, "isintegrationuser": False}


def _read(file: str) -> list[Record]:
    records: list[Record] = json.loads((SALES / f"{file}.json").read_text("utf-8"))
    return records
