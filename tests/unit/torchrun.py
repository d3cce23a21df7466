"""Several processes that train together, started as in a SageMaker job: one torchrun on each machine."""

import os
import socket
import subprocess
import sys

ENVIRONMENT = {"GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1"}


def start(processes: int, module: str, *arguments: object) -> "subprocess.Popen[str]":
    """That many processes on one machine."""
    return _launch(["--nproc_per_node", str(processes)], free_port(), module, *arguments)


def start_host(rank: int, hosts: int, port: int, module: str, *arguments: object) -> "subprocess.Popen[str]":
    """One process on the machine `rank` of several, which find each other at `port` of the first: as in the command
    that sagemaker_training.torch_distributed makes, all of them are this one."""
    nodes = ["--nnodes", str(hosts), "--nproc_per_node", "1", "--node_rank", str(rank)]
    return _launch(nodes, port, module, *arguments)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _launch(nodes: list[str], port: int, module: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "torch.distributed.run", *nodes]
    command += ["--master_addr", "127.0.0.1", "--master_port", str(port), "-m", module, *map(str, arguments)]
    return subprocess.Popen(
        command, env=os.environ | ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
