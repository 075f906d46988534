"""Plays the part of a process: comes to the door and does what BEHAVIOUR says."""

import os
import signal
import socket
import sys
import time


def join():
    door = socket.socket(socket.AF_UNIX)
    door.connect(os.environ["CELLFARM_DOOR"])
    door.sendall(os.environ["CELLFARM_NONCE"].encode() + b"\n")
    return door


behaviour = os.environ["BEHAVIOUR"]
if behaviour == "no-show":
    sys.stderr.write("cannot boot\n")
    sys.exit(3)
door = join()
if behaviour == "echo":
    while data := door.recv(1 << 20):
        door.sendall(data)
elif behaviour == "tell":
    words = [sys.argv[1:], sorted(name for name in os.environ if name.startswith("CELLFARM_")), os.getcwd()]
    door.sendall(repr(words).encode())
elif behaviour == "talk-and-die":
    door.sendall(b"x" * 3_000_000 + b"last word")
    os.kill(os.getpid(), signal.SIGKILL)
elif behaviour == "deaf-family":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = os.fork()
    if child:
        grandchild_says = f"{os.getpid()} {child}\n".encode()
        door.sendall(grandchild_says)
    time.sleep(600)
elif behaviour == "leave-door":
    door.sendall(f"{os.getpid()}\n".encode())
    door.close()
    time.sleep(600)
elif behaviour == "busy":
    door.sendall(f"{os.getpid()}\n".encode())
    time.sleep(600)
elif behaviour == "heir":
    if os.fork() == 0:
        time.sleep(600)
    door.sendall(b"said")
elif behaviour == "sleep":
    door.sendall(f"{os.getpid()}\n".encode())
    time.sleep(600)
