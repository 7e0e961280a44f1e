"""Who holds the key to which safe: identities, grants, withdrawal, new epochs.

It refuses to wrap anything to a key that no coordinator has confirmed, and to keep a right without its key or a key without its right.
Start with `rules.py` for who is entitled and `operations/` for how a grant follows.
"""
