"""What happened: append-only rows, chained by hash, signed by who acted, under signed checkpoints of a Merkle tree.

It refuses change and deletion, by triggers in the database, and an act without its row.
Start with `operations.py`: `record` for acts, `refused` for what was denied; `proofs.py` is what others may ask.
"""
