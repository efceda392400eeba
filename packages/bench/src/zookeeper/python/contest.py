"""What all Python contestants share: the protocol, the clock, and the members that they read and write."""

import json
import os
import resource
import sys
import time


def member_id(index):
    return 'worker-%033d' % index


def stored(capabilities):
    """The bytes that tooz stores for capabilities that are a short text: msgpack's bin 8."""
    data = capabilities.encode('ascii')
    return bytes([0xc4, len(data)]) + data


def now_ms():
    """On the monotonic clock, which Node's process.hrtime shows as well."""
    return time.monotonic_ns() / 1e6


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


def resident_mb():
    with open('/proc/self/statm') as statm:
        return int(statm.read().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 2 ** 20


def answer(tasks):
    """Does what each line of the input asks for and writes one line about it; ends with the input."""
    print(json.dumps({'ready': True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {'result': tasks[request['task']](request['options'])}
        except Exception as error:  # told to the one who asked
            reply = {'error': '%s: %s' % (type(error).__name__, error)}
        print(json.dumps(reply), flush=True)
    os._exit(0)  # threads of sessions that a failed task left open
