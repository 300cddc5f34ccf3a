package lambda

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// listsEveryVersion: a list of functions that asks for all versions has them. The
// emulator lists what is in the making alone.
// https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
func listsEveryVersion(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.ListFunctions"},
		Wrap: correct.After(func(x *wire.Exchange, a *wire.Answer) error {
			if x.Request.URL.Query().Get("FunctionVersion") != "ALL" {
				return nil
			}
			members, err := wire.ParseObject(a.Body)
			if err != nil {
				return err
			}
			all := []wire.Object{}
			for _, f := range function.Listed(members["Functions"]) {
				versions, err := function.Versions(x.Request.Context(), e, x, f.Text("FunctionName"))
				if err != nil {
					return err
				}
				if len(versions) == 0 { // deleted in the meantime, or of an emulator that lists none
					versions = []wire.Object{f}
				}
				all = append(all, versions...)
			}
			members["Functions"] = all
			return a.SetJSON(members)
		}),
	}
}

// published is the last version of a function and what was in it.
type published struct {
	version string
	digest  string
}

// unversioned are the members of a configuration that differ between two
// versions of the same thing.
var unversioned = []string{
	"FunctionArn", "Version", "RevisionId", "LastModified", "MasterArn",
	"State", "StateReason", "StateReasonCode",
	"LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode",
}

// publishOnlyChanges: "Lambda doesn't publish a version if the function's
// configuration and code haven't changed since the last version"; it returns
// that version. The emulator compares revisions, so that an update that
// changes nothing makes a version, and so does the first publication after a
// creation with Publish. It also ignores the preconditions of PublishVersion.
// https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
func publishOnlyChanges(e *emulator.Client, versions *correct.Ledger[published]) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.PublishVersion"},
		Wrap: func(next wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				ctx := x.Request.Context()
				name, _ := function.Ref(x)
				config, err := function.Config(ctx, e, x, name, "")
				if err != nil || config == nil {
					next(w, x)
					return
				}
				shown := maps.Clone(config)
				completeConfig(shown)
				if r := publishPrecondition(x, shown); r != nil {
					wire.Refuse(w, x, *r)
					return
				}
				digest := digestOf(config)
				last, known := versions.Get(x.Scoped(name))
				if known && last.digest == digest {
					if existing, err := function.Config(ctx, e, x, name, last.version); err == nil && existing != nil {
						existing["FunctionArn"] = x.FunctionARN(name) + ":" + last.version
						correct.RespondJSON(w, x, http.StatusCreated, existing)
						return
					}
				}
				rememberPublished(versions, digest)(next)(w, x)
			}
		},
	}
}

func publishPrecondition(x *wire.Exchange, config wire.Object) *wire.Refusal {
	body, err := x.Body()
	if err != nil {
		return nil // forwarding will fail the same way
	}
	request, err := wire.ParseObject(body)
	if err != nil {
		return nil
	}
	if sha := request.Text("CodeSha256"); sha != "" && sha != config.Text("CodeSha256") {
		return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: fmt.Sprintf(
			"CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). Please try again with the CodeSHA256 in $LATEST.", sha, config.Text("CodeSha256"))}
	}
	if revision := request.Text("RevisionId"); revision != "" && revision != config.Text("RevisionId") {
		return &wire.Refusal{
			Status: http.StatusPreconditionFailed, Code: "PreconditionFailedException",
			Message: "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
		}
	}
	return nil
}

// rememberPublished notes what the version in an answer was made of: the
// digest, or without one the configuration in the answer.
func rememberPublished(versions *correct.Ledger[published], digest string) wire.Step {
	return correct.After(func(x *wire.Exchange, a *wire.Answer) error {
		config, err := wire.ParseObject(a.Body)
		if err != nil {
			return err
		}
		name, _ := function.Ref(x)
		if name == "" {
			name = config.Text("FunctionName")
		}
		if version := config.Text("Version"); version != function.Latest {
			versions.Put(x.Scoped(name), published{version, cmp.Or(digest, digestOf(config))})
		}
		return nil
	})
}

// noteVersions follows versions that come into being in other ways.
func noteVersions(versions *correct.Ledger[published]) []correct.Correction {
	return []correct.Correction{
		{
			Operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionCode"},
			Wrap:       rememberPublished(versions, ""),
		},
		{
			Operations: []string{"lambda.DeleteFunction"},
			Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
				if name, qualifier := function.Ref(x); qualifier == "" {
					versions.Drop(x.Scoped(name))
				}
				return nil
			}),
		},
	}
}

func digestOf(config wire.Object) string {
	settings := maps.Clone(config)
	for _, key := range unversioned {
		delete(settings, key)
	}
	completeConfig(settings)
	canonical, err := json.Marshal(settings)
	if err != nil {
		return "" // decoded from JSON: always encodes
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// aliasNeedsVersion: an alias points to a version that exists. The emulator
// takes any number.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html
func aliasNeedsVersion(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.CreateAlias", "lambda.UpdateAlias"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			body, err := x.Body()
			if err != nil {
				return nil, err
			}
			request, err := wire.ParseObject(body)
			if err != nil {
				return nil, err
			}
			version := request.Text("FunctionVersion")
			if version == "" || version == function.Latest {
				return nil, nil
			}
			name, _ := function.Ref(x)
			config, err := function.Config(ctx, e, x, name, version)
			if err != nil || config != nil {
				return nil, err
			}
			return &wire.Refusal{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "Function not found: " + x.FunctionARN(name) + ":" + version}, nil
		}),
	}
}

// dryRunChangesNothing: UpdateFunctionCode with DryRun validates. The emulator
// updates.
// https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
func dryRunChangesNothing(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.UpdateFunctionCode"},
		Wrap: func(next wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				body, err := x.Body()
				if err != nil {
					wire.Refuse(w, x, wire.Failure(err))
					return
				}
				var request struct{ DryRun bool }
				if json.Unmarshal(body, &request) != nil || !request.DryRun {
					next(w, x)
					return
				}
				name, _ := function.Ref(x)
				config, err := function.Config(x.Request.Context(), e, x, name, "")
				if err != nil || config == nil {
					wire.Refuse(w, x, wire.Refusal{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "Function not found: " + x.FunctionARN(name)})
					return
				}
				correct.RespondJSON(w, x, http.StatusOK, config)
			}
		},
	}
}
