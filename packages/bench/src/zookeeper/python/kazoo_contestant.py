"""kazoo, used as its documentation says is quickest: requests are sent without waiting for one another."""

import threading
from concurrent.futures import ThreadPoolExecutor

from kazoo.client import KazooClient

from contest import answer, cpu_ms, member_id, now_ms, resident_mb, stored

WAIT = 120


def open_client(endpoint):
    client = KazooClient(endpoint, timeout=30)
    client.start(timeout=WAIT)
    return client


def close_client(client):
    client.stop()
    client.close()


def list_members(options):
    path = '/tooz/' + options['group']
    memory, begun = resident_mb(), now_ms()
    client = open_client(options['endpoint'])
    names = client.get_children(path)
    requests = [client.get_async(path + '/' + name) for name in names]
    members = [request.get(timeout=WAIT) for request in requests]
    ended = now_ms()
    result = {'ms': ended - begun, 'count': len(members), 'grownMb': resident_mb() - memory}
    close_client(client)
    return result


def create_members(options):
    client = open_client(options['endpoint'])
    path, data = '/tooz/' + options['group'], stored(options['capabilities'])
    client.create(path, makepath=True)
    per_commit = options['perCommit']
    begun, cpu = now_ms(), cpu_ms()
    if per_commit == 1:
        requests = [client.create_async(path + '/' + member_id(index), data, ephemeral=True) for index in range(options['count'])]
    else:
        requests = []
        for first in range(0, options['count'], per_commit):
            transaction = client.transaction()
            for index in range(first, first + per_commit):
                transaction.create(path + '/' + member_id(index), data, ephemeral=True)
            requests.append(transaction.commit_async())
    for request in requests:
        request.get(timeout=WAIT)
    result = {'ms': now_ms() - begun, 'cpuMs': cpu_ms() - cpu}
    close_client(client)
    return result


def join_each(options):
    path, data = '/tooz/' + options['group'], stored(options['capabilities'])
    begun = now_ms()
    clients = [KazooClient(options['endpoint'], timeout=30) for _ in range(options['count'])]
    started = [client.start_async() for client in clients]
    requests = []
    for index, client in enumerate(clients):
        if not started[index].wait(WAIT):
            raise TimeoutError('not connected')
        requests.append(client.create_async(path + '/' + member_id(options['first'] + index), data, ephemeral=True))
    for request in requests:
        request.get(timeout=WAIT)
    result = {'ms': now_ms() - begun}
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(close_client, clients))
    return result


def lock(options):
    client = open_client(options['endpoint'])
    wanted = client.Lock('/tooz/locks/' + options['group'], 'kazoo')
    with wanted:
        pass
    begun = now_ms()
    for _ in range(options['count']):
        with wanted:
            pass
    result = {'ms': now_ms() - begun}
    close_client(client)
    return result


class Watcher:
    """Keeps when the group had how many members for the first time."""

    def __init__(self):
        self.reached = threading.Condition()

    def watch(self, options):
        self.count, self.arrivals, self.expected = 0, [], options['expected']
        self.client = open_client(options['endpoint'])
        self.client.ChildrenWatch('/tooz/' + options['group'], self.changed)
        self.wait_for(self.expected)
        self.cpu = cpu_ms()

    def changed(self, names):
        count = len(names)
        if count > self.expected:
            self.arrivals.extend([now_ms()] * (count - self.expected - len(self.arrivals)))
        with self.reached:
            self.count = count
            self.reached.notify_all()

    def wait_for(self, count):
        with self.reached:
            if not self.reached.wait_for(lambda: self.count >= count, WAIT):
                raise TimeoutError('%d of %d members seen' % (self.count, count))

    def watched(self, options):
        self.wait_for(self.expected + options['joined'])
        result = {'cpuMs': cpu_ms() - self.cpu, 'arrivals': self.arrivals}
        close_client(self.client)
        return result


watcher = Watcher()
answer({'list': list_members, 'create': create_members, 'join': join_each, 'lock': lock, 'watch': watcher.watch, 'watched': watcher.watched})
