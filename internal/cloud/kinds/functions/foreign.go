package functions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// function asks about the function: it has to have the unit's role, and the
// package, and nothing that a create makes last or never. One whose alias serves
// callers is not half made, whatever its role's tags say.
func disputeFunction(ctx context.Context, d *kinds.Disputes) {
	want, o := d.Want, d.Is
	function := bp.ValueOf(o.Function)
	d.Judge(ctx, function.ARN.Or(""), o.Function.IsKnown(), func() ([]string, error) {
		var but []string
		if function.RoleARN != bp.Known(d.At.ARN) {
			but = append(but, "its role is "+function.RoleARN.Or("none"))
		}
		wanted := bp.ValueOf(want.Function)
		if wanted.CodeSHA256.IsKnown() && function.CodeSHA256 != wanted.CodeSHA256 {
			but = append(but, fmt.Sprintf("its code has the digest %s and the package %s", function.CodeSHA256, wanted.CodeSHA256))
		}
		if alias, serves := o.Alias.Get(); serves {
			lacks, differs := halfMade(o.Blueprint, want)
			served := fmt.Sprintf("its alias %s serves version %s to callers, and ", alias.Name.Or(""), alias.Version.Or(""))
			switch {
			case len(differs) > 0:
				but = append(but, served+"it differs from what this create makes in "+strings.Join(differs[:min(len(differs), mostNamed)], ", "))
			case !lacks:
				but = append(but, served+"nothing is missing that a create makes after that: if it is yours, import it")
			}
		}
		for _, key := range api.SortedKeys(bp.ValueOf(o.Permissions).Unexpected.Or(nil)) {
			but = append(but, "it has the permission "+key+", which the unit does not give")
		}
		beside, err := Beside(ctx, d.Client, d.Unit, bp.ValueOf(want.Alias).Name.Or(""))
		for _, what := range beside {
			but = append(but, "it has the "+what)
		}
		versions, versionErr := foreignVersions(ctx, d.Client, d.Unit, function.CodeSHA256.Or(""), d.At.ARN)
		return append(but, versions...), errors.Join(err, versionErr)
	})
}

// mostNamed is how many differences an error names.
const mostNamed = 5

// foreignVersions are clauses about published versions that a create does not leave:
// with other code, another role, or a policy that lets others call them.
func foreignVersions(ctx context.Context, c *api.Client, function, code string, roles ...string) ([]string, error) {
	listed, err := c.FunctionsIn(ctx, c.Place.Region)
	if err != nil {
		return nil, err
	}
	var but []string
	for _, f := range listed {
		number := aws.ToString(f.Version)
		if aws.ToString(f.FunctionName) != function || number == "" || number == Latest {
			continue
		}
		statements, err := Policy(ctx, c, function, number)
		if err != nil {
			return nil, err
		}
		switch {
		case len(statements) > 0:
			but = append(but, "its version "+number+" has a policy that lets others invoke it")
		case aws.ToString(f.CodeSha256) != code:
			but = append(but, "its version "+number+" has other code")
		case !slices.Contains(roles, aws.ToString(f.Role)):
			but = append(but, "its version "+number+" has the role "+aws.ToString(f.Role))
		}
	}
	return but, nil
}

// halfMade reports whether what was found lacks something that a create of the unit
// makes, and where it is something else. That a unit is complete shows in what it is:
// its role's tags can be made to say otherwise.
func halfMade(found, want bp.Blueprint) (lacks bool, differs []string) {
	if async, is := found.Async.Get(); is && async == (bp.Async{MaxRetries: bp.Known[int64](bp.LambdaMaxRetries), MaxEventAge: bp.Known[int64](bp.LambdaMaxEventAge)}) {
		found.Async = bp.Null[bp.Async]() // Lambda's own: nobody has configured the alias
	}
	if async, is := want.Async.Get(); is && async == (bp.Async{MaxRetries: bp.Known[int64](bp.LambdaMaxRetries), MaxEventAge: bp.Known[int64](bp.LambdaMaxEventAge)}) {
		want.Async = bp.Null[bp.Async]()
	}
	for _, d := range bp.Diff(found, want) {
		switch {
		case !settled(d.Desired), strings.Contains(d.Path, "tags"), strings.HasPrefix(d.Path, "version"):
		case d.Observed.State == bp.StateNull:
			lacks = true
		default:
			differs = append(differs, d.Path)
		}
	}
	return lacks, differs
}

// settled reports whether all of a planned value is known: the ARNs of what is not
// made yet are not.
func settled(l bp.Leaf) bool {
	set, several := l.Value.(bp.Set)
	_, whole := set.Strings()
	return l.State != bp.StateUnknown && (!several || whole)
}
