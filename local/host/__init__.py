"""A local stand-in for the Azure Functions host.

``python -m local.host APP_FOLDER`` loads the folder's ``function_app.py`` through Microsoft's own Python
worker library (``azure-functions-runtime``, the package Azure itself loads for Python 3.13), so indexing,
annotation checks, decoding and encoding are the real code, and plays the host around it: timers, queue
polling with leases and poison queues, HTTP routes with keys, and the admin endpoints.

What differs from Azure: one process is one instance, connections are connection strings only, keys come
from the environment, and a timer's lease and status are rows of the table ``LocalHostTimers`` instead of
blobs, because the blob SDK is not among the project's packages.
"""
