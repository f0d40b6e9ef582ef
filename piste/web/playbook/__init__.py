"""Playbooks as read: what a stage asks of everyone, and how far a deal has followed it."""
