"""A small invented network to try everything with, built by calling the same operations as people do.

It refuses to be built where a network exists, and nobody in it is a real person; only the library of UN decisions is public fact.
Start with `build.py`; the people are in `cast.py`, what happened to them in `data/stories.json`.
"""
