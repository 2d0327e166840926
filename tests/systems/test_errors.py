"""What a service's refusal means."""

import pytest

from shared_code.systems import errors, interface
from shared_code.systems.errors import ServiceError, service_error
from shared_code.systems.interface import Exists, Gone, Moved, NotDone, OutcomeUnknown, Refused

ROW = "11111111-2222-3333-4444-555555555555"


def test_the_correlation_id_is_not_part_of_the_message() -> None:
    body = b'{"error":{"code":"X","message":"Wrong name.  CorrelationId:  0f72f0c3."}}'
    assert service_error(400, {}, body) == ServiceError(400, "X", "Wrong name.")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": 1}', None, {"error": None}])
def test_an_unreadable_error_is_an_error_without_words(body: object) -> None:
    assert service_error(500, {}, body) == ServiceError(500)


def test_a_gateways_xml_gives_its_code() -> None:
    body = b'<error xmlns="x"><code>NoEnvironment</code><message>m</message></error>'
    error = service_error(404, {}, body)
    assert error.code == "NoEnvironment"
    assert isinstance(errors.fault(error, "x"), interface.SettingWrong)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("0x80060888", "Import Tandem's solution"),
        ("BadRequest_ResourceNotFound", "Publish Tandem's extension"),
    ],
)
def test_a_table_that_is_not_there_is_no_matter_of_the_whole_connection(code: str, remedy: str) -> None:
    found = errors.fault(ServiceError(404, code, "Resource not found for the segment 'x'."), "reading")
    assert type(found) is interface.TableMissing
    assert remedy in str(found)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "0x80044352", interface.CursorExpired),
        (410, "0x80044352", interface.CursorExpired),
        (429, "", interface.Throttled),
        (400, "0x80072322", interface.Throttled),
        (403, "0x80040220", interface.AccessDenied),
        (503, "", interface.SystemUnavailable),
        (400, "BadRequest", interface.SettingWrong),
        (404, "BadRequest_ResourceNotFound", interface.SettingWrong),
    ],
)
def test_faults_go_by_code_first_then_by_status(status: int, code: str, kind: type) -> None:
    assert type(errors.fault(ServiceError(status, code), "reading")) is kind


@pytest.mark.parametrize(
    ("error", "creating", "result"),
    [
        (ServiceError(409, "Request_EntityChanged"), False, Moved),
        (ServiceError(400, "Request_EntityChanged"), False, Moved),
        (ServiceError(404, "Internal_RecordNotFound"), False, Gone),
        (ServiceError(404, ""), False, Gone),
        (ServiceError(404, "BadRequest_ResourceNotFound"), False, Refused),
        (ServiceError(400, "Internal_EntityWithSameKeyExists"), True, Exists),
        (ServiceError(409, "Internal_EntityWithSameKeyExists"), False, Refused),
        (ServiceError(429, "Application_TooManyRequests"), True, NotDone),
        (ServiceError(503, ""), True, NotDone),
        (ServiceError(504, ""), True, OutcomeUnknown),
        (ServiceError(400, "Application_StringExceededLength"), False, Refused),
    ],
)
def test_business_central_results(error: ServiceError, creating: bool, result: type) -> None:
    assert type(errors.business_central_result(error, creating=creating)) is result


@pytest.mark.parametrize(
    ("error", "creating", "binds", "result"),
    [
        (ServiceError(412, "0x80060882"), False, False, Moved),
        (ServiceError(412, ""), False, False, Moved),
        (ServiceError(412, "0x80040237"), True, False, Exists),
        (ServiceError(404, "0x80040217", f"account With Id = {ROW} Does Not Exist"), False, True, Gone),
        (ServiceError(404, "0x80040217", "Entity 'x' With Id = other Does Not Exist"), False, True, Refused),
        (ServiceError(404, "0x80040217", ""), False, False, Gone),
        (ServiceError(400, "0x80072322"), False, False, NotDone),
        (ServiceError(400, "0x80040265", "No."), False, False, Refused),
    ],
)
def test_dataverse_results(error: ServiceError, creating: bool, binds: bool, result: type) -> None:
    assert type(errors.dataverse_result(error, ROW, creating=creating, binds=binds)) is result


def test_a_lookup_target_that_is_missing_is_not_taken_for_the_row_being_deleted() -> None:
    error = ServiceError(404, "0x80040217", "transactioncurrency With Id = 9 Does Not Exist")
    assert errors.dataverse_result(error, ROW, creating=False, binds=True) == Refused(
        error.code, error.message
    )


def test_chunks_that_failed_as_a_whole_give_each_record_its_result() -> None:
    throttled = interface.Throttled("wait", 9)
    assert errors.results_of([(1, [Moved()]), (2, throttled)]) == [
        Moved(),
        NotDone(9, "wait"),
        NotDone(9, "wait"),
    ]


def test_nothing_but_failed_chunks_is_a_fault() -> None:
    with pytest.raises(interface.AccessDenied):
        errors.results_of([(2, interface.AccessDenied("no"))])


def test_nothing_to_do_is_no_fault() -> None:
    assert errors.results_of([]) == []
