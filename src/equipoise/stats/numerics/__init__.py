"""What every method needs: checked columns and counts, roots, Newton's method, normal integrals.

Open `columns.py` first: every array of a user passes through it. `likelihood.py` is what fitted
models share, `quadratic_form.py` what tests of groups share, `probability_scale.py` what the
intervals of curves share.
"""
