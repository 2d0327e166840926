"""Configuration, keys and the shapes of messages: what needs no running host."""

import json
from pathlib import Path

import pytest

from local.host.app_model import function_from
from local.host.errors import HostError
from local.host.http_model import HttpRequest
from local.host.keys import Keys, Level, keys_from
from local.host.outputs import messages_of
from local.host.queue_message import body_of, trigger_value
from local.host.settings import NO_LIMIT_S, expand, is_disabled, load_settings, queue_settings, timespan_s
from local.host.storage import Storage, queue_name_of

TRIGGER = {"name": "m", "type": "queueTrigger", "direction": "IN", "queueName": "q"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:00:05", 5.0),
        ("1.02:03:04", 93784.0),
        ("00:00:00.250", 0.25),
        ("00:10", 600.0),
        ("-1", NO_LIMIT_S),
    ],
)
def test_timespan(text: str, seconds: float) -> None:
    assert timespan_s(text, "x") == seconds


@pytest.mark.parametrize("text", ["", "5", "x", "00:00:05Z", None])
def test_what_is_no_timespan_is_refused(text: object) -> None:
    with pytest.raises(HostError, match="hh:mm:ss"):
        timespan_s(text, "functionTimeout")


def test_defaults_are_the_hosts(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    settings = load_settings(tmp_path, {})
    assert (settings.queues.batch_size, settings.queues.new_batch_threshold) == (16, 8)
    assert (settings.queues.max_dequeue_count, settings.lease_s) == (5, 600)
    assert (settings.route_prefix, settings.function_timeout_s) == ("api", 1800.0)


@pytest.mark.parametrize(
    "section",
    [
        {"batchSize": 33},
        {"batchSize": 0},
        {"maxDequeueCount": "x"},
        {"messageEncoding": "hex"},
        {"batchSize": None},
    ],
)
def test_queue_options_out_of_range_are_refused(section: dict[str, object]) -> None:
    with pytest.raises(HostError, match="queues"):
        queue_settings(section)


@pytest.mark.parametrize("text", ["", "[]", '{"version": "1.0"}', '{"version": "2.0", "extensions": 1}'])
def test_broken_host_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "host.json").write_text(text)
    with pytest.raises(HostError, match=r"host\.json"):
        load_settings(tmp_path, {})


def test_environment_wins_over_local_settings(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    (tmp_path / "local.settings.json").write_text(json.dumps({"Values": {"A": "file", "B": 2}}))
    environment = {"A": "environment"}
    load_settings(tmp_path, environment)
    assert environment == {"A": "environment", "B": "2"}


def test_expansion_names_the_missing_setting() -> None:
    assert expand("a-%X%-%Y%", {"X": "1", "Y": "2"}, "w") == "a-1-2"
    with pytest.raises(HostError, match="queue of function f needs the setting X"):
        expand("%X%", {}, "queue of function f")


def test_disabled_by_setting() -> None:
    assert is_disabled("f", {"AzureWebJobs.f.Disabled": "TRUE"})
    assert is_disabled("f", {"AzureWebJobs__f__Disabled": "1"})
    assert not is_disabled("f", {"AzureWebJobs.f.Disabled": "false", "AzureWebJobs.g.Disabled": "true"})


@pytest.mark.parametrize("name", ["ab", "Q_x", "a--b", "-ab", "a" * 57, "{dynamic}"])
def test_name_that_storage_would_refuse_is_refused(name: str) -> None:
    with pytest.raises(HostError, match="no queue name"):
        queue_name_of({"queueName": name}, {}, "x")


def test_connection_setting_is_found_with_and_without_prefix() -> None:
    storage = Storage({"AzureWebJobsMine": "text", "Other": "UseDevelopmentStorage=true"})
    assert storage.connection_string("Mine") == "text"
    assert "127.0.0.1:10001" in storage.connection_string("Other")
    with pytest.raises(HostError, match="Missing is missing"):
        storage.connection_string("Missing")


@pytest.mark.parametrize(
    "bindings",
    [
        [{"name": "b", "type": "blobTrigger", "direction": "IN"}],
        [TRIGGER, {"name": "t", "type": "table", "direction": "OUT"}],
        [TRIGGER, {"name": "q", "type": "queue", "direction": "IN"}],
        [{"name": "q", "type": "queue", "direction": "OUT"}],
    ],
)
def test_binding_that_is_not_played_is_refused(bindings: list[object]) -> None:
    with pytest.raises(HostError, match="function f"):
        function_from("f", "id", bindings, disabled=False)


@pytest.mark.parametrize(
    ("value", "messages"),
    [
        ("text", [b"text"]),
        (b"[1]", [b"[1]"]),
        ('{"a":1}', [b'{\n  "a": 1\n}']),
        ('["a", {"b": 1}]', [b"a", b'{\n  "b": 1\n}']),
        ("[no json", [b"[no json"]),
    ],
)
def test_output_value_is_split_as_the_host_does(value: str | bytes, messages: list[bytes]) -> None:
    assert messages_of(value) == messages


def test_message_body() -> None:
    assert body_of("aGk=", base64_encoded=True) == b"hi"
    assert body_of("hi!", base64_encoded=True) is None
    assert body_of("é", base64_encoded=True) is None
    assert body_of("hi!", base64_encoded=False) == b"hi!"
    assert trigger_value(b"\xff") == (b"\xff", "bytes")
    assert trigger_value(b"hi") == ("hi", "string")


def test_level_of_a_key() -> None:
    keys = Keys("function-key", "master-key")
    assert keys.level_of({"x-functions-key": "master-key"}, {}) is Level.ADMIN
    assert keys.level_of({}, {"code": "function-key"}) is Level.FUNCTION
    assert keys.level_of({"x-functions-key": ""}, {"code": "function-key"}) is Level.ANONYMOUS
    assert keys.level_of({"x-functions-key": "é"}, {}) is Level.ANONYMOUS
    assert keys.level_of({}, {}) is Level.ANONYMOUS


def test_empty_key_settings_do_not_open_the_host() -> None:
    keys = keys_from({"LOCAL_MASTER_KEY": "", "LOCAL_FUNCTIONS_KEY": ""})
    assert len(keys.master) > 20
    assert len(keys.functions) > 20


def test_query_of_a_request() -> None:
    request = HttpRequest("GET", "http://x", "/a%20b?x=1&y=%20&x=2&z#no")
    assert request.path == "/a%20b"
    assert request.query == {"x": "1,2", "y": " ", "z": ""}


def test_settings_override_host_json_whatever_the_case_of_their_names(tmp_path: Path) -> None:
    queues = {"extensions": {"queues": {"visibilityTimeout": "00:00:30", "batchSize": 4}}}
    (tmp_path / "host.json").write_text(json.dumps({"version": "2.0", **queues}))
    environment = {
        "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:01",
        "AZUREFUNCTIONSJOBHOST__EXTENSIONS__QUEUES__BATCHSIZE": "8",
        "AzureFunctionsJobHost__extensions__http__routePrefix": "other",
    }
    settings = load_settings(tmp_path, environment)
    assert (settings.queues.visibility_timeout_s, settings.queues.batch_size) == (1.0, 8)
    assert settings.route_prefix == "other"


def test_a_setting_that_overrides_below_a_value_is_refused(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    with pytest.raises(HostError, match="no object"):
        load_settings(tmp_path, {"AzureFunctionsJobHost__version__x": "1"})
