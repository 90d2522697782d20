"""Tests of `bptui serve`."""
