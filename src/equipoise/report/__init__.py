"""In: the study, result rows, the design and where they come from. Out: one HTML page.

Open `page.py` first, then `sections.py` (which analysis becomes which picture and table); the page
of a design is `design_page.py`.
"""

from equipoise.report.design_page import render_design
from equipoise.report.page import render_report
from equipoise.report.write import write_report

__all__ = ["render_design", "render_report", "write_report"]
