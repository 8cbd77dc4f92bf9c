"""In: the history of one subject. Out: the event that counts, or why follow-up ends.

Open `event_free.py` first.
"""
