"""Three desks: what waits for a documenter, a lawyer, a coordinator, first things first.

It refuses to write anything and to show a number the reader could not open.
Start with `routes.py`.
"""
