package services

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// KeyState is what DescribeKey says. The zero value is a key that is missing.
type KeyState struct {
	ARN   string
	State string
}

// DescribeKey asks for a key by its id, ARN or alias.
func DescribeKey(ctx context.Context, e *emulator.Client, x *wire.Exchange, id string) (KeyState, error) {
	status, answer, err := e.AskJSON(ctx, x, "kms", "TrentService.DescribeKey", wire.Object{"KeyId": id})
	if err != nil || status != http.StatusOK {
		return KeyState{}, err
	}
	metadata := answer.Object("KeyMetadata")
	return KeyState{ARN: metadata.Text("Arn"), State: metadata.Text("KeyState")}, nil
}

// Problem is the error AWS gives for using the key, nil for one in order.
func (k KeyState) Problem(id string) *wire.Refusal {
	switch k.State {
	case "Enabled":
		return nil
	case "Disabled":
		return &wire.Refusal{Status: http.StatusBadRequest, Code: "DisabledException", Message: k.ARN + " is disabled."}
	case pendingDeletion:
		return &wire.Refusal{Status: http.StatusBadRequest, Code: "KMSInvalidStateException", Message: k.ARN + " is pending deletion."}
	case "":
		return &wire.Refusal{Status: http.StatusBadRequest, Code: "NotFoundException", Message: "Key '" + id + "' does not exist"}
	default:
		return &wire.Refusal{Status: http.StatusBadRequest, Code: "KMSInvalidStateException", Message: k.ARN + " is in state " + k.State + "."}
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

func keyStatesMatter(e *emulator.Client) []correct.Correction {
	return []correct.Correction{
		{Operations: refusedWhilePendingDeletion, Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			key, err := keyOf(ctx, e, x, "KeyId")
			if err != nil {
				return nil, err
			}
			if key.State == pendingDeletion || key.State == "Disabled" && slices.Contains(refusedWhileDisabled, x.Call.Name()) {
				return key.Problem(key.ARN), nil
			}
			return nil, nil
		})},
		{Operations: []string{"kms.CreateAlias"}, Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			key, err := keyOf(ctx, e, x, "TargetKeyId")
			if err != nil || key.State != pendingDeletion {
				return nil, err
			}
			return key.Problem(key.ARN), nil
		})},
		{Operations: []string{"kms.CancelKeyDeletion"}, Wrap: func(next wire.Handler) wire.Handler {
			return correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
				key, err := keyOf(ctx, e, x, "KeyId")
				if err != nil || key.State == pendingDeletion || key.State == "" {
					return nil, err
				}
				return &wire.Refusal{Status: http.StatusBadRequest, Code: "KMSInvalidStateException", Message: key.ARN + " is not pending deletion."}, nil
			})(correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
				// The emulator says Disabled in one member and Enabled in another.
				_, _, err := e.AskJSON(x.Request.Context(), x, "kms", "TrentService.DisableKey", json.RawMessage(x.Payload))
				return err
			})(next))
		}},
	}
}

func keyOf(ctx context.Context, e *emulator.Client, x *wire.Exchange, member string) (KeyState, error) {
	request, err := x.JSON()
	if err != nil {
		return KeyState{}, err
	}
	return DescribeKey(ctx, e, x, request.Text(member))
}

// keyPolicyMustParse: a key policy is a JSON policy. The emulator stores any
// text. Whether it locks the caller out is not checked.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
func keyPolicyMustParse() correct.Correction {
	return correct.Correction{
		Operations: []string{"kms.CreateKey", "kms.PutKeyPolicy"},
		Wrap: correct.Before(func(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			if isPolicy(request.Text("Policy")) {
				return nil, nil
			}
			return &wire.Refusal{Status: http.StatusBadRequest, Code: "MalformedPolicyDocumentException", Message: "The new key policy is not a valid policy document."}, nil
		}),
	}
}

const awsAlias = "alias/aws/"

// keysOfAWS: the alias of a service's own key exists as soon as somebody asks
// for it, its key is managed by AWS, and nobody else makes such an alias. The
// emulator knows no such keys. Their policy is not that of AWS.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
func keysOfAWS(e *emulator.Client, managed *correct.Ledger[bool]) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"kms.CreateAlias", "kms.UpdateAlias", "kms.DeleteAlias"}, Wrap: correct.Before(func(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			if !strings.HasPrefix(x.Member("AliasName"), awsAlias) {
				return nil, nil
			}
			return &wire.Refusal{Status: http.StatusBadRequest, Code: "NotAuthorizedException", Message: ""}, nil
		})},
		{Operations: []string{"kms.DescribeKey"}, Wrap: func(next wire.Handler) wire.Handler {
			return correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
				return nil, ownKey(ctx, e, x, managed)
			})(correct.After(func(x *wire.Exchange, a *wire.Answer) error {
				members, err := wire.ParseObject(a.Body)
				if err != nil {
					return err
				}
				metadata := members.Object("KeyMetadata")
				if _, found := managed.Get(x.Scoped(metadata.Text("KeyId"))); found {
					metadata["KeyManager"] = "AWS"
				}
				return a.SetJSON(members)
			})(next))
		}},
	}
}

// ownKey makes the key of a service when it is asked for the first time.
func ownKey(ctx context.Context, e *emulator.Client, x *wire.Exchange, managed *correct.Ledger[bool]) error {
	_, service, found := strings.Cut(x.Member("KeyId"), awsAlias)
	if !found {
		return nil
	}
	alias := awsAlias + service
	key, err := DescribeKey(ctx, e, x, alias)
	if err != nil || key.ARN != "" {
		return err
	}
	_, created, err := e.AskJSON(ctx, x, "kms", "TrentService.CreateKey", wire.Object{
		"Description": "Default key that protects my " + service + " resources when no other key is defined",
	})
	if err != nil {
		return err
	}
	id := created.Object("KeyMetadata").Text("KeyId")
	managed.Put(x.Scoped(id), true)
	_, _, err = e.AskJSON(ctx, x, "kms", "TrentService.CreateAlias", wire.Object{"AliasName": alias, "TargetKeyId": id})
	return err
}
