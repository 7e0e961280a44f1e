"""Decisions worth following: our own, scored by two people and anonymised, and public ones of other bodies; who cites whom.

It refuses a name from the case in a published text, a score by counsel, and a figure without its reason.
Start with `rules.py` for the rubric and the shipped decisions, `operations/` for the way from proposal to publication.
"""
