"""Documented violations: what happened, to whom, by whom, who says so, what was consented to, and how it was reviewed.

It refuses a fact that nobody could know yet, a step that the table of states does not hold, and a verdict on one's own work.
Start with `operations/` for the acts and `readiness.py` for what an incident still lacks.
"""
