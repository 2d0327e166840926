"""Settings that Azure Functions, App Service and Microsoft's libraries read by names of their own."""

from __future__ import annotations

from shared_code.setting_list import Setting

PLATFORM = (
    Setting(
        "AzureWebJobsStorage",
        "A connection string of the storage account; for this machine only, because it holds a key."
        " In Azure the settings below stand in its place.",
        "UseDevelopmentStorage=true",
        "",
    ),
    Setting(
        "AzureWebJobsStorage__credential",
        "How storage is reached without a key.",
        "managedidentity",
        "",
    ),
    Setting(
        "AzureWebJobsStorage__clientId",
        "The client id of the managed identity that reaches it.",
        "66666666-7777-8888-9999-000000000000",
        "",
    ),
    Setting(
        "AzureWebJobsStorage__blobServiceUri",
        "Where the host keeps leases, timers and keys.",
        "https://contoso.blob.core.windows.net",
        "",
    ),
    Setting(
        "AzureWebJobsStorage__queueServiceUri",
        "Where the work queues are.",
        "https://contoso.queue.core.windows.net",
        "",
    ),
    Setting(
        "AzureWebJobsStorage__tableServiceUri",
        "Where Tandem's tables are.",
        "https://contoso.table.core.windows.net",
        "",
    ),
    Setting(
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "Where traces, metrics and logs are sent; blank: nowhere. It holds no secret where keys are"
        " switched off.",
        "InstrumentationKey=…;IngestionEndpoint=…",
        "",
    ),
    Setting(
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "The identity that sends them.",
        "ClientId=66666666-7777-8888-9999-000000000000;Authorization=AAD",
        "",
    ),
    Setting(
        "PYTHON_ENABLE_OPENTELEMETRY",
        "Tells the worker that the app sends telemetry itself, so that its log is not sent twice.",
        "true",
        "",
    ),
    Setting(
        "AzureWebJobsDisableHomepage",
        "Leaves the app's own address to the app, which leads to its pages.",
        "true",
        "",
    ),
    Setting(
        "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
        "The identity with which App Service signs people in without a secret.",
        "66666666-7777-8888-9999-000000000000",
        "",
    ),
)
"""Those that a deployment sets, or a developer."""
