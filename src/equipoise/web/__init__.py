"""In: HTTP requests. Out: pages and JSON that call one command or query each.

Empty until the record is served: the routes will be one list in `routes.py`.
"""
