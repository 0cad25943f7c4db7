"""What runs on a machine → whether its kernel may hand a port on, past every socket: containers, and cluster networks.

A container's port is published by a proxy that listens (Docker's usual way), or by rules of the kernel alone: Docker
without its proxy, Podman's and containerd's networks, every service of Kubernetes. There the port is served and nothing
is seen to listen on it.
"""

from collections.abc import Iterable

import numpy as np

from longtail.ports.matrix import Matrix

CLUSTERED = frozenset({
    "antrea-agent", "calico-node", "cilium-agent", "flanneld", "k3s", "k3s-agent", "k3s-server", "kube-proxy",
    "kube-router", "kubelet", "ovnkube", "portmap", "rke2", "weaver",
})  # fmt: skip
"""Programs (stems) of a cluster's node: its services answer on ports of the node on which nothing listens."""

CONTAINED = frozenset({
    "conmon", "containerd-shim", "containerd-shim-runc-v1", "containerd-shim-runc-v2", "crio", "crun",
    "docker-containerd-shim", "dockerd", "netavark", "podman", "runc",
})  # fmt: skip
"""Programs (stems) that run containers, or beside each of them."""

PROXIED = frozenset({"docker-proxy", "pasta", "pasta.avx2", "rootlessport", "rootlesskit", "slirp4netns"})
"""Programs (stems) that listen on the ports of containers: where one is seen, each published port shows."""

NODE_PORTS = range(30_000, 32_768)
"""Where Kubernetes puts ports that every node answers for, whichever node serves them (its default range)."""


def clustered(matrix: Matrix, listening: Iterable[tuple[int, str]]) -> frozenset[int]:
    """The machines that are nodes of a cluster.

    ``listening`` are, here and below, machines with the stem of what listens there.
    """
    return _with(CLUSTERED, matrix, listening)


def veiled(matrix: Matrix, listening: Iterable[tuple[int, str]]) -> frozenset[int]:
    """The machines on which a port may be served though nothing listens on it."""
    held = tuple(listening)
    contained, proxied = (_with(stems, matrix, held) for stems in (CONTAINED, PROXIED))
    return (contained - proxied) | clustered(matrix, held)


def _with(stems: frozenset[str], matrix: Matrix, listening: Iterable[tuple[int, str]]) -> frozenset[int]:
    """The machines on which one of these runs or listens: of many only the sockets are known."""
    marks = np.array([each in stems for each in matrix.stems], dtype=np.float32)
    runs = matrix.machines[matrix.ran @ marks > 0].tolist()
    return frozenset(runs) | {machine for machine, stem in listening if stem in stems}
