"""A real tooz coordinator whose methods are called from outside.

    python3 tooz_process.py URL MEMBER_ID

Each line of the input is a call, {"id", "name", "args"}: a method of the coordinator or a function of this file. Each line
of the output answers one, {"id", "value"} or {"id", "failure"}, or tells what a watch saw, {"event": [type, group, member]}.
Bytes travel as Node writes them: {"type": "Buffer", "data": [...]}. The process ends when its input does, without leaving.
"""

import json
import os
import queue
import socket
import sys
import threading

from kazoo.exceptions import LockTimeout
from kazoo.recipe.lock import Lock, ReadLock, WriteLock
from oslo_utils import timeutils
from tooz import coordination
from tooz import hashring

RUN_WATCHERS_EVERY_S = 0.05
KAZOO_LOCKS = {"Lock": Lock, "ReadLock": ReadLock, "WriteLock": WriteLock}


def to_json(value):
    if isinstance(value, bytes):
        return {"type": "Buffer", "data": list(value)}
    if isinstance(value, (set, frozenset)):
        return sorted(name.decode("ascii") for name in value)  # of members or groups
    return str(value)


def from_json(value):
    return bytes(value["data"]) if value.get("type") == "Buffer" else value


def tell(message):
    sys.stdout.write(json.dumps(message, default=to_json) + "\n")
    sys.stdout.flush()


def text(name):
    return name.decode("ascii") if isinstance(name, bytes) else name


class Calls:
    """What can be called beside the coordinator's own methods."""

    def __init__(self, coordinator):
        self.coordinator = coordinator
        self.watches = False
        self.locks = {}
        self.partitioners = {}

    def join_as_vitrage(self, group, name):
        """What each worker of Vitrage does when it starts; returns what it says of itself."""
        capabilities = {
            "name": name,
            "hostname": socket.gethostname(),
            "process": os.getpid(),
            "created": timeutils.utcnow(with_timezone=True).replace(microsecond=0).isoformat(),
        }
        encoded = json.dumps(capabilities).encode("utf-8")
        try:
            self.coordinator.join_group(group, encoded).get()
        except coordination.GroupNotCreated:
            try:
                self.coordinator.create_group(group).get()
            except coordination.GroupAlreadyExist:
                pass
            self.coordinator.join_group(group, encoded).get()
        return capabilities

    def services_as_vitrage(self, group):
        """What its API does for `GET /v1/service`: one member that it cannot read fails the list."""
        members = self.coordinator.get_members(group).get()
        found = [self.coordinator.get_member_capabilities(group, member).get() for member in members]
        return sorted((json.loads(data.decode("us-ascii")) for data in found), key=lambda service: service["name"])

    def join_as(self, member_id, group, capabilities):
        """Joins under another id than the coordinator's own."""
        own, self.coordinator._member_id = self.coordinator._member_id, member_id.encode("ascii")
        try:
            self.coordinator.join_group(group, capabilities).get()
        finally:
            self.coordinator._member_id = own

    def watch(self, group):
        """From now on tells who joins and who leaves."""
        def on_event(event):
            kind = "joined" if isinstance(event, coordination.MemberJoinedGroup) else "left"
            tell({"event": [kind, text(event.group_id), text(event.member_id)]})

        self.coordinator.watch_join_group(group, on_event)
        self.coordinator.watch_leave_group(group, on_event)
        self.watches = True

    def stand(self, group):
        """From now on stands for the group's leadership, and tells when it is elected."""
        def on_elected(event):
            tell({"event": ["elected", text(event.group_id), text(event.member_id)]})

        self.coordinator.watch_elected_as_leader(group, on_elected)
        self.watches = True

    def join_partitioned(self, group, weight):
        self.partitioners[group] = self.coordinator.join_partitioned_group(group, weight)
        self.watches = True

    def leave_partitioned(self, group):
        self.coordinator.leave_partitioned_group(self.partitioners.pop(group))

    def members_on_ring(self, group):
        return set(self.partitioners[group].ring.nodes)

    def members_for_objects(self, group, objects, ignored, replicas):
        ignore = {member.encode("ascii") for member in ignored}
        return [self.partitioners[group].members_for_object(each, ignore, replicas) for each in objects]

    def belongs_to_self(self, group, objects):
        return [self.partitioners[group].belongs_to_self(each) for each in objects]

    def ring(self, partitions, steps):
        """Plays the steps on a HashRing, each a method and its arguments; returns what get_nodes has answered."""
        ring, answers = hashring.HashRing([], partitions=partitions), []
        for method, *args in steps:
            if method == "get_nodes":
                data, ignored, replicas = args
                answers.append(sorted(ring.get_nodes(data.encode("utf-8"), set(ignored), replicas)))
            else:
                getattr(ring, method)(*args)
        return answers, len(ring)

    def acquire(self, name, timeout=0):
        """Tries once, or waits for so many seconds, in which nothing else is answered."""
        self.locks[name] = self.coordinator.get_lock(name)
        return self.locks[name].acquire(blocking=timeout or False)

    def is_still_owner(self, name):
        return self.locks[name].is_still_owner()

    def release(self, name):
        return self.locks.pop(name).release()

    def acquire_in_kazoo(self, kind, name, timeout=0):
        """The same by kazoo's Lock, ReadLock or WriteLock, which tooz has its locks from."""
        self.locks[name] = KAZOO_LOCKS[kind](self.coordinator._coord, "/tooz/locks/" + name, kind)
        try:
            return self.locks[name].acquire(blocking=timeout > 0, timeout=timeout or None)
        except LockTimeout:
            return False


def answer(calls, coordinator, call):
    try:
        function = getattr(calls, call["name"], None) or getattr(coordinator, call["name"])
        value = function(*call["args"])
        if isinstance(value, coordination.CoordAsyncResult):
            value = value.get(timeout=10)
        tell({"id": call["id"], "value": value})
    except Exception as error:
        name = "%s.%s" % (type(error).__module__, type(error).__qualname__)
        tell({"id": call["id"], "failure": {"name": name, "message": str(error)}})


def main(url, member_id):
    coordinator = coordination.get_coordinator(url, member_id.encode("ascii"))
    coordinator.start(start_heart=True)
    calls = Calls(coordinator)
    lines = queue.Queue()

    def read_lines():
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=read_lines, daemon=True).start()
    while True:
        try:
            answer(calls, coordinator, json.loads(lines.get(timeout=RUN_WATCHERS_EVERY_S), object_hook=from_json))
        except queue.Empty:
            pass
        if calls.watches:
            coordinator.run_watchers()


if __name__ == "__main__":
    main(*sys.argv[1:])
