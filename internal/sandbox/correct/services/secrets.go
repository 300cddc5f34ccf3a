package services

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
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
func secretsAreKept(e *emulator.Client, rotations *correct.Ledger[wire.Object]) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"secretsmanager.CreateSecret"}, Wrap: func(next wire.Handler) wire.Handler {
			return correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) { return secretNameIsFree(ctx, x, e) })(
				correct.After(func(x *wire.Exchange, a *wire.Answer) error { return dropEmptyVersion(x, a, e) })(next))
		}},
		{Operations: []string{"secretsmanager.PutSecretValue"}, Wrap: func(next wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				put, r, err := putBefore(x.Request.Context(), x, e)
				switch {
				case err != nil:
					wire.Refuse(w, x, wire.Failure(err))
				case r != nil:
					wire.Refuse(w, x, *r)
				case put != nil:
					correct.RespondJSON(w, x, http.StatusOK, put)
				default:
					correct.After(func(x *wire.Exchange, a *wire.Answer) error { return keepLabels(x, a, e) })(next)(w, x)
				}
			}
		}},
		{Operations: []string{"secretsmanager.RotateSecret", "secretsmanager.CancelRotateSecret"}, Wrap: func(wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				done, r, err := rotate(x.Request.Context(), x, e, rotations)
				switch {
				case err != nil:
					wire.Refuse(w, x, wire.Failure(err))
				case r != nil:
					wire.Refuse(w, x, *r)
				default:
					correct.RespondJSON(w, x, http.StatusOK, done)
				}
			}
		}},
		{Operations: []string{"secretsmanager.DescribeSecret"}, Wrap: correct.After(func(x *wire.Exchange, a *wire.Answer) error {
			members, err := wire.ParseObject(a.Body)
			if err != nil {
				return err
			}
			rotation, known := rotations.Get(x.Scoped(members.Text("ARN")))
			if !known {
				return nil
			}
			maps.Copy(members, rotation)
			return a.SetJSON(members)
		})},
	}
}

func describeSecret(ctx context.Context, e *emulator.Client, x *wire.Exchange, id string) (wire.Object, error) {
	status, answer, err := e.AskJSON(ctx, x, "secretsmanager", askSecrets+"DescribeSecret", wire.Object{"SecretId": id})
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	return answer, nil
}

func badSecretRequest(message string) *wire.Refusal {
	return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidRequestException", Message: message}
}

// secretNameIsFree refuses the name of a secret that can still be restored.
func secretNameIsFree(ctx context.Context, x *wire.Exchange, e *emulator.Client) (*wire.Refusal, error) {
	secret, err := describeSecret(ctx, e, x, x.Member("Name"))
	if err != nil || secret["DeletedDate"] == nil {
		return nil, err
	}
	return badSecretRequest("You can't create this secret because a secret with this name is already scheduled for deletion."), nil
}

// dropEmptyVersion takes the label off the version that the emulator makes of
// nothing.
func dropEmptyVersion(x *wire.Exchange, a *wire.Answer, e *emulator.Client) error {
	request, err := x.JSON()
	if err != nil || request["SecretString"] != nil || request["SecretBinary"] != nil {
		return err
	}
	members, err := wire.ParseObject(a.Body)
	if err != nil {
		return err
	}
	_, _, err = e.AskJSON(x.Request.Context(), x, "secretsmanager", askSecrets+"UpdateSecretVersionStage", wire.Object{
		"SecretId": members.Text("ARN"), "VersionStage": currentStage, "RemoveFromVersionId": members.Text("VersionId"),
	})
	delete(members, "VersionId")
	if err != nil {
		return err
	}
	return a.SetJSON(members)
}

// putBefore answers a put that was made before, and refuses one that would
// change a version or cannot be encrypted.
func putBefore(ctx context.Context, x *wire.Exchange, e *emulator.Client) (wire.Object, *wire.Refusal, error) {
	request, err := x.JSON()
	if err != nil {
		return nil, nil, err
	}
	id, token := request.Text("SecretId"), request.Text("ClientRequestToken")
	secret, err := describeSecret(ctx, e, x, id)
	if err != nil || secret == nil || secret["DeletedDate"] != nil {
		return nil, nil, err // the emulator refuses it
	}
	if key := secret.Text("KmsKeyId"); key != "" {
		if state, err := DescribeKey(ctx, e, x, key); err != nil || state.State != "Enabled" {
			return nil, &wire.Refusal{Status: http.StatusBadRequest, Code: "EncryptionFailure", Message: "Secrets Manager can't encrypt the protected secret text using the provided KMS key."}, err
		}
	}
	status, version, err := e.AskJSON(ctx, x, "secretsmanager", askSecrets+"GetSecretValue", wire.Object{"SecretId": id, "VersionId": token})
	if err != nil || token == "" || status != http.StatusOK {
		return nil, nil, err
	}
	if version.Text("SecretString") != request.Text("SecretString") {
		return nil, &wire.Refusal{
			Status: http.StatusBadRequest, Code: "ResourceExistsException",
			Message: "You can't use ClientRequestToken " + token + " because that value is already in use for a version of secret " + secret.Text("ARN") + ".",
		}, nil
	}
	return wire.Object{"ARN": version["ARN"], "Name": version["Name"], "VersionId": token, "VersionStages": version["VersionStages"]}, nil, nil
}

// keepLabels moves the labels of a put that the emulator forgets beside
// AWSCURRENT.
func keepLabels(x *wire.Exchange, a *wire.Answer, e *emulator.Client) error {
	members, err := wire.ParseObject(a.Body)
	if err != nil {
		return err
	}
	labels := x.Texts("VersionStages")
	if len(labels) == 0 {
		return nil
	}
	ctx := x.Request.Context()
	secret, err := describeSecret(ctx, e, x, members.Text("ARN"))
	if err != nil {
		return err
	}
	for _, label := range labels {
		move := wire.Object{"SecretId": members["ARN"], "VersionStage": label, "MoveToVersionId": members["VersionId"]}
		for version, has := range secret.Object("VersionIdsToStages") {
			if held, _ := has.([]any); slices.Contains(held, any(label)) {
				move["RemoveFromVersionId"] = version
			}
		}
		if label == currentStage || move["RemoveFromVersionId"] == move["MoveToVersionId"] {
			continue
		}
		if _, _, err := e.AskJSON(ctx, x, "secretsmanager", askSecrets+"UpdateSecretVersionStage", move); err != nil {
			return err
		}
	}
	members["VersionStages"] = labels
	return a.SetJSON(members)
}

// rotate notes a rotation. The emulator would rotate at once.
func rotate(ctx context.Context, x *wire.Exchange, e *emulator.Client, rotations *correct.Ledger[wire.Object]) (wire.Object, *wire.Refusal, error) {
	request, err := x.JSON()
	if err != nil {
		return nil, nil, err
	}
	secret, err := describeSecret(ctx, e, x, request.Text("SecretId"))
	switch {
	case err != nil:
		return nil, nil, err
	case secret == nil:
		return nil, &wire.Refusal{Status: http.StatusBadRequest, Code: "ResourceNotFoundException", Message: "Secrets Manager can't find the specified secret."}, nil
	case secret["DeletedDate"] != nil:
		return nil, badSecretRequest("You can't perform this operation on the secret because it was marked for deletion."), nil
	}
	key := x.Scoped(secret.Text("ARN"))
	if x.Call.Operation == "CancelRotateSecret" {
		rotations.Put(key, wire.Object{"RotationEnabled": false})
		return wire.Object{"ARN": secret["ARN"], "Name": secret["Name"]}, nil, nil
	}
	if request["RotateImmediately"] != false {
		refused := x.Unsupported()
		return nil, &refused, nil
	}
	rules, err := json.Marshal(request["RotationRules"])
	if err != nil {
		return nil, nil, err
	}
	rotations.Put(key, wire.Object{"RotationEnabled": true, "RotationLambdaARN": request["RotationLambdaARN"], "RotationRules": json.RawMessage(rules)})
	return wire.Object{"ARN": secret["ARN"], "Name": secret["Name"]}, nil, nil
}
