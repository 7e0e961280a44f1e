"""Counts over the network: exact, with the incidents behind them, for those who hold the safes; rounded for others.

It refuses names and any cell that a few people could be recognised in.
Start with `rules.py` for what a pattern is and what is blurred, `queries.py` for what is counted.
"""
