"""Flask plumbing without a word of the field: the gate, forms, pages, errors, headers, languages.

It refuses a page that does not say who may open it, and a form without its token.
Start with `gate.py` for who gets in and `pages.py` for how a request is answered.
"""
