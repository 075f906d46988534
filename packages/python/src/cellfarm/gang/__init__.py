"""Gangs: several fresh processes that run the same cell as ranks of one group, all or nothing."""
