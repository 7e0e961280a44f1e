"""Search over what a member may read: her rows are opened and scanned in her own request.

It refuses an index on the disk, in plaintext or in tokens, and to count what the reader may not see.
Start with `queries.py`.
"""
