"""In: a subject of the record and a day. Out: what the dose tables say of each drug, and findings.

Open `dose_guidance.py` first.
"""
