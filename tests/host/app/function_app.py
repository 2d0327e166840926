"""A small app with one function of each kind, for the tests of the local host."""

import azure.functions as func
from functions.background import background
from functions.web import web

print("an app may print while it loads")

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(background)
app.register_functions(web)
