package blueprint

// Statement is one statement of a policy document.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
type Statement struct {
	Effect     String                       `attr:"effect" doc:"Allow or Deny."`
	Principals Value[map[string]Value[Set]] `attr:"principals" doc:"Principals by type; null in identity policies."`
	Actions    Value[Set]                   `attr:"actions" doc:"IAM actions."`
	Resources  Value[Set]                   `attr:"resources" doc:"ARNs of resources."`
	Conditions Value[Conditions]            `attr:"conditions" doc:"Conditions by operator and key; null when unconditional."`
}

// Conditions are condition values by operator and by key.
type Conditions = map[string]Value[map[string]Value[Set]]
