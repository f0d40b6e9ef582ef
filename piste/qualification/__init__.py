"""From a promising prospect to one that has been met: the contact clock.

Words: the *contact clock* of a deal starts when it first comes into a stage whose role the company chose (qualification at
first), and gives so many working days for the first contact; it is *met* by a call, a meeting or an e-mail that reached the
prospect, *missed* when its moment passes before, and *dropped* when the deal leaves without.

Always true here: a deal has one clock in its life; working days are those of its owner when the clock started.
"""
