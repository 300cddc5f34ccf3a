def handler(event, context):
    return {"hello": "from the other package"}


other = handler
