package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Given is what a function is given on one resource.
type Given struct {
	Statement bp.Statement
	// Key is what it needs of the resource's key; null without one.
	Key bp.Value[bp.Statement]
}

// GiveError says why a level cannot be given.
type GiveError struct {
	At, What, Why, Write string
}

func (e *GiveError) Error() string { return e.What + ". " + e.Detail() }

// Detail is the cause and the way out.
func (e *GiveError) Detail() string { return fmt.Sprintf("%s. %s.", e.Why, e.Write) }

// Give expands a level on a resource into the least that does it. A key, if the
// resource is encrypted with one, is opened for that service and resource only.
func Give(to, level, key string) (Given, error) {
	t, err := find(to)
	if err != nil {
		return Given{}, err
	}
	l, ok := t.levels[level]
	if !ok {
		names := slices.Sorted(maps.Keys(t.levels))
		write := either(names)
		if meant := t.nearestLevel(level); meant != "" && len(names) > 1 {
			others := slices.DeleteFunc(names, func(name string) bool { return name == meant })
			write = fmt.Sprintf("%q. If you mean another level, write %s", meant, either(others))
		}
		return Given{}, &GiveError{
			At: "level", What: fmt.Sprintf("%q is not a level of %s", level, t.one()), Why: "Each kind of resource has levels of its own",
			Write: "Write " + write + ", or name actions and resources instead of to and level",
		}
	}
	on := l.on
	if on == nil {
		on = t.resources
	}
	out := Given{Statement: bp.Statement{
		Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf(l.actions...)), Resources: bp.Known(bp.SetOf(on(to)...)),
	}}
	if err := checkWildcards(to, out.Statement); err != nil {
		return Given{}, err
	}
	if l.within != nil {
		out.Statement.Conditions = bp.Known(l.within(to))
	}
	if key == "" {
		return out, nil
	}
	if len(l.key) == 0 {
		return Given{}, &GiveError{
			At: "kms_key_arn", What: fmt.Sprintf("The level %q of %s needs no key", level, t.one()), Why: "The function never uses the key itself at this level, and a permission that nobody needs is one too many",
			Write: "Leave kms_key_arn out",
		}
	}
	// A key is used where it is, which need not be where the caller is.
	where, ok := bp.PlaceOf(key)
	if !ok || !bp.IsKeyARN(key) || strings.ContainsAny(key, "*?$") {
		return Given{}, &GiveError{
			At: "kms_key_arn", What: fmt.Sprintf("%q is not the ARN of a key", key), Why: "A policy names a key by its ARN; an alias can be pointed elsewhere",
			Write: "Write an ARN such as \"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\"",
		}
	}
	name, values := t.context(to)
	out.Key = bp.Known(bp.Statement{
		Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf(l.key...)), Resources: bp.Known(bp.SetOf(key)),
		Conditions: bp.Known(bp.Conditions{
			"StringEquals": bp.Known(map[string]bp.Value[bp.Set]{"kms:ViaService": bp.Known(bp.SetOf(where.ViaService(t.service)))}),
			"StringLike":   bp.Known(map[string]bp.Value[bp.Set]{"kms:EncryptionContext:" + name: bp.Known(bp.SetOf(values...))}),
		}),
	})
	return out, nil
}

// checkWildcards refuses what is not one resource, or all below the beginning of a
// name: a wildcard in another field of the ARN, a ? anywhere, a * that is not the
// last character or stands where a name would begin.
func checkWildcards(to string, statement bp.Statement) error {
	fields := strings.SplitN(to, ":", arnFields)
	resource := strings.TrimSuffix(fields[arnFields-1], "*")
	wide := strings.ContainsAny(strings.Join(fields[:arnFields-1], ":"), "*?$") || strings.ContainsAny(resource, "*?$")
	resources, _ := statement.Resources.Or(nil).Strings()
	actions, _ := statement.Actions.Or(nil).Strings()
	for _, name := range actions {
		if action, known := Catalogue().Action(name); known && resource != fields[arnFields-1] {
			wide = wide || action.Breadth(resources).Wide()
		}
	}
	if !wide {
		return nil
	}
	return &GiveError{
		At: "to", What: fmt.Sprintf("%q does not say which resource it is", to),
		Why:   "A level is for one resource, or for all whose names begin alike: a wildcard in the account, in the region or where a name begins lets the function reach others' too",
		Write: "Write the ARN of one resource, or a wildcard as the last character behind the beginning of a name. Otherwise name actions and resources instead of to and level, with a reason",
	}
}

func find(to string) (target, error) {
	fields := strings.SplitN(to, ":", arnFields)
	if len(fields) != arnFields || fields[0] != "arn" {
		return target{}, &GiveError{At: "to", What: fmt.Sprintf("%q is not an ARN", to), Why: "The service is read from it", Write: "Write the ARN of what the function uses"}
	}
	if err := checkBucketARN(to, fields); err != nil {
		return target{}, err
	}
	var kinds []string
	for _, t := range targets {
		if t.service != fields[2] {
			continue
		}
		if t.form.MatchString(fields[5]) {
			return t, nil
		}
		kinds = append(kinds, t.one())
	}
	if len(kinds) > 0 {
		write := "Write the ARN of " + kinds[0]
		if len(kinds) > 1 {
			write = "Write the ARN of one of these: " + strings.Join(kinds, "; ")
		}
		why := "The service has levels for some kinds of resource, and this is none of them"
		if strings.Contains(fields[5], "*") {
			why = "A level is for one resource at a time, and a wildcard would make it many"
		}
		return target{}, &GiveError{
			At: "to", What: fmt.Sprintf("%q is not one resource that has levels", to), Why: why,
			Write: write + ". Otherwise name actions and resources instead of to and level",
		}
	}
	return target{}, &GiveError{
		At: "to", What: fmt.Sprintf("Service %q has no levels", fields[2]), Why: "Levels are known for " + strings.Join(LevelServices(), ", "),
		Write: "Name actions and resources instead of to and level",
	}
}

// checkBucketARN refuses what the ARNs of buckets and objects do not have.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-arn-format.html
func checkBucketARN(to string, fields []string) error {
	if fields[2] != "s3" || fields[3] == "" && fields[4] == "" {
		return nil
	}
	if strings.HasPrefix(fields[5], "accesspoint") {
		return &GiveError{
			At: "to", What: fmt.Sprintf("%q is not one resource that has levels", to), Why: "It is an access point, and levels are for buckets and objects",
			Write: "Write the ARN of the bucket, or name actions and resources instead of to and level",
		}
	}
	return &GiveError{
		At: "to", What: fmt.Sprintf("%q is not the ARN of a bucket or object", to), Why: "The ARN of a bucket or object has neither region nor account, so this one would match nothing",
		Write: fmt.Sprintf("Write %q", "arn:"+fields[1]+":s3:::"+fields[5]),
	}
}

// one is the kind of resource with its article.
func (t target) one() string {
	if strings.ContainsRune("aeio", rune(t.noun[0])) { // no noun begins with a u
		return "an " + t.noun
	}
	return "a " + t.noun
}

// either lists texts as a choice: "a", "b" or "c".
func either(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = fmt.Sprintf("%q", t)
	}
	last := len(out) - 1
	if last == 0 {
		return out[0]
	}
	return strings.Join(out[:last], ", ") + " or " + out[last]
}
