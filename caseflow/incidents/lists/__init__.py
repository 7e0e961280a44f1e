"""Lists of incidents as other programs know them: which column means what, what a cell may hold, how a list is written.

It refuses to guess what nobody can know: a date that can be read in two ways, a word that is in no vocabulary. Start
with `layout.py` for the columns, `reading.py` for rows that come in and `writing.py` for those that go out.
"""
