"""In: findings before or after surgery. Out: stage, liver function, performance, risk.

Open `staging.py` first.
"""
