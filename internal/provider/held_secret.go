package provider

import (
	"fmt"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// keepSecret keeps the values that an imported unit's secret holds.
func keepSecret(s *bp.Spec, b bp.Blueprint) {
	secret, _ := b.Secret.Get()
	s.SecretVersion = secret.ValuesVersion
	if s.SecretRotation.IsNull() {
		s.SecretRotation = bp.Map(secret.Rotation, func(r bp.Rotation) bp.RotationSpec { return bp.RotationSpec(r) })
	}
}

func secretLine(b bp.Blueprint) string {
	secret, _ := b.Secret.Get()
	return fmt.Sprintf("secret_values_wo_version = %d, with secret_values_wo, for the values in secret %s", secret.ValuesVersion.Or(0), secret.Name)
}
