"""What every method needs: checked columns, Newton's method, fitted models, normal integrals.

Open `columns.py` first: every array of a user passes through it.
"""
