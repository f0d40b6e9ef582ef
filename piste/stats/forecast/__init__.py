"""How much will be won by when: from the open deals, from those yet to come and from what was missed before.

Words: an *origin* is a moment at which a forecast is made from what was known then; its *period* is the horizon after it; a
*miss* is what a forecast of an origin whose period has passed was off by.
"""
