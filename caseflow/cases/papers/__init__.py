"""Letters and filings drawn from what a case holds: a power of attorney, an appeal, a complaint, a cover for a UN body.

What a paper asks and says stands in `kinds.py`, in three languages; what is known is filled in by `filling.py`; the PDF is
drawn in memory and kept nowhere. They are drafts: counsel reads, changes and signs.
"""
