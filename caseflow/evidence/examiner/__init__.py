"""Looking into a file: pictures, texts, what it says of itself, what an archive lists, how long a sound is.

It refuses to open a file in the process that holds keys: each look is a child process behind walls, and what it answers is checked.
Start with `running.py` for the parent's side, `child.py` for the other, and `walls.py` for what stands between them.
"""
