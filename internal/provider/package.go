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

// packageReport is what a plan knows of the deployment package.
type packageReport struct {
	// sha256 is what Lambda will call CodeSha256, image the image by digest.
	sha256, image bp.String
	at            path.Path
	err           error
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
func (s *session) inspect(ctx context.Context, in intent, recorded deployedPackage) packageReport {
	report := packageReport{sha256: bp.Unknown[string](), image: bp.Unknown[string](), at: path.Root("code")}
	code, ok := in.spec.Code.Get()
	if !ok {
		return report
	}
	deployed := functionOf(in.observed())
	switch {
	case code.Image.IsKnown():
		report.at = report.at.AtName("image").AtName("uri")
		report.sha256, report.image, report.err = s.inspectImage(ctx, code.Image.Or(bp.ImageSpec{}))
		if report.err != nil {
			report.image = deployed.ImageURI.Else(report.image)
		}
	case code.S3.IsKnown():
		report.at = report.at.AtName("s3")
		report.sha256, report.err = s.inspectObject(ctx, code, recorded, deployed.CodeSHA256)
	case code.Path.IsKnown():
		report.at = report.at.AtName("path")
		report.sha256, report.err = inspectPath(code, recorded, deployed.CodeSHA256)
	}
	if report.err != nil {
		report.sha256 = deployed.CodeSHA256.Else(bp.Unknown[string]())
	}
	return report
}

func inspectPath(code bp.CodeSpec, recorded deployedPackage, deployed bp.String) (bp.String, error) {
	if code.Signing.IsUnknown() {
		return bp.Unknown[string](), nil
	}
	staged := !code.StagingBucket.IsNull() || !code.Signing.IsNull()
	found, err := artifact.Inspect(code.Path.Or(""), staged)
	if err != nil {
		return bp.Unknown[string](), err
	}
	if code.Signing.IsNull() {
		return bp.Known(found.SHA256), nil
	}
	return recorded.digest(deployedPackage{Source: found.SHA256}.signedAs(code.Signing), deployed), nil
}

func (s *session) inspectImage(ctx context.Context, image bp.ImageSpec) (sha256, uri bp.String, err error) {
	address, ok := image.URI.Get()
	if !ok {
		return bp.Unknown[string](), bp.Unknown[string](), nil
	}
	found, err := s.client.InspectImage(ctx, address)
	if err != nil {
		return bp.Unknown[string](), bp.Unknown[string](), err
	}
	return bp.Known(found.Digest), bp.Known(found.URI), nil
}

// deployedPackage ties a package to the digest that Lambda computed of it,
// where that is not the digest of bytes that are here: an object in S3, or what
// signing made of a package.
type deployedPackage struct {
	Bucket, Key, Version, ETag string
	Source                     string // digest of a local package
	Profile                    string
	SHA256                     string
}

func (p deployedPackage) signedAs(signing bp.Value[bp.SigningSpec]) deployedPackage {
	p.Profile = signing.Or(bp.SigningSpec{}).Profile.Or("")
	return p
}

// digest is what was deployed of a package, unless the package is another one
// or, signed, is not what is deployed any more: a new signature is another
// digest.
func (p deployedPackage) digest(of deployedPackage, deployed bp.String) bp.String {
	of.SHA256 = p.SHA256
	if p != of || p.SHA256 == "" || of.Profile != "" && deployed != bp.Known(p.SHA256) {
		return bp.Unknown[string]()
	}
	return bp.Known(p.SHA256)
}

func (s *session) inspectObject(ctx context.Context, code bp.CodeSpec, recorded deployedPackage, deployed bp.String) (bp.String, error) {
	object, _ := code.S3.Get()
	for _, v := range []bp.String{object.Bucket, object.Key, object.VersionID} {
		if v.IsUnknown() || code.Signing.IsUnknown() {
			return bp.Unknown[string](), nil
		}
	}
	found, err := s.client.InspectObject(ctx, object)
	if err != nil {
		return bp.Unknown[string](), err
	}
	of := deployedPackage{Bucket: object.Bucket.Or(""), Key: object.Key.Or(""), Version: found.Version, ETag: found.ETag}.signedAs(code.Signing)
	digest := recorded.digest(of, deployed)
	if digest.IsUnknown() && of.Profile == "" {
		return found.SHA256, nil
	}
	return digest, nil
}

type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// privatePackage is the private-state key of the last deployed package.
const privatePackage = "package"

func recordedPackage(ctx context.Context, private privateReader) deployedPackage {
	var out deployedPackage
	text, diags := private.GetKey(ctx, privatePackage)
	if diags.HasError() || json.Unmarshal(text, &out) != nil {
		return deployedPackage{}
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

// recordPackage notes which package was deployed, for the next plan. An object
// that changed while it was deployed is not recorded: the next plan deploys it.
func (s *session) recordPackage(ctx context.Context, in intent, before cloud.Object, sha256 bp.String, private privateWriter) diag.Diagnostics {
	code, _ := in.spec.Code.Get()
	deployed := deployedPackage{SHA256: sha256.Or("")}.signedAs(code.Signing)
	switch object, ok := code.S3.Get(); {
	case !sha256.IsKnown():
		return nil
	case ok:
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
		deployed.Bucket, deployed.Key, deployed.Version, deployed.ETag = object.Bucket.Or(""), object.Key.Or(""), before.Version, before.ETag
	case !code.Signing.IsNull():
		found, err := artifact.Inspect(code.Path.Or(""), true)
		if err != nil {
			return nil // it was read a moment ago; the next plan says what is wrong
		}
		deployed.Source = found.SHA256
	default:
		return nil
	}
	text, err := json.Marshal(deployed)
	if err != nil {
		return nil
	}
	return private.SetKey(ctx, privatePackage, text)
}

// stagingFolder is where packages on their way to Lambda are in a bucket.
const stagingFolder = "secure-lambda/"

// code hands the package to an apply.
func (in intent) code() cloud.Code {
	spec, _ := in.spec.Code.Get()
	signing, _ := spec.Signing.Get()
	code := cloud.Code{
		Staging: spec.StagingBucket.Or(""), Direct: artifact.MaxDirect,
		Profile: signing.Profile.Or(""), SigningBucket: signing.Bucket.Or(""),
		Folder: stagingFolder + in.spec.Name.Or(""),
	}
	if object, ok := spec.S3.Get(); ok {
		code.S3 = &object
		return code
	}
	if spec.Image.IsKnown() {
		code.Image = in.imageURI.Or("")
		return code
	}
	code.Zip = func() ([]byte, string, error) { return artifact.Read(spec.Path.Or("")) }
	return code
}
