"""How the house is plugged in: settings, addresses, server interfaces."""
