"""What a decision ordered, for one person or for everyone, and whether it was done.

It refuses a finding without the way it is known, and an average over measures: the worst one stands for the case.
Start with `rules.py` for kinds, states and grades, and `operations.py` for how a measure is ordered and followed.
"""
