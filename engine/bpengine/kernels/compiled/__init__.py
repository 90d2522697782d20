"""Training as machine code: functions that numba compiles, for any depth, activation and optimizer.

Only `loading` imports this package, since the import needs numba. `train`, `shuffle` and `predict` are the
entry points; everything else is compiled into them. The code is fast because it allocates nothing and counts
no references (hence `_nrt`), and because indices are unsigned: for a signed index, numba checks whether it
counts from the end.

**Lanes.** Several runs are trained side by side: the last axis of every array that changes is the lane, one
for each run. The loops over lanes are the innermost ones, so that one instruction of the processor works on
several runs. For a single run, the number of lanes is a constant, and these loops vanish. Arrays are flat,
and an index is computed as row * lanes + lane, since numba would look up the length of a row at each access.

**The same bits everywhere.** There is no fastmath, all sums have a fixed order, and exp, log, the
activations and the rules of the optimizers are those of `arithmetic`, which the NumPy kernel uses as well. A
lane is bit for bit equal to the same run alone, and so is a run on another machine.

Vectors hold all layers, one after the other; a row of `LAYER` says where a layer's part starts. All numbers
and layouts that become part of the machine code are defined in this folder or in `arithmetic`: `loading`
notices changes of these files.
"""

from __future__ import annotations

from bpengine.kernels.compiled.blocks import BLOCK
from bpengine.kernels.compiled.layout import (
    ALONE,
    LAYER,
    NO_SUCH_SAMPLE,
    OPTIONS,
    PREDICT,
    PREDICT_SIDE_BY_SIDE,
    SHUFFLE,
    SIDE_BY_SIDE,
    VECTOR,
    Coefficients,
    Course,
    Problem,
    Results,
    Rules,
    Samples,
    Scratch,
    StateArrays,
    Units,
    dropout_lanes,
    number_of,
)
from bpengine.kernels.compiled.passes import predict
from bpengine.kernels.compiled.shuffling import WORDS, shuffle
from bpengine.kernels.compiled.training import train
