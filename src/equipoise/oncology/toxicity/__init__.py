"""In: values and their limits, or a term. Out: grades by an edition of the CTCAE.

Open `ctcae.py` first (one value), then `ctcae_table.py` (the cut-offs), `ctcae_editions.py` and
`ctcae_clinical.py` (terms without numbers). `ctcae_columns.py` is the same for many values at once.
"""
