"""Charts made by the server: geometry in Python, one small template each, no script needed to read them.

A view draws, a page includes:

    drawn = bars.draw([bars.Bar("Q3", 288, "288"), bars.Bar("Q4", 184, "184", is_partial=True)])
    shown = Figure("won", _("Won by quarter"), drawn, table, note=period, definition=definition, csv=address)

    {% include "parts/charts/figure.html" with figure=shown %}      the frame: switch to the table, definition, CSV, picture
    {% include drawn.template with drawing=drawn %}                 the drawing alone, in a table's cell for instance

`glass`, `bars`, `spark`, `dotrange`, `strip`, `forest`, `tally`, `line`, `flow`: each module has plain inputs, one `draw`, and a
frozen result that knows its template. The geometry knows no Django; words and figures are written by the templates, or come
written from the view. Coordinates are per cent of the drawing's box wherever text stands beside shapes, so that a drawing takes
the width it is given and its words keep their size.
"""
