"""Processing a batch: load, read what must be known, reconcile, write, commit, account for each record.

``batch.py`` is the entry; ``rounds.py`` goes round by round until every record is settled;
``writing.py``, ``creating.py`` with ``adopting.py`` and ``intents.py``, and ``committing.py`` are how a
round touches the world.
"""
