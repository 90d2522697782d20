"""The actions of the commands, by what they act on: the run, its settings, and what opens over the tab."""
