"""Calcium corrected for albumin, the value that CTCAE grades."""

from __future__ import annotations

from equipoise.oncology.exact import as_written, not_negative

_NORMAL_ALBUMIN_G_L = 40
_MMOL_PER_G = as_written(0.02)


def corrected_calcium(total_mmol_l: float | None, *, albumin_g_l: float | None) -> float | None:
    """Return total calcium corrected for albumin, in mmol/L; None when one of the two is unknown.

    ``Ca + 0.02 (40 - albumin)`` with calcium in mmol/L and albumin in g/L: 0.8 mg/dL of calcium a
    g/dL of albumin below 4 g/dL, as the note of CTCAE v3.0 (9 August 2006) has it; later editions
    ask for corrected calcium and give no formula. Albumin above 40 g/L lowers it likewise. The
    arithmetic is exact in decimals, so that a value on a cut-off stays on it.

    Raises
    ------
    BadInput
        For negative numbers.

    Examples
    --------
    >>> corrected_calcium(1.9, albumin_g_l=30)
    2.1
    """
    if total_mmol_l is None or albumin_g_l is None:
        return None
    total = as_written(not_negative(total_mmol_l, where="total_mmol_l"))
    albumin = as_written(not_negative(albumin_g_l, where="albumin_g_l"))
    return float(max(total + _MMOL_PER_G * (_NORMAL_ALBUMIN_G_L - albumin), as_written(0)))
