"""The entrance: signing in, the lock screen, signing out.

It refuses to say whether an account exists, and to keep a key where the server alone could use it.
Start with `operations.py`; `sessions.py` holds the split session.
"""
