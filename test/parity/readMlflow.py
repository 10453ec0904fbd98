"""Reads MLflow's file store with MLflow and prints its runs as JSON.

    python readMlflow.py FOLDER EXPERIMENT
"""

import json
import os
import pathlib
import sys

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"

from mlflow.tracking import MlflowClient


def main():
    client = MlflowClient(tracking_uri=pathlib.Path(sys.argv[1]).as_uri())
    experiment = client.get_experiment_by_name(sys.argv[2])
    runs = []
    for run in client.search_runs([experiment.experiment_id]):
        run_id = run.info.run_id
        history = {
            name: [[metric.step, metric.value] for metric in client.get_metric_history(run_id, name)]
            for name in run.data.metrics
        }
        artifacts = [file.path for file in client.list_artifacts(run_id)]
        runs.append(
            {
                "id": run_id,
                "name": run.info.run_name,
                "status": run.info.status,
                "seconds": (run.info.end_time - run.info.start_time) / 1000,
                "params": run.data.params,
                "history": history,
                "artifacts": sorted(artifacts),
            }
        )
    print(json.dumps(runs))


if __name__ == "__main__":
    main()
