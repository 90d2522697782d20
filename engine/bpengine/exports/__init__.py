"""Exports of a run as a program or a file for another runtime, which prove themselves by test vectors."""

from bpengine.exports.exporting import FORMATS, NAME, Format, export

__all__ = ["FORMATS", "NAME", "Format", "export"]
