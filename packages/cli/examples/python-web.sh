#!/bin/sh
# A program in any language is a worker without a change to it: Python's web server, listed once it answers.
port=${PORT:-8000}
exec svc run --group vitrage --name 'web worker(0)' --ready "http://127.0.0.1:$port/" -- python3 -m http.server "$port" --bind 127.0.0.1
