"""Equipoise: run a neoadjuvant oncology trial from protocol to report, from one study file."""

__version__ = "0.1.0"
