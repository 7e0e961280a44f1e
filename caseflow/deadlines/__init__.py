"""Periods of law as data with their source, the counting of their last days, and the warnings before them.

It refuses a date without its rule, event and calendar, and a period nobody has given a source for.
Start with `rules.py`: which rules an event starts, the last day of each, and the sentence that says why.
"""
