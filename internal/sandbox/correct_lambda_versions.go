package sandbox

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
)

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
func publishOnlyChanges(e *emulator, versions *ledger[published]) correction {
	return correction{
		operations: []string{"lambda.PublishVersion"},
		wrap: func(next handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				ctx := x.request.Context()
				name, _ := functionRef(x)
				config, err := e.functionConfig(ctx, x, name, "")
				if err != nil || config == nil {
					next(w, x)
					return
				}
				shown := maps.Clone(config)
				completeConfig(shown)
				if r := publishPrecondition(x, shown); r != nil {
					refuse(w, x, *r)
					return
				}
				digest := digestOf(config)
				last, known := versions.get(x.scoped(name))
				if known && last.digest == digest {
					if existing, err := e.functionConfig(ctx, x, name, last.version); err == nil && existing != nil {
						existing["FunctionArn"] = x.functionARN(name) + ":" + last.version
						respondJSON(w, x, http.StatusCreated, existing)
						return
					}
				}
				rememberPublished(versions, digest)(next)(w, x)
			}
		},
	}
}

func publishPrecondition(x *exchange, config object) *refusal {
	body, err := x.body()
	if err != nil {
		return nil // forwarding will fail the same way
	}
	request, err := parseObject(body)
	if err != nil {
		return nil
	}
	if sha := request.text("CodeSha256"); sha != "" && sha != config.text("CodeSha256") {
		return &refusal{http.StatusBadRequest, "InvalidParameterValueException", fmt.Sprintf(
			"CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). Please try again with the CodeSHA256 in $LATEST.", sha, config.text("CodeSha256"))}
	}
	if revision := request.text("RevisionId"); revision != "" && revision != config.text("RevisionId") {
		return &refusal{
			http.StatusPreconditionFailed, "PreconditionFailedException",
			"The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
		}
	}
	return nil
}

// rememberPublished notes what the version in an answer was made of: the
// digest, or without one the configuration in the answer.
func rememberPublished(versions *ledger[published], digest string) step {
	return after(func(x *exchange, a *answer) error {
		config, err := parseObject(a.body)
		if err != nil {
			return err
		}
		name, _ := functionRef(x)
		if name == "" {
			name = config.text("FunctionName")
		}
		if version := config.text("Version"); version != latest {
			versions.put(x.scoped(name), published{version, cmp.Or(digest, digestOf(config))})
		}
		return nil
	})
}

// noteVersions follows versions that come into being in other ways.
func noteVersions(versions *ledger[published]) []correction {
	return []correction{
		{
			operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionCode"},
			wrap:       rememberPublished(versions, ""),
		},
		{
			operations: []string{"lambda.DeleteFunction"},
			wrap: after(func(x *exchange, _ *answer) error {
				if name, qualifier := functionRef(x); qualifier == "" {
					versions.drop(x.scoped(name))
				}
				return nil
			}),
		},
	}
}

func digestOf(config object) string {
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
func aliasNeedsVersion(e *emulator) correction {
	return correction{
		operations: []string{"lambda.CreateAlias", "lambda.UpdateAlias"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			body, err := x.body()
			if err != nil {
				return nil, err
			}
			request, err := parseObject(body)
			if err != nil {
				return nil, err
			}
			version := request.text("FunctionVersion")
			if version == "" || version == latest {
				return nil, nil
			}
			name, _ := functionRef(x)
			config, err := e.functionConfig(ctx, x, name, version)
			if err != nil || config != nil {
				return nil, err
			}
			return &refusal{http.StatusNotFound, "ResourceNotFoundException", "Function not found: " + x.functionARN(name) + ":" + version}, nil
		}),
	}
}

// dryRunChangesNothing: UpdateFunctionCode with DryRun validates. The emulator
// updates.
// https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
func dryRunChangesNothing(e *emulator) correction {
	return correction{
		operations: []string{"lambda.UpdateFunctionCode"},
		wrap: func(next handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				body, err := x.body()
				if err != nil {
					refuse(w, x, failure(err))
					return
				}
				var request struct{ DryRun bool }
				if json.Unmarshal(body, &request) != nil || !request.DryRun {
					next(w, x)
					return
				}
				name, _ := functionRef(x)
				config, err := e.functionConfig(x.request.Context(), x, name, "")
				if err != nil || config == nil {
					refuse(w, x, refusal{http.StatusNotFound, "ResourceNotFoundException", "Function not found: " + x.functionARN(name)})
					return
				}
				respondJSON(w, x, http.StatusOK, config)
			}
		},
	}
}

// unqualified strips the qualifier of a function's ARN.
func unqualified(arn string) string {
	parts := strings.Split(arn, ":")
	return strings.Join(parts[:min(len(parts), 7)], ":")
}

// respondJSON answers in place of the emulator.
func respondJSON(w http.ResponseWriter, x *exchange, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		refuse(w, x, failure(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails only when the client is gone
}

// failure is a defect of the sandbox itself, never of the caller.
func failure(err error) refusal {
	return refusal{http.StatusInternalServerError, "SandboxFailure", err.Error()}
}
