"""Which numbers may be called."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

#: Addresses of the newer kind that stand for one of the older: where they lead is what counts.
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def is_public(number: str) -> bool:
    """Whether a number is one of the public Internet: not of this machine, this network, a provider's inside (where the secrets
    of machines are told), nor of many at once."""
    try:
        found = ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if any(found in network for network in NAT64):
            return False
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return _is_open(inner)
        # ::a.b.c.d, an old way to write the older kind.
        if int(found) < 2**32:
            return False
    return _is_open(found)


def _is_open(found: IPv4Address | IPv6Address) -> bool:
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)
