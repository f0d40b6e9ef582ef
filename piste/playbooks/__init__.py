"""What a stage asks of everyone: the standard way to work it.

Words: a *playbook* belongs to one stage; a *standard activity* is created on every deal that enters it; an *exit criterion* is
a question to be answered yes before one goes on; a *script* is what one says; a *template* is a text one starts from.

Always true here: each change of a playbook is a version of its pipeline's process, with its why; what is taken out of use is
kept, because deals followed it.
"""
