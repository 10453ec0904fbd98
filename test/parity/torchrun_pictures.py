"""Says what the processes of a plan would see in an epoch: `python torchrun_pictures.py PLAN EPOCH PROCESSES`.

Prints JSON: for each process its batches, with the indices of the whole batch, its rows of them and their pixels
[rows, side, side, 3] in base64.
"""

import base64
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "media" / "torchrun"))

from pictures import PictureReader  # noqa: E402
from plan import read_plan  # noqa: E402


def main():
    plan, epoch, processes = read_plan(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    seen = []
    for rank in range(processes):
        reader = PictureReader(plan, rank, processes, threads=1)
        seen.append(
            [
                {
                    "indices": batch.indices,
                    "labels": batch.labels,
                    "rows": [batch.start, batch.stop],
                    "pixels": base64.b64encode(batch.pixels.permute(0, 2, 3, 1).numpy().tobytes()).decode(),
                }
                for batch in reader.train_batches(epoch)
            ]
        )
        reader.close()
    print(json.dumps(seen))


main()
