"""Files of two columns and of three, in which nothing is wrong."""

from __future__ import annotations

XY = "x,y\n1,2\n3,4\n"
POINTS = "x,y,label\n1,2,b\n3,4,a\n5,6,b\n"
