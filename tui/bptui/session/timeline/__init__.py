"""The run in time: its earlier epochs on view, and the run that was when it goes another way from one."""
