"""Reads the AL source of the Business Central extension: what it offers, and whether it can be right.

The compiler comes with Business Central and is not at hand where this is built. So the part of the language
that the app uses is parsed here, every name is looked up, and the API is written down for others to build
against.
"""
