"""The member organisations, the people who work for them, their roles and their invitations.

It refuses a second account for one address and an invitation nobody answers for.
Start with `operations.py` for founding, inviting and leaving.
"""
