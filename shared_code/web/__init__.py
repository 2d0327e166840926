"""The admin site: pages for people over the very handlers that answer the API."""
