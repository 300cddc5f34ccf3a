package provider

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// privatePackage is the private-state key of the last deployed S3 object.
const privatePackage = "package"

// packageReport is what a plan knows of the deployment package.
type packageReport struct {
	sha256 bp.String
	at     path.Path
	err    error
}

func (p packageReport) addTo(diags *diag.Diagnostics) {
	if p.err == nil {
		return
	}
	if bad, ok := errors.AsType[*artifact.Error](p.err); ok {
		diags.AddAttributeError(p.at, bad.Summary, bad.Detail)
		return
	}
	if bad, ok := errors.AsType[*cloud.ObjectError](p.err); ok {
		diags.AddAttributeError(p.at, bad.Summary, bad.Detail)
		return
	}
	diags.AddAttributeError(p.at, "The code package cannot be read", p.err.Error())
}

// inspect digests the package as far as that can be done now. When it cannot
// be read, what is deployed stays.
func (s *session) inspect(ctx context.Context, in intent, recorded deployedObject) packageReport {
	code, ok := in.spec.Code.Get()
	if !ok {
		return packageReport{sha256: bp.Unknown[string]()}
	}
	at := path.Root("code")
	deployed := functionOf(in.observed()).CodeSHA256
	if object, ok := code.S3.Get(); ok {
		report := packageReport{at: at.AtName("s3")}
		report.sha256, report.err = s.inspectObject(ctx, object, recorded)
		if report.err != nil {
			report.sha256 = deployed.Else(bp.Unknown[string]())
		}
		return report
	}
	if file, ok := code.Path.Get(); ok {
		found, err := artifact.Inspect(file)
		if err != nil {
			return packageReport{sha256: deployed.Else(bp.Unknown[string]()), at: at.AtName("path"), err: err}
		}
		return packageReport{sha256: bp.Known(found.SHA256)}
	}
	return packageReport{sha256: bp.Unknown[string]()}
}

// deployedObject ties an S3 object to the digest that Lambda computed of it.
type deployedObject struct {
	Bucket, Key, Version, ETag, SHA256 string
}

func (s *session) inspectObject(ctx context.Context, object bp.S3Spec, recorded deployedObject) (bp.String, error) {
	for _, v := range []bp.String{object.Bucket, object.Key, object.VersionID} {
		if v.IsUnknown() {
			return bp.Unknown[string](), nil
		}
	}
	found, err := s.client.InspectObject(ctx, object)
	if err != nil {
		return bp.Unknown[string](), err
	}
	same := recorded.Bucket == object.Bucket.Or("") && recorded.Key == object.Key.Or("") &&
		recorded.Version == found.Version && recorded.ETag == found.ETag
	if same && recorded.SHA256 != "" {
		return bp.Known(recorded.SHA256), nil
	}
	return found.SHA256, nil
}

type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func recordedPackage(ctx context.Context, private privateReader) deployedObject {
	var out deployedObject
	text, diags := private.GetKey(ctx, privatePackage)
	if diags.HasError() || json.Unmarshal(text, &out) != nil {
		return deployedObject{}
	}
	return out
}

// pinPackage makes an apply deploy the object as it is now, where the bucket
// keeps versions, and returns what it is.
func (s *session) pinPackage(ctx context.Context, code *cloud.Code) (cloud.Object, error) {
	if code.S3 == nil {
		return cloud.Object{}, nil
	}
	found, err := s.client.InspectObject(ctx, *code.S3)
	if err != nil {
		return found, err
	}
	if found.Version != "" && found.Version != "null" && code.S3.VersionID.IsNull() {
		pinned := *code.S3
		pinned.VersionID = bp.Known(found.Version)
		code.S3 = &pinned
	}
	return found, nil
}

// recordPackage notes which object was deployed, for the next plan. An object
// that changed while it was deployed is not recorded: the next plan deploys it.
func (s *session) recordPackage(ctx context.Context, in intent, before cloud.Object, sha256 bp.String, private privateWriter) diag.Diagnostics {
	code, _ := in.spec.Code.Get()
	object, ok := code.S3.Get()
	if !ok || !sha256.IsKnown() {
		return nil
	}
	found, err := s.client.InspectObject(ctx, object)
	if err != nil {
		var diags diag.Diagnostics
		diags.AddAttributeWarning(path.Root("code").AtName("s3"), "The deployed object could not be recorded",
			"The next plan cannot tell whether the object has changed and deploys it again: "+err.Error())
		return diags
	}
	if found.ETag != before.ETag {
		return private.SetKey(ctx, privatePackage, []byte("{}"))
	}
	text, err := json.Marshal(deployedObject{
		Bucket: object.Bucket.Or(""), Key: object.Key.Or(""), Version: before.Version, ETag: before.ETag, SHA256: sha256.Or(""),
	})
	if err != nil {
		return nil
	}
	return private.SetKey(ctx, privatePackage, text)
}

// code hands the package to an apply.
func (in intent) code() cloud.Code {
	code, _ := in.spec.Code.Get()
	if object, ok := code.S3.Get(); ok {
		return cloud.Code{S3: &object}
	}
	return cloud.Code{Zip: func() ([]byte, string, error) { return artifact.Read(code.Path.Or("")) }}
}
