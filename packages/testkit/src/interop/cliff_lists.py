"""Prints rows as any command of cliff that lists prints them, in one process for many options.

The input is JSON: {"titles", "rows", "cases": [{"words", "env", "terminal"}]}. The output is a JSON list with what each case
prints, or null where cliff fails. `terminal` is the width of the terminal that the case runs on; without one, stdout is a pipe.
"""

import fcntl
import io
import json
import os
import struct
import sys
import termios
import types

from cliff import lister

task = json.load(sys.stdin)
answers = os.fdopen(os.dup(1), "w")


class Rows(lister.Lister):
    def take_action(self, parsed_args):
        return task["titles"], [tuple(row) for row in task["rows"]]


def run(words, env, terminal):
    output = io.StringIO()
    os.environ.update(env)
    ours, theirs = os.openpty() if terminal else os.pipe()
    try:
        os.dup2(theirs, 1)  # cliff asks this descriptor for the width
        if terminal:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, terminal, 0, 0))
        command = Rows(types.SimpleNamespace(stdout=output), None)
        command.run(command.get_parser("rows").parse_args(words))
        return output.getvalue()
    except (Exception, SystemExit):
        return None
    finally:
        for descriptor in (ours, theirs):
            os.close(descriptor)
        for name in env:
            del os.environ[name]


json.dump([run(case["words"], case.get("env", {}), case.get("terminal")) for case in task["cases"]], answers)
answers.close()
