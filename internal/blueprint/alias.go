package blueprint

import "strings"

// Alias is the name that callers use.
// https://docs.aws.amazon.com/lambda/latest/api/API_AliasConfiguration.html
type Alias struct {
	Name        String                           `attr:"name" doc:"Alias name."`
	ARN         String                           `attr:"arn" doc:"ARN of the alias: what callers use."`
	Description String                           `attr:"description" doc:"Description shown in the console."`
	Version     String                           `attr:"version" doc:"Version that receives the traffic."`
	Weights     Value[map[string]Value[float64]] `attr:"weights" doc:"Share of the traffic sent to other versions; null when all of it goes to version."`
}

// IsAliasARN reports whether an ARN is that of a function's alias or version.
func IsAliasARN(arn string) bool {
	return isARN(arn, "lambda", functionResource) && strings.Contains(resourceOf(arn, functionResource), ":")
}

// AliasNameOf is the alias, or the number of the version, in a function's ARN.
func AliasNameOf(arn string) string {
	_, name, _ := strings.Cut(resourceOf(arn, functionResource), ":")
	return name
}

// ComponentAlias names the unit's alias.
const ComponentAlias = "alias"

// AliasComponent describes it.
func AliasComponent() Component {
	c := component(ComponentAlias, func(b *Blueprint) *Value[Alias] { return &b.Alias })
	c.With = ComponentFunction
	c.ARN = func(b Blueprint) String { return Field(b.Alias, func(a Alias) String { return a.ARN }) }
	return c
}
