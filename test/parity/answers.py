"""Many questions to one process: importing PyTorch or TensorFlow takes longer than an answer."""

import json
import sys


def answer_all(answer):
    """Prints as a line of JSON what `answer` returns for each line of standard input, a JSON list of its arguments."""
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), flush=True)
