"""The verbs, a module each: what it asks the app, what a person and what a script is shown."""
