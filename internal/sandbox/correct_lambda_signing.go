package sandbox

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// codeSigning holds what the emulator lacks: code signing configurations,
// which functions have one, and which archives were found to be signed. An
// archive is signed when it has the entry that Sign adds; layers are not
// checked, and signatures neither expire nor are revoked.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
type codeSigning struct {
	configs  ledger[object]
	attached ledger[string]        // ARN by function
	signed   ledger[codeSignature] // by function and code digest
}

func (s *codeSigning) corrections(e *emulator) []correction {
	answered := func(answer func(w http.ResponseWriter, x *exchange) *refusal) step {
		return func(handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				if r := answer(w, x); r != nil {
					refuse(w, x, *r)
				}
			}
		}
	}
	return []correction{
		{operations: []string{"lambda.CreateCodeSigningConfig"}, wrap: answered(s.create)},
		{operations: []string{"lambda.ListCodeSigningConfigs", "lambda.ListFunctionsByCodeSigningConfig"}, wrap: answered(s.list)},
		{operations: []string{"lambda.GetCodeSigningConfig", "lambda.UpdateCodeSigningConfig", "lambda.DeleteCodeSigningConfig"}, wrap: answered(s.change)},
		{operations: []string{"lambda.GetFunctionCodeSigningConfig", "lambda.PutFunctionCodeSigningConfig", "lambda.DeleteFunctionCodeSigningConfig"}, wrap: answered(
			func(w http.ResponseWriter, x *exchange) *refusal { return s.attach(x.request.Context(), w, x, e) })},
		{operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionCode"}, wrap: func(next handler) handler {
			return func(w http.ResponseWriter, x *exchange) { s.deploy(w, x, e, next) }
		}},
		{operations: []string{"lambda.DeleteFunction"}, wrap: after(func(x *exchange, _ *answer) error {
			if name, qualifier := functionRef(x); qualifier == "" {
				s.attached.drop(x.scoped(name))
			}
			return nil
		})},
	}
}

func (s *codeSigning) create(w http.ResponseWriter, x *exchange) *refusal {
	request, err := x.json()
	if err != nil {
		r := failure(err)
		return &r
	}
	id := "csc-" + strings.ReplaceAll(newID(), "-", "")[:17]
	config := object{
		"CodeSigningConfigId":  id,
		"CodeSigningConfigArn": strings.TrimSuffix(x.functionARN(""), "function:") + "code-signing-config:" + id,
		"CodeSigningPolicies":  map[string]any{"UntrustedArtifactOnDeployment": "Warn"},
	}
	if r := s.store(x, config, request); r != nil {
		return r
	}
	respondJSON(w, x, http.StatusCreated, object{"CodeSigningConfig": config})
	return nil
}

// store takes the members of a request over into a configuration.
func (s *codeSigning) store(x *exchange, config, request object) *refusal {
	for _, key := range []string{"Description", "AllowedPublishers", "CodeSigningPolicies"} {
		if request.text(key) != "" || len(request.object(key)) > 0 {
			config[key] = request[key]
		}
	}
	publishers := textsIn(config.object("AllowedPublishers")["SigningProfileVersionArns"])
	policy := config.object("CodeSigningPolicies").text("UntrustedArtifactOnDeployment")
	switch {
	case len(publishers) == 0 || len(publishers) > 20:
		return invalidMember("[]", "allowedPublishers.signingProfileVersionArns", "have length between 1 and 20")
	case policy != "Warn" && policy != "Enforce":
		return invalidMember(policy, "codeSigningPolicies.untrustedArtifactOnDeployment", "satisfy enum value set: [Enforce, Warn]")
	}
	config["LastModified"] = time.Now().UTC().Format("2006-01-02T15:04:05.000+0000")
	s.configs.put(x.scoped(config.text("CodeSigningConfigArn")), config)
	return nil
}

// change gets, updates or deletes a configuration.
func (s *codeSigning) change(w http.ResponseWriter, x *exchange) *refusal {
	key := x.scoped(x.path["CodeSigningConfigArn"])
	config, found := s.configs.get(key)
	if !found {
		return &refusal{http.StatusNotFound, "ResourceNotFoundException", "The code signing configuration cannot be found: " + x.path["CodeSigningConfigArn"]}
	}
	switch x.call.Operation {
	case "DeleteCodeSigningConfig":
		if s.inUse(x, config.text("CodeSigningConfigArn")) {
			return &refusal{http.StatusConflict, "ResourceConflictException", "The code signing configuration is in use by a function: " + config.text("CodeSigningConfigArn")}
		}
		s.configs.drop(key)
		w.WriteHeader(http.StatusNoContent)
		return nil
	case "UpdateCodeSigningConfig":
		request, err := x.json()
		if err != nil {
			r := failure(err)
			return &r
		}
		config = maps.Clone(config)
		if r := s.store(x, config, request); r != nil {
			return r
		}
	}
	respondJSON(w, x, http.StatusOK, object{"CodeSigningConfig": config})
	return nil
}

// list answers with all configurations, or with all functions of one.
func (s *codeSigning) list(w http.ResponseWriter, x *exchange) *refusal {
	prefix := x.scoped()
	if x.call.Operation == "ListCodeSigningConfigs" {
		configs := []any{}
		all := s.configs.all()
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if strings.HasPrefix(key, prefix) {
				configs = append(configs, all[key])
			}
		}
		respondJSON(w, x, http.StatusOK, object{"CodeSigningConfigs": configs})
		return nil
	}
	functions := []any{}
	attached := s.attached.all()
	for _, key := range slices.Sorted(maps.Keys(attached)) {
		if name, ours := strings.CutPrefix(key, prefix); ours && attached[key] == x.path["CodeSigningConfigArn"] {
			functions = append(functions, x.functionARN(name))
		}
	}
	respondJSON(w, x, http.StatusOK, object{"FunctionArns": functions})
	return nil
}

func (s *codeSigning) inUse(x *exchange, arn string) bool {
	prefix := x.scoped()
	for key, attached := range s.attached.all() {
		if attached == arn && strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func configMissing(arn string) *refusal {
	return &refusal{
		http.StatusNotFound, "CodeSigningConfigNotFoundException",
		"The code signing configuration cannot be found. Check that the provided configuration is not deleted: " + arn,
	}
}

// attach answers what a function has, gives it a configuration or takes it
// away. A function without one has an empty answer.
func (s *codeSigning) attach(ctx context.Context, w http.ResponseWriter, x *exchange, e *emulator) *refusal {
	name, _ := functionRef(x)
	config, err := e.functionConfig(ctx, x, name, "")
	if err != nil {
		r := failure(err)
		return &r
	}
	if config == nil {
		return functionMissing(x, name, "")
	}
	key := x.scoped(name)
	switch x.call.Operation {
	case "DeleteFunctionCodeSigningConfig":
		s.attached.drop(key)
		w.WriteHeader(http.StatusNoContent)
		return nil
	case "PutFunctionCodeSigningConfig":
		request, err := x.json()
		if err != nil {
			r := failure(err)
			return &r
		}
		arn := request.text("CodeSigningConfigArn")
		if _, found := s.configs.get(x.scoped(arn)); !found {
			return configMissing(arn)
		}
		if config.text("PackageType") == imagePackage {
			return badPackage("Code signing is not supported for functions created with container images.")
		}
		s.attached.put(key, arn)
	}
	arn, found := s.attached.get(key)
	if !found {
		respondJSON(w, x, http.StatusOK, object{})
		return nil
	}
	respondJSON(w, x, http.StatusOK, object{"CodeSigningConfigArn": arn, "FunctionName": name})
	return nil
}

// deploy checks the code of a function that has a configuration.
func (s *codeSigning) deploy(w http.ResponseWriter, x *exchange, e *emulator, next handler) {
	request, err := x.json()
	if err != nil {
		refuse(w, x, failure(err))
		return
	}
	name, _ := functionRef(x)
	arn, attached := s.attached.get(x.scoped(name))
	if x.call.Operation == "CreateFunction" {
		name, arn = request.text("FunctionName"), request.text("CodeSigningConfigArn")
		attached = arn != ""
	}
	if !attached {
		next(w, x)
		return
	}
	config, found := s.configs.get(x.scoped(arn))
	if !found {
		refuse(w, x, *configMissing(arn))
		return
	}
	archive, err := e.archive(x.request.Context(), x, codeSource(x, request))
	if err != nil {
		refuse(w, x, failure(err))
		return
	}
	signature, problem := verify(config, archive)
	if problem != nil {
		refuse(w, x, *problem)
		return
	}
	after(func(x *exchange, a *answer) error {
		made, err := parseObject(a.body)
		if err != nil {
			return err
		}
		s.attached.put(x.scoped(name), arn)
		if signature.Profile != "" {
			s.signed.put(x.scoped(name, made.text("CodeSha256")), signature)
		}
		return nil
	})(next)(w, x)
}

// verify refuses a changed archive always, and one that no allowed publisher
// signed if the policy says so.
func verify(config object, archive []byte) (codeSignature, *refusal) {
	signature, found, whole := signatureIn(archive)
	if found && !whole {
		return signature, &refusal{
			http.StatusBadRequest, "InvalidCodeSignatureException",
			"The code signature failed the integrity check. If the integrity check fails, then Lambda blocks deployment, even if the code signing policy is set to WARN.",
		}
	}
	publishers := textsIn(config.object("AllowedPublishers")["SigningProfileVersionArns"])
	if found && slices.Contains(publishers, signature.Profile) {
		return signature, nil
	}
	if config.object("CodeSigningPolicies").text("UntrustedArtifactOnDeployment") != "Enforce" {
		return signature, nil
	}
	return signature, &refusal{
		http.StatusBadRequest, "CodeVerificationFailedException",
		"Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is not configured to accept. Check the provided signature for unsigned.",
	}
}

// describe adds who signed the code of a configuration.
func (s *codeSigning) describe(x *exchange, config object) {
	signature, found := s.signed.get(x.scoped(config.text("FunctionName"), config.text("CodeSha256")))
	if !found {
		return
	}
	config["SigningProfileVersionArn"] = signature.Profile
	if signature.Job != "" {
		config["SigningJobArn"] = signature.Job
	}
}
