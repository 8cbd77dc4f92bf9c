"""In: a goal for one arm. Out: its size, its rules for stopping, and what they do, exactly.

Open `goal.py` first, then `simon.py`; rules for many looks are in `bop2.py` and
`predictive_probability_design.py`, times to an event in `one_sample_logrank_design.py`.
"""
