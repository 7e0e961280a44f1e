"""The vault seals and opens: keys and bytes go in, bytes come out.

It knows no Flask, no database, no settings, no clock and no file but those handed to it; it invents no cipher
(files are age v1, grants are RFC 9180 HPKE, checkpoints are C2SP signed notes) and what is wrong it refuses aloud.
Start in `stream` for files, `grants` for the way into a safe and `texts` for sealed columns; every byte is told in
docs/formats.md.
"""
