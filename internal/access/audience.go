package access

import (
	"math"
	"net/netip"
	"slices"
	"strings"
)

// Everyone reports whether a statement of a resource's policy speaks to anybody
// at all, by its principals alone.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (g Grant) Everyone() bool {
	for kind, who := range g.Principals {
		if strings.ContainsAny(kind, "*?") || slices.ContainsFunc(who, func(name string) bool { return strings.ContainsAny(name, "*?") }) {
			return true
		}
	}
	return g.Inverse == "NotPrincipal"
}

// Public reports whether it lets in anybody at all: its principals do, and no
// condition excludes anybody.
func (g Grant) Public() bool {
	return g.Allow && (g.Everyone() || g.anyToken()) && (g.Inverse == "NotPrincipal" || !g.Bound(Callers...))
}

// Within reports whether it speaks to nobody but principals of an account.
func (g Grant) Within(account string) bool {
	if account == "" || g.Everyone() || len(g.Principals) != 1 {
		return false
	}
	return len(g.Principals["AWS"]) > 0 && !slices.ContainsFunc(g.Principals["AWS"], func(who string) bool {
		fields := strings.SplitN(who, ":", arnFields)
		return who != account && (len(fields) < arnFields || fields[4] != account)
	})
}

// anyToken reports whether it lets in whoever has a token of a provider that
// gives tokens to many: of its users the subject says which, and the application
// where AWS knows the provider itself. Who has an account at a provider of SAML is
// up to its owner.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
func (g Grant) anyToken() bool {
	return slices.ContainsFunc(g.Principals["Federated"], func(provider string) bool {
		if strings.Contains(provider, ":saml-provider/") {
			return false
		}
		says := []string{":sub"}
		if !strings.HasPrefix(provider, "arn:") {
			says = []string{":sub", ":aud", ":app_id"}
		}
		for operator, all := range g.Conditions {
			for name, values := range all {
				which := slices.ContainsFunc(says, func(end string) bool { return strings.HasSuffix(strings.ToLower(name), end) })
				if which && g.narrows(operator, name) && len(values) > 0 && !slices.ContainsFunc(values, anySubject) {
					return false
				}
			}
		}
		return true
	})
}

// anySubject reports whether the first part of a subject is open: repo:orders/*
// names whose it is, and repo:*/orders does not.
func anySubject(value string) bool {
	of, _, _ := strings.Cut(value, "/")
	return of == "" || strings.ContainsAny(of, "*?$")
}

// Services are the service principals of a statement, whatever they end in:
// s3.amazonaws.com, alexa-appkit.amazon.com. One that stands among principals of
// accounts is told by its dot: an account is a number, and anybody of it an ARN.
func (g Grant) Services() []string {
	out := slices.Clone(g.Principals["Service"])
	for _, who := range g.Principals["AWS"] {
		if strings.Contains(who, ".") && !strings.Contains(who, ":") {
			out = append(out, who)
		}
	}
	return out
}

// Callers are the condition keys that say who calls or for whom: a statement that
// compares one of them with something definite excludes everybody else. What AWS
// counts as not public is the same list, but for keys of S3.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
var Callers = slices.Concat(Sources[:len(Sources)-1], people)

// people are the keys among them that say who calls.
var people = []string{
	"aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceIp", "aws:SourceVpc",
	"aws:SourceVpcArn", "aws:SourceVpce", "aws:userid", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths", "kms:CallerAccount",
}

// Sources are the condition keys that say for whom a service calls. The last is a
// word that a service brings, and anybody else who knows it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
var Sources = []string{
	"aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner", "lambda:EventSourceToken",
}

// Bound reports whether a condition lets in only what it names, in one of the
// keys. Several conditions have to be met together, so one is enough.
func (g Grant) Bound(keys ...string) bool {
	for operator, all := range g.Conditions {
		for name, values := range all {
			at := slices.IndexFunc(keys, func(key string) bool { return strings.EqualFold(key, name) })
			if at >= 0 && g.narrows(operator, name) && len(values) > 0 && !wideTogether(values) && !slices.ContainsFunc(values, func(v string) bool { return open(keys[at], v) }) {
				return true
			}
		}
	}
	return false
}

// narrows reports whether an operator refuses what it does not name, and a
// request without the key too. ForAllValues is true of a request without the key,
// unless another condition asks for it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func (g Grant) narrows(operator, key string) bool {
	operator = strings.ToLower(operator)
	operator = strings.TrimPrefix(operator, "foranyvalue:")
	if rest, all := strings.CutPrefix(operator, "forallvalues:"); all {
		if !g.asksFor(key) {
			return false
		}
		operator = rest
	}
	switch operator {
	case "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress":
		return true
	}
	return false
}

// asksFor reports whether a condition refuses requests without a key.
func (g Grant) asksFor(key string) bool {
	for operator, all := range g.Conditions {
		if !strings.EqualFold(operator, "Null") {
			continue
		}
		for name, values := range all {
			if strings.EqualFold(name, key) && slices.EqualFunc(values, []string{"false"}, strings.EqualFold) {
				return true
			}
		}
	}
	return false
}

// open reports whether a value of a condition names nobody in particular: an ARN
// of any account, an organization of any id, all of the internet. Where an
// operator takes no wildcards a wildcard is a letter, and matches nothing; it is
// taken as it was meant.
func open(key, value string) bool {
	if strings.Contains(value, "${") {
		return true // a variable of the request can be compared with itself
	}
	switch strings.ToLower(key) {
	case "aws:sourceip":
		return wideNetwork(value)
	case "aws:sourcearn", "aws:principalarn", "aws:sourcevpcarn":
		return openARN(value)
	case "aws:userid":
		// The id of a role stands before the name of a session, which the caller
		// chooses.
		id, _, _ := strings.Cut(value, ":")
		return strings.ContainsAny(id, "*?") || id == ""
	}
	of, _, _ := strings.Cut(value, "/") // o-1234567890/r-ab12/*: a path of an organization
	return of == "" || strings.ContainsAny(of, "*?")
}

// openARN reports whether an ARN leaves open whose it is. Some name no account, so
// there the name decides: of a bucket how it begins, of anything else all of it.
func openARN(value string) bool {
	fields := strings.SplitN(value, ":", arnFields)
	if len(fields) < arnFields || strings.ContainsAny(fields[2], "*?") {
		return true
	}
	if fields[4] == "" {
		wildcard := strings.IndexAny(fields[5], "*?")
		return fields[5] == "" || wildcard >= 0 && (wildcard < shortestPrefix || fields[2] != "s3")
	}
	return strings.ContainsAny(fields[4], "*?")
}

// Networks that AWS itself calls public when they are wider.
const (
	widestIPv4 = 8
	widestIPv6 = 32
	// widestTogether is how many addresses several have, as a power of two.
	widestTogether = 28
	// mappedBits stand before an address of version 4 in one of version 6.
	mappedBits = 96
)

// wideNetwork reports whether a block of addresses is so wide that AWS calls it
// public. What is private by its number is nobody else's.
func wideNetwork(value string) bool {
	block, err := netip.ParsePrefix(value)
	if err != nil {
		address, err := netip.ParseAddr(value)
		return err != nil || !address.IsValid()
	}
	switch {
	case block.Addr().Is4():
		return block.Bits() < widestIPv4
	case block.Addr().Is4In6() && block.Bits() >= mappedBits:
		return block.Bits()-mappedBits < widestIPv4
	}
	return block.Bits() < widestIPv6
}

// wideTogether reports whether blocks of addresses, each narrow enough, are
// together more than sixteen of the widest.
func wideTogether(values []string) bool {
	addresses := 0.0
	for _, value := range values {
		if block, err := netip.ParsePrefix(value); err == nil && block.Addr().Is4() {
			addresses += math.Exp2(float64(block.Addr().BitLen() - block.Bits()))
		}
	}
	return addresses > math.Exp2(widestTogether)
}

// SourceBound reports whether a service may act only for a source that is named:
// by its ARN, its account or organization. The ARN of a bucket has no account, and
// the bucket may be somebody else's by the time, so S3 takes the account too.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
func (g Grant) SourceBound() bool {
	if g.Bound("aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner", "aws:PrincipalOrgID", "lambda:EventSourceToken") {
		return true
	}
	if !g.Bound("aws:SourceArn") {
		return false
	}
	for operator, all := range g.Conditions {
		for name, values := range all {
			if strings.EqualFold(name, "aws:SourceArn") && g.narrows(operator, name) && slices.ContainsFunc(values, withoutAccount) {
				return false
			}
		}
	}
	return true
}

// AnySource reports whether what the statement lets in may act for a source that is
// not surely the account's: a service, or everybody as far as a source bounds them.
func (g Grant) AnySource() bool {
	if g.SourceBound() {
		return false
	}
	return len(g.Services()) > 0 || g.Everyone() && !g.Public() && !g.Bound(people...)
}

// withoutAccount reports whether an ARN says nothing of whose it is: a bucket's.
func withoutAccount(arn string) bool {
	fields := strings.SplitN(arn, ":", arnFields)
	return len(fields) == arnFields && fields[4] == "" && fields[2] == "s3"
}

// Denies reports whether a statement refuses actions to everybody where a
// condition key has a value, whatever else they come with.
func (g Grant) Denies(key, value string, actions ...string) bool {
	if g.Allow || !g.Everyone() || g.Inverse != "" || len(g.Conditions) != 1 {
		return false
	}
	for _, action := range actions {
		if !coveredBy(g.Actions, action) {
			return false
		}
	}
	for operator, all := range g.Conditions {
		plain := strings.TrimSuffix(operator, "IfExists")
		if plain != "Bool" && plain != "StringEquals" || len(all) != 1 {
			return false
		}
		for name, values := range all {
			if strings.EqualFold(name, key) && slices.EqualFunc(values, []string{value}, strings.EqualFold) {
				return true
			}
		}
	}
	return false
}
