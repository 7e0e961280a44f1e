"""A case, an incident or one item as a bag that anybody can check without us: files, custody, proofs, a report.

`matters` asks the rooms above who is in a matter and what they consented to; `contents` decides what goes in, `gathering`
reads it, `bag` lays it out, `zipped` sends it. `verify.py` and `recover.py` travel in the bag and import nothing of ours.
"""
