"""Runs an emulator, and ends with whoever holds the other end of standard input: no orphan survives a killed test.

usage: launch.py moto PORT | launch.py ministack PORT
"""

import os
import runpy
import sys
import threading


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
emulator, port = sys.argv[1:]
if emulator == "moto":
    from moto.server import main

    main(["-H", "127.0.0.1", "-p", port])
else:
    os.environ.update(GATEWAY_PORT=port, BIND_HOST="127.0.0.1")
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")
