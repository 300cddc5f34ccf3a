import os


def handler(event, context):
    """Answers with what it was asked and what it runs as."""
    return {
        "hello": event.get("name", "world"),
        "version": context.function_version,
        "greeting": os.environ.get("GREETING", ""),
    }


other = handler


def failing(event, context):
    raise ValueError("never works")
