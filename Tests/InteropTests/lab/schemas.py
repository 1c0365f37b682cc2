"""The JSON Schemas of Deploy/schema, as a validator that we did not write reads them."""
import json
import os

SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "Deploy", "schema")


def validator(name):
    import jsonschema
    with open(os.path.join(SCHEMAS, name)) as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def check(schema, value, what):
    for error in schema.iter_errors(value):
        context = min((e for e in error.context or [error]), key=lambda e: -len(e.path))
        raise SystemExit("expected: %s to fit its schema, but at %s: %s\n%s" % (
            what, "/".join(map(str, context.path)), context.message, json.dumps(value)[:600]))
