"""The cloud: the live run as one of many starts that differ only in the seed."""
