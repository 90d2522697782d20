"""Samples that are drawn by hand."""
