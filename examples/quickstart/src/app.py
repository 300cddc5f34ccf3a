"""Greets whoever is named in the event."""

import json
import logging
import os

log = logging.getLogger()
log.setLevel(os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO"))


def handler(event, context):
    name = event.get("name", "world")
    if not isinstance(name, str) or len(name) > 100:
        raise ValueError("name must be a string of at most 100 characters")
    log.info(json.dumps({"message": "greeting", "name": name, "request_id": context.aws_request_id}))
    return {"greeting": f"Hello, {name}!", "version": context.function_version}
