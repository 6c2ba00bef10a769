"""Jobs on a cluster through Dask: the same job function, the same files.

Every machine needs the same program, libraries and fonts (each job verifies that), and the input and
output folders under the same paths.  Limits of time and memory are those of the cluster's workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from generator.batch.job import Job, Outcome, run
from generator.model import Refusal

RETRIES = 3


def run_on_dask(
    jobs: Iterable[Job], address: str = "", *, workers: int = 0, begin: Callable[[Job], None] = lambda _: None
) -> Iterator[Outcome]:
    """Outcomes as they come.  Without an address a scheduler of this machine is started."""
    try:
        from distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise Refusal('没有安装 Dask：请先运行 pip install "juesuan[dask]"。') from None
    local = None
    try:
        if not address:
            local = LocalCluster(
                n_workers=workers or os.cpu_count() or 1, threads_per_worker=1, processes=True, dashboard_address=None
            )
        client = Client(local or address, timeout=20)
    except (OSError, ValueError, TimeoutError) as error:
        raise Refusal(f"连不上调度器 {address}：{error}") from None
    try:
        futures: dict[Any, Job] = {}
        for job in jobs:
            begin(job)
            futures[client.submit(run, job, pure=False, retries=RETRIES, key=f"juesuan-{len(futures)}-{job.key}")] = job
        for future in as_completed(list(futures)):
            job = futures.pop(future)
            if future.status == "finished":
                yield future.result()
            else:
                yield Outcome(job.key, "failed", f"集群没有完成这个部门：{future.exception()}")
            future.release()
    finally:
        client.close()
        if local is not None:
            local.close()
