"""Earlier epochs on view, the timeline, and the original run that a branch is compared with."""
