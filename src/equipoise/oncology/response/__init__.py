"""In: lesions at each assessment. Out: response by RECIST 1.1 and iRECIST, with its reason.

Open `recist.py` first (one time point), then `recist_timepoints.py` (a course), `best_response.py`
and `irecist.py`. `recist_columns.py` is the same for many subjects at once.
"""
