"""Reads the TensorBoard files of a run with TensorBoard's own reader.

    python readTensorboard.py FOLDER

Prints JSON: for each tag its points as [step, value], those that a later start of the run took back left out.
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

accumulator = EventAccumulator(sys.argv[1])
accumulator.Reload()
tags = accumulator.Tags()["scalars"]
print(json.dumps({tag: [[point.step, point.value] for point in accumulator.Scalars(tag)] for tag in tags}))
