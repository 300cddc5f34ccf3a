package blueprint

// Version is the published version in service.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
type Version struct {
	Number String `attr:"number" doc:"Number of the version."`
	Digest String `attr:"digest,sensitive" doc:"Digest of every setting a published version freezes. A new version is published when it differs."`
}

// ComponentVersion names the version in service.
const ComponentVersion = "version"

// VersionComponent describes it.
func VersionComponent() Component {
	c := component(ComponentVersion, func(b *Blueprint) *Value[Version] { return &b.Version })
	c.With = ComponentFunction
	return c
}
