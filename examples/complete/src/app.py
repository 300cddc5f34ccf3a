"""Looks orders up. The table is faked so that the example runs anywhere."""

import os

ORDERS = {"1": {"id": "1", "state": "shipped"}}


def handler(event, context):
    order = ORDERS.get(str(event.get("id", "")))
    if order is None:
        return {"status": 404, "table": os.environ["TABLE_NAME"]}
    return {"status": 200, "order": order, "version": context.function_version}
