"""Prints what cloudsplaining finds in policy documents, as JSON by file."""

import json
import sys

from cloudsplaining.scan.policy_document import PolicyDocument


def findings(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    try:
        policy = PolicyDocument(document)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        return {"unreadable": [str(error)]}  # it knows not every wildcard
    found = {
        "privilege escalation": policy.allows_privilege_escalation,
        "data exfiltration": policy.allows_data_exfiltration_actions,
        "credentials exposure": policy.credentials_exposure,
        "permissions management without constraints": policy.permissions_management_without_constraints,
        "write actions without constraints": policy.write_actions_without_constraints,
        "service wildcard": policy.service_wildcard,
    }
    return {kind: list(map(str, what)) for kind, what in found.items() if what}


print(json.dumps({path: findings(path) for path in sys.argv[1:]}))
