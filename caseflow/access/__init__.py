"""Who may see and do what: one page for every room above, and the actor they are asked about.

It refuses to know Flask, and a right that is not computed from present facts.
Start with `actor.py` for who asks, then open the page of a room, such as `cases.py`.
"""
