"""Each import arrow: one made-up file that keeps it and one that breaks it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.checks.arrows import find
from tools.checks.sources import ROOT

type Plant = Callable[[str, str], Path]

KEPT = [
    ("function_app.py", "import azure.functions as func\nfrom shared_code.compose import compose\n"),
    ("function_app.py", "import logging\nfrom functions.timers import blueprint\n"),
    ("functions/timers.py", "from shared_code.sync.detect import detect\nfrom shared_code import compose\n"),
    (
        "shared_code/compose.py",
        "import os, requests\nfrom shared_code.systems import http\nimport threading\n",
    ),
    (
        "shared_code/sync/detect.py",
        "from shared_code.core import reconcile\nfrom ..systems import interface\n",
    ),
    ("shared_code/sync/detect.py", "from shared_code.runtime import Runtime\n"),
    ("shared_code/sync/detect.py", "def f(runtime, time):\n    return runtime.now() + time.time()\n"),
    ("shared_code/sync/detect.py", "import datetime as d\nx = d.datetime.fromtimestamp(0, d.UTC)\n"),
    (
        "shared_code/systems/http.py",
        "import requests\nfrom azure.identity import X\nfrom ..core import records\n",
    ),
    (
        "shared_code/store/tables.py",
        "from azure.data.tables import TableClient\nfrom uuid import UUID, uuid5\n",
    ),
    (
        "shared_code/core/records.py",
        "import re, uuid\nfrom .fields import F\nx = uuid.uuid5(uuid.NAMESPACE_DNS, '')\n",
    ),
    ("shared_code/core/records.py", "import re\nfrom datetime import time\nx = re.compile('a')\n"),
    ("shared_code/runtime.py", "import random, time, uuid, threading\nx = uuid.uuid4()\n"),
    ("shared_code/core/__init__.py", "from . import records\n"),
    ("local/host.py", "import shared_code.core, threading, tests\n"),
]

BROKEN = [
    ("function_app.py", "from shared_code.sync import detect\n", "function_app may not import"),
    ("function_app.py", "import local.demo\n", "not deployed"),
    ("functions/timers.py", "from shared_code.store import tables\n", "functions may not import"),
    ("functions/timers.py", "import requests\n", "the package requests"),
    ("shared_code/compose.py", "from tests import helpers\n", "not deployed"),
    ("shared_code/settings.py", "def f():\n    import benchmarks.run\n", "not deployed"),
    ("shared_code/sync/detect.py", "from shared_code import compose\n", "may not import shared_code.compose"),
    ("shared_code/sync/detect.py", "from functions import timers\n", "may not import functions.timers"),
    ("shared_code/sync/detect.py", "import requests\n", "the package requests"),
    (
        "shared_code/systems/http.py",
        "from shared_code.store import tables\n",
        "may not import shared_code.store",
    ),
    ("shared_code/systems/http.py", "from ..sync import detect\n", "may not import shared_code.sync"),
    ("shared_code/systems/http.py", "from azure.data.tables import X\n", "the package azure.data.tables"),
    (
        "shared_code/store/tables.py",
        "from shared_code.systems import http\n",
        "may not import shared_code.systems",
    ),
    ("shared_code/store/tables.py", "import shared_code\n", "may not import shared_code"),
    (
        "shared_code/core/records.py",
        "from shared_code.runtime import Runtime\n",
        "may not import shared_code.runtime",
    ),
    ("shared_code/core/records.py", "import requests\n", "the package requests"),
    ("shared_code/core/records.py", "import os\n", "pure and may not import os"),
    ("shared_code/core/records.py", "import socket\n", "pure and may not import socket"),
    ("shared_code/core/records.py", "import urllib.request\n", "pure and may not import urllib.request"),
    ("shared_code/core/records.py", "def f():\n    return open('x')\n", "pure and may not use open"),
    ("shared_code/core/__init__.py", "from .. import sync\n", "may not import shared_code.sync"),
    (
        "shared_code/mappings/load.py",
        "from shared_code.store import tables\n",
        "may not import shared_code.store",
    ),
    (
        "shared_code/web/pages.py",
        "from shared_code.store import tables\n",
        "may not import shared_code.store",
    ),
    ("shared_code/other.py", "from shared_code.store import tables\n", "may not import shared_code.store"),
    ("shared_code/sync/detect.py", "x = __import__('requests')\n", "hides an import"),
    ("shared_code/sync/detect.py", "import importlib\nx = importlib.import_module('y')\n", "hides an import"),
]

OF_THE_WORLD = [
    "import threading\n",
    "import time\n",
    "from time import sleep\n",
    "import random as r\n",
    "import concurrent.futures\n",
    "from concurrent.futures import ThreadPoolExecutor\n",
    "import asyncio\n",
    "import uuid as u\nx = u.uuid4()\n",
    "from uuid import uuid4 as new\n",
    "from uuid import *\n",
    "from dataclasses import field\nimport uuid\nx = field(default_factory=uuid.uuid4)\n",
    "import datetime\nx = datetime.datetime.now()\n",
    "from datetime import datetime as d\nx = d.utcnow()\n",
    "from datetime import date\nx = date.today()\n",
    "import os\nx = os.urandom(4)\n",
]


@pytest.mark.parametrize(("file", "text"), KEPT)
def test_an_import_along_the_arrows_is_accepted(plant: Plant, file: str, text: str) -> None:
    assert list(find(plant(file, text))) == []


@pytest.mark.parametrize(("file", "text", "rule"), BROKEN)
def test_an_import_against_the_arrows_is_found(plant: Plant, file: str, text: str, rule: str) -> None:
    assert any(rule in violation.rule for violation in find(plant(file, text)))


@pytest.mark.parametrize("layer", ["sync", "systems", "store", "core", "mappings", "web"])
@pytest.mark.parametrize("text", OF_THE_WORLD)
def test_what_the_runtime_gives_is_not_taken_by_a_layer_itself(plant: Plant, layer: str, text: str) -> None:
    found = list(find(plant(f"shared_code/{layer}/x.py", text)))
    assert any("the Runtime gives" in one.rule or "random ids" in one.rule for one in found)


def test_a_violation_names_file_line_and_rule(plant: Plant) -> None:
    root = plant("shared_code/sync/detect.py", "import json\n\nimport time\n")
    assert [str(one) for one in find(root)] == [
        "shared_code/sync/detect.py:3: shared_code.sync may not use time: "
        "the Runtime gives clock, chance, ids and threads"
    ]


def test_the_command_fails_when_an_arrow_is_broken(plant: Plant) -> None:
    root = plant("shared_code/core/x.py", "import os\n")
    done = subprocess.run(
        [sys.executable, "-m", "tools.checks.arrows", str(root)], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout[:27]) == (1, "shared_code/core/x.py:1: sh")
