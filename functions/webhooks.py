"""The receivers of notifications.

Both are anonymous for the platform and believe nothing that does not carry the secret.  Business
Central deletes every subscription of an address that answers anything but 2xx, so its receiver
answers 200 to every call and works later.
"""

from __future__ import annotations

import azure.functions as func

from functions import parts
from shared_code.sync.webhooks import is_ours, note_business_central, note_sales

blueprint = func.Blueprint()

ANYBODY = func.AuthLevel.ANONYMOUS


@blueprint.route("webhooks/business-central", methods=["POST"], auth_level=ANYBODY)
def business_central_webhook(req: func.HttpRequest) -> func.HttpResponse:
    """Echo the handshake's token at once, else queue a look for what changed."""
    token = req.params.get("validationToken")
    if token:
        return func.HttpResponse(token[:MAX_TOKEN], mimetype="text/plain")
    note_business_central(parts(), req.get_body())
    return func.HttpResponse(status_code=200)


@blueprint.route("webhooks/sales", methods=["POST"], auth_level=ANYBODY)
def sales_webhook(req: func.HttpRequest) -> func.HttpResponse:
    """Queue a look for the table that changed."""
    if not is_ours(parts().hooks.secret, req.params.get("code", "")):
        return func.HttpResponse(status_code=401)
    note_sales(parts(), req.headers.get("x-ms-dynamics-entity-name", ""))
    return func.HttpResponse(status_code=200)


MAX_TOKEN = 1024
"""The longest handshake token that is echoed."""
