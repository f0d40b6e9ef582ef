"""Dashboards: figures put together, live, on a desk or on a wall."""
