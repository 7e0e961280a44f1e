"""Files in a safe: intake, custody, versions, previews, export.

It refuses to change a file once it is stored, to write plaintext to the disk, and to believe a file's name about its kind.
Start with `operations/` for what can happen to an item and `intake.py` for how a stream becomes a sealed payload.
"""
