"""Courts and bodies: procedures with their stages, what was filed, heard and decided, and the ladder of remedies.

It refuses a move that the procedure does not know, and a history rewritten after a remand.
Start with `rules.py` for procedures and courts.
"""
