package sandbox

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

const (
	currentStage = "AWSCURRENT"
	askSecrets   = "secretsmanager."
)

// secretsAreKept: the name of a secret that is scheduled for deletion is told
// apart from one in use, a secret without a value has no version, a put is
// repeated by its token and keeps its labels, and rotation waits for its
// schedule and can be turned off. The emulator knows none of that.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
func secretsAreKept(e *emulator, rotations *ledger[object]) []correction {
	return []correction{
		{operations: []string{"secretsmanager.CreateSecret"}, wrap: func(next handler) handler {
			return before(func(ctx context.Context, x *exchange) (*refusal, error) { return secretNameIsFree(ctx, x, e) })(
				after(func(x *exchange, a *answer) error { return dropEmptyVersion(x, a, e) })(next))
		}},
		{operations: []string{"secretsmanager.PutSecretValue"}, wrap: func(next handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				put, r, err := putBefore(x.request.Context(), x, e)
				switch {
				case err != nil:
					refuse(w, x, failure(err))
				case r != nil:
					refuse(w, x, *r)
				case put != nil:
					respondJSON(w, x, http.StatusOK, put)
				default:
					after(func(x *exchange, a *answer) error { return keepLabels(x, a, e) })(next)(w, x)
				}
			}
		}},
		{operations: []string{"secretsmanager.RotateSecret", "secretsmanager.CancelRotateSecret"}, wrap: func(handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				done, r, err := rotate(x.request.Context(), x, e, rotations)
				switch {
				case err != nil:
					refuse(w, x, failure(err))
				case r != nil:
					refuse(w, x, *r)
				default:
					respondJSON(w, x, http.StatusOK, done)
				}
			}
		}},
		{operations: []string{"secretsmanager.DescribeSecret"}, wrap: after(func(x *exchange, a *answer) error {
			members, err := parseObject(a.body)
			if err != nil {
				return err
			}
			rotation, known := rotations.get(x.scoped(members.text("ARN")))
			if !known {
				return nil
			}
			maps.Copy(members, rotation)
			return a.setJSON(members)
		})},
	}
}

func (e *emulator) describeSecret(ctx context.Context, x *exchange, id string) (object, error) {
	status, answer, err := e.askJSON(ctx, x, "secretsmanager", askSecrets+"DescribeSecret", object{"SecretId": id})
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	return answer, nil
}

func badSecretRequest(message string) *refusal {
	return &refusal{http.StatusBadRequest, "InvalidRequestException", message}
}

// secretNameIsFree refuses the name of a secret that can still be restored.
func secretNameIsFree(ctx context.Context, x *exchange, e *emulator) (*refusal, error) {
	secret, err := e.describeSecret(ctx, x, x.member("Name"))
	if err != nil || secret["DeletedDate"] == nil {
		return nil, err
	}
	return badSecretRequest("You can't create this secret because a secret with this name is already scheduled for deletion."), nil
}

// dropEmptyVersion takes the label off the version that the emulator makes of
// nothing.
func dropEmptyVersion(x *exchange, a *answer, e *emulator) error {
	request, err := x.json()
	if err != nil || request["SecretString"] != nil || request["SecretBinary"] != nil {
		return err
	}
	members, err := parseObject(a.body)
	if err != nil {
		return err
	}
	_, _, err = e.askJSON(x.request.Context(), x, "secretsmanager", askSecrets+"UpdateSecretVersionStage", object{
		"SecretId": members.text("ARN"), "VersionStage": currentStage, "RemoveFromVersionId": members.text("VersionId"),
	})
	delete(members, "VersionId")
	if err != nil {
		return err
	}
	return a.setJSON(members)
}

// putBefore answers a put that was made before, and refuses one that would
// change a version or cannot be encrypted.
func putBefore(ctx context.Context, x *exchange, e *emulator) (object, *refusal, error) {
	request, err := x.json()
	if err != nil {
		return nil, nil, err
	}
	id, token := request.text("SecretId"), request.text("ClientRequestToken")
	secret, err := e.describeSecret(ctx, x, id)
	if err != nil || secret == nil || secret["DeletedDate"] != nil {
		return nil, nil, err // the emulator refuses it
	}
	if key := secret.text("KmsKeyId"); key != "" {
		if state, err := e.describeKey(ctx, x, key); err != nil || state.state != "Enabled" {
			return nil, &refusal{http.StatusBadRequest, "EncryptionFailure", "Secrets Manager can't encrypt the protected secret text using the provided KMS key."}, err
		}
	}
	status, version, err := e.askJSON(ctx, x, "secretsmanager", askSecrets+"GetSecretValue", object{"SecretId": id, "VersionId": token})
	if err != nil || token == "" || status != http.StatusOK {
		return nil, nil, err
	}
	if version.text("SecretString") != request.text("SecretString") {
		return nil, &refusal{
			http.StatusBadRequest, "ResourceExistsException",
			"You can't use ClientRequestToken " + token + " because that value is already in use for a version of secret " + secret.text("ARN") + ".",
		}, nil
	}
	return object{"ARN": version["ARN"], "Name": version["Name"], "VersionId": token, "VersionStages": version["VersionStages"]}, nil, nil
}

// keepLabels moves the labels of a put that the emulator forgets beside
// AWSCURRENT.
func keepLabels(x *exchange, a *answer, e *emulator) error {
	members, err := parseObject(a.body)
	if err != nil {
		return err
	}
	labels := x.texts("VersionStages")
	if len(labels) == 0 {
		return nil
	}
	ctx := x.request.Context()
	secret, err := e.describeSecret(ctx, x, members.text("ARN"))
	if err != nil {
		return err
	}
	for _, label := range labels {
		move := object{"SecretId": members["ARN"], "VersionStage": label, "MoveToVersionId": members["VersionId"]}
		for version, has := range secret.object("VersionIdsToStages") {
			if held, _ := has.([]any); slices.Contains(held, any(label)) {
				move["RemoveFromVersionId"] = version
			}
		}
		if label == currentStage || move["RemoveFromVersionId"] == move["MoveToVersionId"] {
			continue
		}
		if _, _, err := e.askJSON(ctx, x, "secretsmanager", askSecrets+"UpdateSecretVersionStage", move); err != nil {
			return err
		}
	}
	members["VersionStages"] = labels
	return a.setJSON(members)
}

// rotate notes a rotation. The emulator would rotate at once.
func rotate(ctx context.Context, x *exchange, e *emulator, rotations *ledger[object]) (object, *refusal, error) {
	request, err := x.json()
	if err != nil {
		return nil, nil, err
	}
	secret, err := e.describeSecret(ctx, x, request.text("SecretId"))
	switch {
	case err != nil:
		return nil, nil, err
	case secret == nil:
		return nil, &refusal{http.StatusBadRequest, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."}, nil
	case secret["DeletedDate"] != nil:
		return nil, badSecretRequest("You can't perform this operation on the secret because it was marked for deletion."), nil
	}
	key := x.scoped(secret.text("ARN"))
	if x.call.Operation == "CancelRotateSecret" {
		rotations.put(key, object{"RotationEnabled": false})
		return object{"ARN": secret["ARN"], "Name": secret["Name"]}, nil, nil
	}
	if request["RotateImmediately"] != false {
		refused := x.unsupported()
		return nil, &refused, nil
	}
	rules, err := json.Marshal(request["RotationRules"])
	if err != nil {
		return nil, nil, err
	}
	rotations.put(key, object{"RotationEnabled": true, "RotationLambdaARN": request["RotationLambdaARN"], "RotationRules": json.RawMessage(rules)})
	return object{"ARN": secret["ARN"], "Name": secret["Name"]}, nil, nil
}
