"""Counts over the network for those who hold the safes; its pages come with the reports of the network.

It refuses names and any cell that a few people could be recognised in.
Start with the coordinator's desk, which holds the first counts.
"""
