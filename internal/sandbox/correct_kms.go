package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

// keyState is what DescribeKey says. The zero value is a key that is missing.
type keyState struct {
	arn   string
	state string
}

func (e *emulator) describeKey(ctx context.Context, x *exchange, id string) (keyState, error) {
	status, answer, err := e.askJSON(ctx, x, "kms", "TrentService.DescribeKey", object{"KeyId": id})
	if err != nil || status != http.StatusOK {
		return keyState{}, err
	}
	metadata := answer.object("KeyMetadata")
	return keyState{arn: metadata.text("Arn"), state: metadata.text("KeyState")}, nil
}

// problem is the error AWS gives for using the key, nil for one in order.
func (k keyState) problem(id string) *refusal {
	switch k.state {
	case "Enabled":
		return nil
	case "Disabled":
		return &refusal{http.StatusBadRequest, "DisabledException", k.arn + " is disabled."}
	case pendingDeletion:
		return &refusal{http.StatusBadRequest, "KMSInvalidStateException", k.arn + " is pending deletion."}
	case "":
		return &refusal{http.StatusBadRequest, "NotFoundException", "Key '" + id + "' does not exist"}
	default:
		return &refusal{http.StatusBadRequest, "KMSInvalidStateException", k.arn + " is in state " + k.state + "."}
	}
}

const pendingDeletion = "PendingDeletion"

// The table of what can be done with a key in which state; the emulator checks
// only cryptographic operations.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
var (
	refusedWhilePendingDeletion = []string{
		"kms.CreateGrant", "kms.DisableKey", "kms.DisableKeyRotation", "kms.EnableKey", "kms.EnableKeyRotation",
		"kms.RotateKeyOnDemand", "kms.ScheduleKeyDeletion", "kms.TagResource", "kms.UntagResource", "kms.UpdateKeyDescription",
	}
	refusedWhileDisabled = []string{"kms.CreateGrant", "kms.EnableKeyRotation", "kms.RotateKeyOnDemand"}
)

func keyStatesMatter(e *emulator) []correction {
	return []correction{
		{operations: refusedWhilePendingDeletion, wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			key, err := e.keyOf(ctx, x, "KeyId")
			if err != nil {
				return nil, err
			}
			if key.state == pendingDeletion || key.state == "Disabled" && slices.Contains(refusedWhileDisabled, x.call.Name()) {
				return key.problem(key.arn), nil
			}
			return nil, nil
		})},
		{operations: []string{"kms.CreateAlias"}, wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			key, err := e.keyOf(ctx, x, "TargetKeyId")
			if err != nil || key.state != pendingDeletion {
				return nil, err
			}
			return key.problem(key.arn), nil
		})},
		{operations: []string{"kms.CancelKeyDeletion"}, wrap: func(next handler) handler {
			return before(func(ctx context.Context, x *exchange) (*refusal, error) {
				key, err := e.keyOf(ctx, x, "KeyId")
				if err != nil || key.state == pendingDeletion || key.state == "" {
					return nil, err
				}
				return &refusal{http.StatusBadRequest, "KMSInvalidStateException", key.arn + " is not pending deletion."}, nil
			})(after(func(x *exchange, _ *answer) error {
				// The emulator says Disabled in one member and Enabled in another.
				_, _, err := e.askJSON(x.request.Context(), x, "kms", "TrentService.DisableKey", json.RawMessage(x.payload))
				return err
			})(next))
		}},
	}
}

func (e *emulator) keyOf(ctx context.Context, x *exchange, member string) (keyState, error) {
	request, err := x.json()
	if err != nil {
		return keyState{}, err
	}
	return e.describeKey(ctx, x, request.text(member))
}

// keyPolicyMustParse: a key policy is a JSON policy. The emulator stores any
// text. Whether it locks the caller out is not checked.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
func keyPolicyMustParse() correction {
	return correction{
		operations: []string{"kms.CreateKey", "kms.PutKeyPolicy"},
		wrap: before(func(_ context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			if isPolicy(request.text("Policy")) {
				return nil, nil
			}
			return &refusal{http.StatusBadRequest, "MalformedPolicyDocumentException", "The new key policy is not a valid policy document."}, nil
		}),
	}
}
