"""The program that runs llama.cpp's server in a process of its own: a damaged model or too little memory ends it, not checker.

Run as a file by llamacpp.py, without checker's own modules. One line of JSON comes in with the parameters; one goes out with the address
or what went wrong. It ends when its standard input does, that is, with the process that started it.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    try:
        server = start(asked)
    except Exception as error:
        said = {"error": str(error)}
    else:
        said = {"url": server.listening_address}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    if "url" in said:
        sys.stdin.read()
    os._exit(0)  # the server's threads would be waited for


def start(asked: dict[str, Any]) -> Any:
    xllamacpp: Any = import_module("xllamacpp")  # it comes without types
    params = xllamacpp.CommonParams()
    params.model.path = asked["file"]
    params.n_parallel = asked["parallel"]
    params.n_ctx = asked["context"] * asked["parallel"]
    if asked["threads"]:
        params.cpuparams.n_threads = asked["threads"]
        params.cpuparams_batch.n_threads = asked["threads"]
    # Waiting by spinning takes the processor from the very threads that are waited for, when anything else runs.
    params.cpuparams.poll = params.cpuparams_batch.poll = 0
    params.hostnames, params.port = ["127.0.0.1"], 0
    if asked["key"]:
        params.api_keys = [asked["key"]]
    params.cache_prompt = params.endpoint_metrics = params.offline = True
    params.endpoint_slots = params.ui = False  # the slots page shows prompts
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
