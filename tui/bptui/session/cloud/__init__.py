"""The cloud: the live run as one of many starts that differ in the seed alone."""
