"""A stand-in for the product's function app: health, a page, a timer, and the settings it was given."""

import json
import os

import azure.functions as func
from azure.data.tables import TableClient, TableServiceClient

STORAGE = "AzureWebJobsStorage"
app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="health", methods=["GET"])
def health(req: func.HttpRequest) -> func.HttpResponse:
    """Alive, in which process."""
    return _json({"status": "ok", "pid": os.getpid()})


@app.route(route="echo", methods=["POST"])
def echo(req: func.HttpRequest) -> func.HttpResponse:
    """What was sent."""
    return _json(req.get_json())


@app.route(route="runs", methods=["GET"])
def runs(req: func.HttpRequest) -> func.HttpResponse:
    """The runs of the timer that storage knows of."""
    return _json([row["RowKey"] for row in _table().list_entities()])


@app.timer_trigger(schedule="0 0 3 1 1 *", arg_name="tick")
def nightly(tick: func.TimerRequest) -> None:
    """Leaves a row in storage."""
    _table().upsert_entity({"PartitionKey": "runs", "RowKey": str(os.getpid())})


def _table() -> TableClient:
    service = TableServiceClient.from_connection_string(os.environ[STORAGE])
    return service.create_table_if_not_exists("runs")


def _json(body: object) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(body), mimetype="application/json")
