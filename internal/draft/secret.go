package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// secret drafts the secret of the unit's own. It exists exactly when its values
// have a number: the values themselves are in no state and no plan.
func (d *drafter) secret() bp.Value[bp.Secret] {
	return bp.Map(d.spec.SecretVersion, func(number int64) bp.Secret {
		return bp.Secret{
			Name:          bp.Map(d.spec.Name, bp.SecretName),
			ARN:           d.facts.SecretARN,
			KMSKeyARN:     d.keyInUse,
			Available:     bp.Known(true),
			ValuesVersion: bp.Known(number),
			Rotation: bp.Map(d.spec.SecretRotation, func(r bp.RotationSpec) bp.Rotation {
				return bp.Rotation{FunctionARN: r.FunctionARN, Days: r.Days.Else(bp.Known[int64](DefaultRotationDays))}
			}),
		}
	})
}

// ownSecretStatement lets the function's own code read the values.
func (d *drafter) ownSecretStatement() bp.Value[bp.Statement] {
	return bp.Map(d.spec.SecretVersion, func(int64) bp.Statement {
		return bp.Statement{
			Effect:     bp.Known(allow),
			Actions:    bp.Known(bp.SetOf("secretsmanager:GetSecretValue")),
			Resources:  bp.Known(bp.Set{d.facts.SecretARN}),
			Conditions: d.bound(),
		}
	})
}

// ownSecretKeyStatement lets Secrets Manager decrypt them on its behalf.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
func (d *drafter) ownSecretKeyStatement() bp.Value[bp.Statement] {
	return bp.Map(d.spec.SecretVersion, func(int64) bp.Statement {
		return bp.Statement{
			Effect:    bp.Known(allow),
			Actions:   bp.Known(bp.SetOf("kms:Decrypt")),
			Resources: bp.Known(bp.Set{d.keyInUse}),
			Conditions: bp.Known(bp.Conditions{stringEquals: bp.Known(map[string]bp.Value[bp.Set]{
				"kms:ViaService":                  bp.Known(bp.SetOf(d.facts.Place.ViaService("secretsmanager"))),
				"kms:EncryptionContext:SecretARN": bp.Known(bp.Set{d.facts.SecretARN}),
			})}),
		}
	})
}

// inferOwnSecret takes the number from what was put. Values without one are put
// again under the number that the configuration states.
func inferOwnSecret(spec *bp.Spec, observed bp.Blueprint) {
	secret, own := observed.Secret.Get()
	if !own {
		return
	}
	spec.SecretVersion = secret.ValuesVersion.Else(bp.Known[int64](0))
	spec.SecretRotation = bp.Map(secret.Rotation, func(r bp.Rotation) bp.RotationSpec {
		return bp.RotationSpec{FunctionARN: r.FunctionARN, Days: unlessDefault(r.Days, bp.Known[int64](DefaultRotationDays))}
	})
}
