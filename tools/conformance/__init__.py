"""How Tandem stands to the scenarios of the integration built into Business Central, and the proof of it.

``tests/conformance/scenarios.tsv`` lists the scenarios with our verdicts; tests name those they prove with
the marker ``conforms``; `python -m tools.conformance` writes ``docs/conformance.md`` from both.
"""
