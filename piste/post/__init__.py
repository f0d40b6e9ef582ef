"""Letters that Piste sends by itself to its members.

Words: a *letter* is written in the transaction of what it tells of, and carried by the worker afterwards; its *key* says what
it tells, once; it is *dropped* when it is no longer worth sending; what is *enclosed* is kept until the letter is over.

Always true here: there is one letter a key; a letter is sent, dropped or waiting, never two of these; however often it is
carried, it is the same message (one Message-ID).
"""
