"""What the host knows of one function: its name, trigger and bindings, as the worker indexed them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.host.errors import HostError

TRIGGERS = ("httpTrigger", "queueTrigger", "timerTrigger")
OUTPUTS = ("http", "queue")


@dataclass(frozen=True, slots=True)
class Function:
    """One indexed function; ``outputs`` by binding name (``$return`` for the return value)."""

    name: str
    function_id: str
    trigger: Mapping[str, Any]
    bindings: tuple[Mapping[str, Any], ...]
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    disabled: bool = False

    @property
    def kind(self) -> str:
        """The trigger's type: ``httpTrigger``, ``queueTrigger`` or ``timerTrigger``."""
        return str(self.trigger["type"])


def function_from(name: str, function_id: str, raw_bindings: list[Any], disabled: bool) -> Function:
    """Build a Function from the worker's raw bindings; HostError for a binding this host cannot play."""
    bindings = tuple(json.loads(raw) if isinstance(raw, str) else dict(raw) for raw in raw_bindings)
    triggers = [b for b in bindings if str(b["type"]).lower().endswith("trigger")]
    if len(triggers) != 1 or triggers[0]["type"] not in TRIGGERS:
        kinds = ", ".join(str(b["type"]) for b in triggers) or "none"
        raise HostError(f"function {name}: trigger {kinds}; the local host knows {', '.join(TRIGGERS)}")
    others = [b for b in bindings if b is not triggers[0]]
    for binding in others:
        _require_known_output(name, binding)
    outputs = {str(b["name"]): b for b in others}
    return Function(name, function_id, triggers[0], bindings, outputs, disabled)


def _require_known_output(name: str, binding: Mapping[str, Any]) -> None:
    direction = str(binding.get("direction", "")).lower()
    if direction != "out" or binding["type"] not in OUTPUTS:
        raise HostError(
            f"function {name}: binding {binding['type']} ({direction}) is not played by the local host; "
            f"it knows the outputs {' and '.join(OUTPUTS)}"
        )
