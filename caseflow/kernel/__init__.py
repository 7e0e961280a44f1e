"""The cellar: settings, database, clock, ids, jobs, mail; no word of the field is spoken here.

It refuses to know any other room, so that every room can stand on it.
Start with `settings.py` for what can be configured and `db.py` for how a transaction runs.
"""
