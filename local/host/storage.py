"""Storage clients from connection settings, as the real host reads them.

Either a connection string, of which ``UseDevelopmentStorage=true`` means the storage emulator on its default
ports, or the settings of an identity-based connection: ``<name>__queueServiceUri``,
``<name>__tableServiceUri`` and ``<name>__credential=managedidentity`` with ``<name>__clientId`` (Microsoft
docs: azure-functions/functions-reference.md, identity-based connections).  A connection string wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError
from azure.data.tables import TableClient, TableServiceClient
from azure.storage.queue import QueueClient, QueueServiceClient

from local.host.errors import HostError, one_line
from local.host.settings import expand

DEFAULT_CONNECTION = "AzureWebJobsStorage"
_QUEUE_NAME = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")
_POISON_SUFFIX = "-poison"
_EMULATOR = (
    # the emulator's account and key are public, see Microsoft docs: storage/common/storage-use-azurite.md
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey="
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
    "QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
    "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"
)
_TRANSPORT: dict[str, Any] = {
    "connection_timeout": 5,
    "read_timeout": 30,
    "retry_total": 2,
    "initial_backoff": 1,
    "increment_base": 2,
}
_PROBE: dict[str, Any] = {"connection_timeout": 3, "read_timeout": 5, "retry_total": 0}


class Storage:
    """Makes clients for the connections that the app's bindings name."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._services: dict[str, QueueServiceClient] = {}

    def queue(self, connection: str, queue_name: str) -> QueueClient:
        """A client of ``queue_name`` (already expanded); raises HostError for an unusable connection."""
        name = connection or DEFAULT_CONNECTION
        if name not in self._services:
            self._services[name] = self._queue_service(name, _TRANSPORT)
        return self._services[name].get_queue_client(queue_name.lower())

    def table(self, table_name: str) -> TableClient:
        """A client of a table of the host's own storage (``AzureWebJobsStorage``)."""
        name = DEFAULT_CONNECTION
        try:
            if address := self._address(name, "table"):
                service = TableServiceClient(address, credential=self._identity(name), **_TRANSPORT)
            else:
                service = TableServiceClient.from_connection_string(
                    self.connection_string(name), **_TRANSPORT
                )
        except ValueError as error:
            raise _malformed(name, error) from error
        return service.get_table_client(table_name)

    def _queue_service(self, name: str, options: Mapping[str, Any]) -> QueueServiceClient:
        try:
            if address := self._address(name, "queue"):
                return QueueServiceClient(address, credential=self._identity(name), **options)
            return QueueServiceClient.from_connection_string(self.connection_string(name), **options)
        except ValueError as error:
            raise _malformed(name, error) from error

    def _address(self, name: str, service: str) -> str:
        """Where a service of an identity-based connection is; blank for a connection string."""
        if self._environment.get(name):
            return ""
        return self._environment.get(f"{name}__{service}ServiceUri", "")

    def _identity(self, name: str) -> TokenCredential:
        from azure.identity import ManagedIdentityCredential  # slow

        kind = self._environment.get(f"{name}__credential", "")
        if kind.lower() != "managedidentity":
            raise HostError(f'{name}__credential is "{kind}"; the local host knows managedidentity')
        return ManagedIdentityCredential(client_id=self._environment.get(f"{name}__clientId") or None)

    def connection_string(self, name: str) -> str:
        """The connection string a binding's ``connection`` means; HostError when there is none."""
        for setting in (name, f"AzureWebJobs{name}"):
            if self._environment.get(setting):
                text = self._environment[setting].strip()
                is_emulator = text.rstrip(";").lower() == "usedevelopmentstorage=true"
                return _EMULATOR if is_emulator else text
        if any(key.startswith(f"{name}__") for key in self._environment):
            raise HostError(
                f"the identity-based connection {name} is incomplete: set {name}__queueServiceUri and "
                f"{name}__tableServiceUri, or {name} to a connection string"
            )
        raise HostError(
            f"the connection setting {name} is missing: set it to a connection string in the environment "
            "or under Values in local.settings.json"
        )

    def require_reachable(self, connection: str) -> None:
        """Raise HostError unless the queue service of ``connection`` answers."""
        name = connection or DEFAULT_CONNECTION
        try:
            with self._queue_service(name, _PROBE) as service:
                next(iter(service.list_queues(results_per_page=1)), None)
        except AzureError as error:
            raise HostError(
                f"the storage of the connection {name} does not answer as it should: is the storage emulator "
                f"running? ({brief(error)})"
            ) from error


def queue_name_of(binding: Mapping[str, Any], environment: Mapping[str, str], where: str) -> str:
    """The queue that a binding means; HostError for a missing setting or a name storage would refuse."""
    name = expand(str(binding.get("queueName", "")), environment, where).lower()
    if _QUEUE_NAME.fullmatch(name) is None or not 3 <= len(name) <= 63 - len(_POISON_SUFFIX):
        raise HostError(
            f'{where}: "{name}" is no queue name: 3 to 56 letters, digits and single hyphens, '
            f"so that {_POISON_SUFFIX} fits behind it"
        )
    return name


def poison_name_of(queue_name: str) -> str:
    """The queue that takes the messages ``queue_name`` could not process."""
    return queue_name + _POISON_SUFFIX


def brief(error: BaseException) -> str:
    """An SDK error in a few words, for a log line."""
    return error_code(error) or one_line(str(error))[:200]


def _malformed(name: str, error: Exception) -> HostError:
    return HostError(
        f"the connection setting {name} is neither a storage connection string nor an address: {error}"
    )


def error_code(error: BaseException) -> str:
    """The storage service's code of an SDK error, or an empty string."""
    code = getattr(error, "error_code", "") or ""
    return str(getattr(code, "value", code))
