"""Checks of `infra/` without the Bicep compiler: `python -m tools.bicep`."""
