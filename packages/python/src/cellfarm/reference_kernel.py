"""The plain kernel of the reference: how it is started, and a client that cannot sleep through a reply.

A front end that mimics widgets sends on the shell channel while it waits there for the reply. jupyter_client sends past the
asyncio socket, and what arrives during such a send is announced to nobody: the wait would last for ever. Here each send asks
the socket what is ready. What is played is decided in `reference`.
"""

from __future__ import annotations

import zmq
from jupyter_client.client import KernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager


def kernel_manager(kernel: str, python: str | None) -> AsyncKernelManager:
    """A manager for the kernelspec `kernel`, or for ipykernel under the interpreter `python`."""
    manager = AsyncKernelManager(kernel_name=kernel)
    if python is not None:
        argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        manager._kernel_spec = KernelSpec(argv=argv, display_name=kernel, language="python")
    return manager


def wake_after_sending(client: KernelClient) -> None:
    """From now on, sending on the shell channel of this asynchronous client wakes whoever waits for what has arrived there."""
    channel = client.shell_channel
    send = channel.send

    def send_and_look(message: dict[str, object]) -> None:
        send(message)
        channel.socket.get(zmq.EVENTS)  # an asyncio socket that is asked for its events hands them out

    channel.send = send_and_look
