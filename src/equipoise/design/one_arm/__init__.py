"""In: a goal for one arm. Out: its size, its rules for stopping, and inference afterwards, exactly.

Open `goal.py` first, then `simon.py`.
"""
