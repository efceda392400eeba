"""python-tooz, used as Vitrage does."""

import json

from tooz import coordination

from contest import answer, member_id, now_ms, resident_mb


def open_coordinator(endpoint, member):
    coordinator = coordination.get_coordinator('zookeeper://%s?timeout=30' % endpoint, member.encode())
    coordinator.start()
    return coordinator


def list_members(options):
    group = options['group'].encode()
    memory, begun = resident_mb(), now_ms()
    coordinator = open_coordinator(options['endpoint'], 'reader')
    members = [json.loads(coordinator.get_member_capabilities(group, member).get().decode()) for member in coordinator.get_members(group).get()]
    ended = now_ms()
    result = {'ms': ended - begun, 'count': len(members), 'grownMb': resident_mb() - memory}
    coordinator.stop()
    return result


def join_each(options):
    group, capabilities = options['group'].encode(), options['capabilities'].encode()
    begun = now_ms()
    coordinators = [open_coordinator(options['endpoint'], member_id(options['first'] + index)) for index in range(options['count'])]
    for joining in [coordinator.join_group(group, capabilities) for coordinator in coordinators]:
        joining.get()
    result = {'ms': now_ms() - begun}
    for coordinator in coordinators:
        coordinator.stop()
    return result


answer({'list': list_members, 'join': join_each})
