"""The simulated Microsoft Entra token endpoint."""
