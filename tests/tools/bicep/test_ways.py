"""azd, the Azure CLI and the workflow of a fork give the same parameters."""

from __future__ import annotations

import json
import re

from tools.bicep.__main__ import sources
from tools.checks.sources import ROOT

GIVEN = json.loads((ROOT / "infra" / "main.parameters.json").read_text(encoding="utf-8"))["parameters"]
WORKFLOW = (ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
OF_AZD = {"AZURE_ENV_NAME", "AZURE_LOCATION"}


def parameters(name: str) -> set[str]:
    """The parameters of a file of infra/."""
    (found,) = [each for path, each in sources(ROOT).items() if path.endswith(f"infra/{name}")]
    return set(found.of_kind("param"))


def variables() -> set[str]:
    """What azd fills in from its environment."""
    return set(re.findall(r"\$\{(\w+)", json.dumps(GIVEN)))


def test_azd_gives_parameters_that_there_are() -> None:
    assert set(GIVEN) <= parameters("main.bicep")


def test_the_deployment_of_a_subscription_takes_whatever_that_of_a_group_takes() -> None:
    whole, inner = parameters("main.bicep"), parameters("tandem.bicep")
    assert whole - {"environmentName", "resourceGroupName"} == inner - {"tags", "token", "webhookSecret"}


def test_a_fork_sets_each_variable_that_azd_reads() -> None:
    environment = set(re.findall(r"^      (\w+): \$\{\{ vars\.\1\b", WORKFLOW, re.MULTILINE))
    assert variables() - environment == set()
    head = WORKFLOW.partition("name: deploy")[0]
    assert [name for name in sorted(environment) if name not in head] == []


def test_the_guide_names_each_variable_that_azd_reads() -> None:
    assert [name for name in sorted(variables() - OF_AZD) if name not in GUIDE] == []


def test_the_guide_signs_in_to_a_fork_without_a_secret() -> None:
    assert "secrets." not in WORKFLOW
    assert "id-token: write" in WORKFLOW
