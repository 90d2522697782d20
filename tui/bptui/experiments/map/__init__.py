"""The map: a sweep of two settings of the tab's task, trained beside the event loop."""
