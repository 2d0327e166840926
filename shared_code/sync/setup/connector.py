"""What the setup guide asks of the outside: the settings in force, and systems that are not connected yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared_code.systems.dataverse_installer import Installer
from shared_code.systems.device_sign_in import Begun
from shared_code.systems.interface import SystemFault

__all__ = ["CompanyFound", "Connector", "SettingsRefused", "SystemFault", "Unconnectable"]


@dataclass(frozen=True, slots=True)
class CompanyFound:
    """A company that Business Central offers."""

    id: str
    name: str


class SettingsRefused(ValueError):
    """The settings cannot be used; the text names the first that is wrong and what to do."""


class Connector(Protocol):
    """How the guide reaches settings and systems."""

    def settings(self) -> Mapping[str, str]:
        """The connection's settings in force, by name; blank where there is none."""

    def fixed(self) -> frozenset[str]:
        """The names that the app's own settings decide: they cannot be changed here."""

    def store(self, changes: Mapping[str, str], *, only_check: bool = False) -> None:
        """Keep changed settings.  Raises ``SettingsRefused``; nothing is kept then."""

    def ask_sales(self, url: str) -> Mapping[str, str]:
        """Who an organisation is.  Raises ``SystemFault``, or ``SettingsRefused`` for another address."""

    def companies(self, environment: str) -> Sequence[CompanyFound]:
        """The companies of an environment of Business Central.  Raises ``SystemFault``."""

    def client_id(self) -> str:
        """The application that synchronises."""

    def signs_in_by_key(self) -> bool:
        """Whether Business Central is asked as a user with a web service access key, and not by OAuth."""

    def begin_sign_in(self, url: str) -> Begun:
        """A code by which an administrator of an organisation signs in.  Raises as ``ask_sales`` does."""

    def installer(self, url: str, device_code: str) -> Installer | None:
        """The organisation as that person, once; None while nobody has signed in.  Raises ``SystemFault``."""


class Unconnectable:
    """Where there is no guide: everything was decided when the parts were made."""

    def settings(self) -> Mapping[str, str]:
        return {}

    def fixed(self) -> frozenset[str]:
        return frozenset()

    def store(self, changes: Mapping[str, str], *, only_check: bool = False) -> None:
        raise SettingsRefused("The settings are fixed here.")

    def ask_sales(self, url: str) -> Mapping[str, str]:
        raise SettingsRefused("The settings are fixed here.")

    def companies(self, environment: str) -> Sequence[CompanyFound]:
        raise SettingsRefused("The settings are fixed here.")

    def client_id(self) -> str:
        return ""

    def signs_in_by_key(self) -> bool:
        return False

    def begin_sign_in(self, url: str) -> Begun:
        raise SettingsRefused("The settings are fixed here.")

    def installer(self, url: str, device_code: str) -> Installer | None:
        raise SettingsRefused("The settings are fixed here.")
