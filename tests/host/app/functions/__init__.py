"""The blueprints of the test app."""
