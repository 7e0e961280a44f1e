"""A matter from opening to closure: what it is to change, who carries it, its parties, notes and tasks, its incidents.

It refuses counsel without a confirmed key, and work in a case that is closed.
Start with `operations/` for what can be done in a case and `rules.py` for the words of its states, roles and outcomes.
"""
