"""The entry point: checks the settings, registers the blueprints; nothing else."""

from __future__ import annotations

import os

import azure.functions as func

from functions import (
    api,
    availability,
    compares,
    conflicts,
    connection,
    coupling,
    history,
    matching,
    previews,
    problems,
    queues,
    setup,
    site,
    timers,
    webhooks,
)
from shared_code.compose import check_settings

check_settings(os.environ)

app = func.FunctionApp()
for module in (
    timers,
    queues,
    api,
    availability,
    coupling,
    matching,
    previews,
    problems,
    conflicts,
    connection,
    history,
    compares,
    webhooks,
    setup,
    site,
):
    app.register_functions(module.blueprint)
