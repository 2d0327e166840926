"""The command line: Tandem's verbs for people at a terminal and for scripts.

It talks to the deployed app over HTTP and holds nothing of its own: `python -m tandem --help`.
"""
