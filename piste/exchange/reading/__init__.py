"""Reading what other programs exported: files in; header, rows, values and questions out. No database here.

Words: a *sheet* is the table found in a file, below its title lines and above its totals; a *field* is what a column
means to Piste; a *problem* is why one row cannot be taken; a *question* is what only a person can answer.
"""
