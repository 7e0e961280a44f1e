"""The court bundle: one PDF with an index, numbered exhibits, page numbers and the custody of each.

What strangers made is read and joined only in `child.py`, a process of its own behind the walls of the examiner; what
is ours is drawn in `drawing.py`. Start in `making.py`.
"""
