#!/usr/bin/python3
"""Ports of 127.0.0.1 for programs that are told their port: `free_ports.py 3` prints three.

They lie below those the kernel gives to outgoing connections, so that no other test's connection takes one between the
look and the start of the program; the choice is random, so that two tests that look at once differ.
"""
import pathlib
import random
import socket
import sys

LOWEST = 10000


def free_ports(count):
    """As many ports, different ones, that nobody uses for TCP or UDP now."""
    ephemeral = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    candidates = range(LOWEST, ephemeral) if ephemeral > LOWEST + 1000 else range(LOWEST, 65536)
    ports = []
    for port in random.SystemRandom().sample(candidates, len(candidates)):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise OSError(f"no {count} free ports on 127.0.0.1")


if __name__ == "__main__":
    print(*free_ports(int(sys.argv[1])))
