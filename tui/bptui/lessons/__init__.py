"""Lessons: guides through the program, written as data, whose every claim can be checked."""
