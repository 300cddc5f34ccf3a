package blueprint

// Version is the published version in service.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
type Version struct {
	Number String `attr:"number" doc:"Number of the version."`
	Digest String `attr:"digest,sensitive" doc:"Digest of every setting a published version freezes. A new version is published when it differs."`
}
