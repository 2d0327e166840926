"""The deployment package: the zip that Azure runs."""
