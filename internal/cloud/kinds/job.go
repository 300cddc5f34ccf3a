package kinds

import (
	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Code hands over the deployment package when it is needed. Exactly one of Zip,
// S3 and Image is set.
type Code struct {
	// Zip returns the package's bytes and their base64 SHA-256.
	Zip func() (content []byte, sha256 string, err error)
	S3  *bp.S3Spec
	// Image is the image by digest.
	Image string

	// Staging takes up a package of more than Direct bytes on its way.
	Staging string
	Direct  int64
	// Profile signs the package, in SigningBucket.
	Profile, SigningBucket string
	// Folder is where in those buckets.
	Folder string
}

// Job is one apply of a unit.
type Job struct {
	// Draft makes the blueprint of what is known; it is asked again when more is.
	Draft func(Learned) bp.Blueprint
	// Observed is what existed when the plan was made; nothing for a new unit.
	Observed bp.Blueprint
	Known    Learned
	// Environment holds the variables' values, which no blueprint carries.
	Environment map[string]string
	// SecretValues is what goes into the unit's own secret, as JSON.
	SecretValues string
	// Secrets are the values that no error text may repeat.
	Secrets []string
	// KeepEnvironment leaves the function's variables as they are.
	KeepEnvironment bool
	Code            Code
	// Claim is the right to make a new unit; null for one that exists.
	Claim *Claim
	// Resumes says that an earlier apply was cut short.
	Resumes bool
	// Force gives up a queue with the messages it holds.
	Force bool
}
