"""A cable of a certain length: passes packets between two network interfaces, each after a fixed time, in order, as fast
as they come. It stands in for the delays of `tc ... netem`, which many kernels don't have.

    delay.py SECONDS INTERFACE INTERFACE

The packets come and go with the header that tells what the network card has left to do (checksums, segments), so that
large segments stay whole, as between the two ends of a virtual cable. Only root may do this.
"""

import collections
import os
import select
import socket
import sys
import time

ALL_PROTOCOLS = 3
SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
LARGEST = 1 << 17


def opened(interface):
    """A socket that gets the packets that arrive at an interface, and sends others from it."""
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    end.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    for option in (SO_SNDBUFFORCE, SO_RCVBUFFORCE):
        end.setsockopt(socket.SOL_SOCKET, option, 1 << 26)
    end.bind((interface, 0))
    end.setblocking(False)
    return end


def take_all(source, target, delay, queue):
    """Takes what has arrived."""
    while True:
        try:
            packet = source.recv(LARGEST)
        except BlockingIOError:
            return
        queue.append((time.monotonic() + delay, target, packet))


def main():
    delay = float(sys.argv[1])
    ends = [opened(name) for name in sys.argv[2:4]]
    # The packets of both directions wait equally long, so that one queue has them in the order in which they are due.
    queue = collections.deque()
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    while True:
        wait = max(0, queue[0][0] - time.monotonic()) if queue else None
        arrived = select.select(ends, [], [], wait)[0]
        for source in arrived:
            take_all(source, ends[1 - ends.index(source)], delay, queue)
        while queue and queue[0][0] <= time.monotonic():
            _, target, packet = queue.popleft()
            target.send(packet)


if __name__ == "__main__":
    main()
