"""The HTML door: one folder per screen, each holding its views, forms, templates, CSS and JS together.

A view obtains its objects through `access`, validates with a form, calls one operation or query, and answers: a page to a
browser, a fragment to htmx.
"""
