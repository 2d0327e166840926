"""The whole product in one process: real use cases and clients, simulated services, in-memory stores."""
