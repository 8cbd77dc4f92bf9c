"""In: a trial and what is known beside it. Out: posterior, pooled, rebuilt, reweighted evidence.

Open `beta_binomial.py` first.
"""
