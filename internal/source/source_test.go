package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/source"
)

func object(names map[string]*source.Shape) *source.Shape { return &source.Shape{Names: names} }

func mapOf(element *source.Shape) *source.Shape { return &source.Shape{Elements: element} }

// subject has the forms that a provider's schema can have: an object, a map of
// objects, objects within an object, a list of objects, and maps whose keys are
// the user's.
func subject() source.Subject {
	return source.Subject{
		Address: "secure-lambda/secure", Name: "secure",
		Resources: map[string]*source.Shape{"secure_lambda": object(map[string]*source.Shape{
			"name":        nil,
			"environment": mapOf(nil),
			"async":       object(map[string]*source.Shape{"max_retries": nil, "max_event_age": nil}),
			"access":      mapOf(object(map[string]*source.Shape{"actions": nil, "resources": nil, "conditions": mapOf(mapOf(nil))})),
			"alarms":      object(map[string]*source.Shape{"errors": object(map[string]*source.Shape{"threshold": nil, "period": nil}), "actions": nil}),
		})},
		Provider: object(map[string]*source.Shape{
			"region":      nil,
			"endpoints":   object(map[string]*source.Shape{"lambda": nil, "logs": nil}),
			"assume_role": mapOf(object(map[string]*source.Shape{"role_arn": nil, "duration": nil})),
		}),
	}
}

// unit is a resource with the given attributes.
func unit(attributes string) string {
	return "resource \"secure_lambda\" \"x\" {\n  name = \"x\"\n" + attributes + "\n}\n"
}

func TestRead_Shapes(t *testing.T) {
	t.Parallel()
	for label, c := range map[string]struct {
		text string // of main.tf
		want []string
	}{
		"object":                            {unit(`async = { max_retry_attempts = 1 }`), []string{"main.tf:3 async max_retry_attempts"}},
		"object, right":                     {unit(`async = { max_retries = 1 }`), nil},
		"a likely name":                     {unit(`async = { max_retry = 1 }`), []string{"main.tf:3 async max_retry -> max_retries"}},
		"a name as CloudFormation writes":   {unit(`async = { MaxEventAge = 1 }`), []string{"main.tf:3 async MaxEventAge -> max_event_age"}},
		"a quoted name":                     {unit(`async = { "max_retry" = 1 }`), []string{"main.tf:3 async max_retry -> max_retries"}},
		"a colon in place of the equals":    {unit(`async = { max_retry : 1 }`), []string{"main.tf:3 async max_retry -> max_retries"}},
		"map of objects":                    {unit(`access = { a = { effect = "Deny", actions = [] } }`), []string{"main.tf:3 access.* effect"}},
		"labels of a map are the user's":    {unit(`access = { effect = { actions = [] } }`), nil},
		"keys of a plain map":               {unit(`environment = { effect = "x" }`), nil},
		"keys below a plain map":            {unit(`access = { a = { conditions = { StringLike = { "s3:prefix" = ["a"] } } } }`), nil},
		"two lines":                         {unit("async = {\n  max_retry = 1\n  age = 2\n}"), []string{"main.tf:4 async max_retry -> max_retries", "main.tf:5 async age -> max_event_age"}},
		"object in an object":               {unit(`alarms = { errors = { treshold = 1 } }`), []string{"main.tf:3 alarms.errors treshold -> threshold"}},
		"merge":                             {unit(`async = merge({ max_retries = 1 }, { retries = 2 })`), []string{"main.tf:3 async retries -> max_retries"}},
		"merge of a spread list":            {unit(`async = merge([{ retries = 2 }]...)`), []string{"main.tf:3 async retries -> max_retries"}},
		"merge of a spread for":             {unit(`access = merge([for a in ["x"] : { (a) = { effect = a } }]...)`), []string{"main.tf:3 access.* effect"}},
		"conditional":                       {unit(`async = var.a ? { retries = 2 } : null`), []string{"main.tf:3 async retries -> max_retries"}},
		"the other branch":                  {unit(`async = var.a ? null : { retries = 2 }`), []string{"main.tf:3 async retries -> max_retries"}},
		"try and coalesce":                  {unit(`async = try(var.a, coalesce(var.b, { retries = 2 }))`), []string{"main.tf:3 async retries -> max_retries"}},
		"parentheses":                       {unit(`async = ({ retries = 2 })`), []string{"main.tf:3 async retries -> max_retries"}},
		"a template that is only a value":   {unit(`async = "${{ retries = 2 }}"`), []string{"main.tf:3 async retries -> max_retries"}},
		"for":                               {unit(`access = { for t in var.tables : t => { effect = "Deny" } }`), []string{"main.tf:3 access.* effect"}},
		"for over a local":                  {"locals {\n  grants = { a = { effect = 1 } }\n}\n" + unit(`access = { for k, g in local.grants : k => merge(g, { actions = [] }) }`), []string{"main.tf:2 access.* effect"}},
		"for, its variable hides a local":   {"locals {\n  g = { effect = 1 }\n}\n" + unit(`access = { for g in var.x : g.k => g }`), nil},
		"local":                             {"locals {\n  a = { retries = 2 }\n}\n" + unit(`async = local.a`), []string{"main.tf:2 async retries -> max_retries"}},
		"local of a local":                  {"locals {\n  a = { b = { retries = 2 }, c = { more = 1 } }\n  d = local.a\n}\n" + unit(`async = local.d.b`), []string{"main.tf:2 async retries -> max_retries"}},
		"local by index":                    {"locals {\n  a = { b = { retries = 2 }, c = { more = 1 } }\n}\n" + unit(`async = local.a["c"]`), []string{"main.tf:2 async more"}},
		"local by a key that is not known":  {"locals {\n  a = { b = { retries = 2 } }\n}\n" + unit(`async = local.a[var.k]`), []string{"main.tf:2 async retries -> max_retries"}},
		"lookup":                            {"locals {\n  a = { b = { retries = 2 } }\n}\n" + unit(`async = lookup(local.a, var.k, { age = 1 })`), []string{"main.tf:2 async retries -> max_retries", "main.tf:6 async age -> max_event_age"}},
		"locals in a circle":                {"locals {\n  a = merge(local.b, local.b)\n  b = merge(local.a, local.a)\n}\n" + unit(`async = local.a`), nil},
		"each.value":                        {unit("for_each = { a = { async = { retries = 2 } } }\nasync = each.value.async"), []string{"main.tf:3 async retries -> max_retries"}},
		"a value from a variable":           {unit(`async = var.async`), nil},
		"a function's result":               {unit(`async = jsondecode(file("x"))`), nil},
		"a key that is not literal":         {unit(`async = { (var.k) = 1, "a${var.k}" = 2 }`), nil},
		"list of objects":                   {`provider "secure" { assume_role = [{ role_arn = "a", duration_seconds = 1 }] }`, []string{"main.tf:1 assume_role.* duration_seconds"}},
		"a provider block":                  {`provider "secure" { endpoints = { lambdas = "x" } }`, []string{"main.tf:1 endpoints lambdas -> lambda"}},
		"a provider of another name":        {"terraform {\n  required_providers {\n    sec = { source = \"registry.opentofu.org/secure-lambda/secure\" }\n  }\n}\nprovider \"sec\" { endpoints = { lambdas = \"x\" } }", []string{"main.tf:6 endpoints lambdas -> lambda"}},
		"the name is another provider's":    {"terraform {\n  required_providers {\n    secure = { source = \"acme/secure\" }\n  }\n}\n" + unit(`async = { retries = 1 }`), nil},
		"a resource of a named provider":    {"terraform {\n  required_providers {\n    sec = { source = \"secure-lambda/secure\" }\n  }\n}\n" + unit("provider = sec.west\nasync = { retries = 1 }"), []string{"main.tf:9 async retries -> max_retries"}},
		"a resource of another type":        {`resource "aws_lambda_function" "x" { async = { retries = 1 } }`, nil},
		"nested blocks":                     {unit("lifecycle {\n  ignore_changes = [tags]\n}\nasync = { retries = 1 }"), []string{"main.tf:6 async retries -> max_retries"}},
		"in a comment":                      {unit("# async = { retries = 1 }\n/* access = { a = { effect = 1 } } */"), nil},
		"in a text":                         {unit("environment = { DOC = <<-EOT\n  async = { retries = 1 }\nEOT\n}"), nil},
		"after a text":                      {unit("environment = { DOC = <<-EOT\n  one\n  two\nEOT\n}\nasync = { retries = 1 }"), []string{"main.tf:8 async retries -> max_retries"}},
		"a comment within":                  {unit("async = {\n  # retries = 1\n  max_retries = 1 // age = 2\n}"), nil},
		"a name stated null":                {unit(`async = { retries = null }`), []string{"main.tf:3 async retries -> max_retries"}},
		"two expressions lead to one place": {"locals {\n  a = { retries = 2 }\n}\n" + unit(`async = var.a ? local.a : merge(local.a, {})`), []string{"main.tf:2 async retries -> max_retries"}},
		"a file with a mistake":             {unit(`async = { retries = 1 `), nil},
		"an unknown name of the block":      {unit(`asynch = { retries = 1 }`), nil},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			expect(t, map[string]string{"main.tf": c.text}, c.want)
		})
	}
}

func TestRead_Files(t *testing.T) {
	t.Parallel()
	bad := unit(`async = { retries = 1 }`)
	manifest := func(source string) string {
		return fmt.Sprintf(`{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":%q,"Dir":"modules/m"},{"Key":"m.deep","Source":"./deep","Dir":"modules/m/deep"},{"Key":"stale","Source":"./stale","Dir":"stale"}]}`, source)
	}
	call := `module "m" { source = "any" }`
	for label, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"JSON syntax": {map[string]string{"main.tf.json": `{"resource": {"secure_lambda": {"x": {"name": "x",
  "access": {"a": {"//": "why", "effect": "Deny", "actions": ["s3:GetObject"]}}}}}}`}, []string{"main.tf.json:2 access.* effect"}},
		"JSON syntax, a template":           {map[string]string{"main.tf.json": `{"resource": {"secure_lambda": {"x": {"async": "${merge({ retries = 1 }, var.a)}"}}}}`}, []string{"main.tf.json:1 async retries -> max_retries"}},
		"JSON syntax, a local":              {map[string]string{"main.tf.json": `{"locals": {"a": {"retries": 1}}, "resource": {"secure_lambda": {"x": {"async": "${local.a}"}}}}`}, []string{"main.tf.json:1 async retries -> max_retries"}},
		"JSON syntax, keys not literal":     {map[string]string{"main.tf.json": `{"resource": {"secure_lambda": {"x": {"async": {"${var.k}": 1}}}}}`}, nil},
		"JSON syntax, provider":             {map[string]string{"main.tf.json": `{"provider": {"secure": [{"endpoints": {"lambdas": "x"}}]}}`}, []string{"main.tf.json:1 endpoints lambdas -> lambda"}},
		"OpenTofu's endings":                {map[string]string{"a.tofu": bad, "b.tofu.json": `{"resource": {"secure_lambda": {"y": {"async": {"retries": 1}}}}}`}, []string{"a.tofu:3 async retries -> max_retries", "b.tofu.json:1 async retries -> max_retries"}},
		"a local in another file":           {map[string]string{"main.tf": unit(`async = local.a`), "other.tf": "locals {\n  a = { retries = 1 }\n}"}, []string{"other.tf:2 async retries -> max_retries"}},
		"an override puts it right":         {map[string]string{"main.tf": bad, "main_override.tf": `resource "secure_lambda" "x" { async = { max_retries = 1 } }`}, nil},
		"an override brings it in":          {map[string]string{"main.tf": unit(`async = { max_retries = 1 }`), "override.tf": `resource "secure_lambda" "x" { async = { retries = 1 } }`}, []string{"override.tf:1 async retries -> max_retries"}},
		"an override of one of two blocks":  {map[string]string{"main.tf": `provider "secure" { endpoints = { lambdas = "x" } }` + "\n" + `provider "secure" {` + "\n  alias = \"b\"\n  endpoints = { lambdas = \"x\" }\n}", "override.tf": "provider \"secure\" {\n  alias = \"b\"\n  endpoints = {}\n}"}, []string{"main.tf:1 endpoints lambdas -> lambda"}},
		"a module of the same tree":         {map[string]string{"main.tf": call, "modules/m/main.tf": bad, ".terraform/modules/modules.json": manifest("./modules/m")}, []string{"modules/m/main.tf:3 async retries -> max_retries"}},
		"a module from elsewhere":           {map[string]string{"main.tf": call, "modules/m/main.tf": bad, ".terraform/modules/modules.json": manifest("registry.terraform.io/a/m/aws")}, []string{"modules/m/main.tf:3 async retries -> max_retries (elsewhere)"}},
		"a module of one from elsewhere":    {map[string]string{"main.tf": call, "modules/m/main.tf": `module "deep" { source = "./deep" }`, "modules/m/deep/main.tf": bad, ".terraform/modules/modules.json": manifest("git::https://example.com/m.git")}, []string{"modules/m/deep/main.tf:3 async retries -> max_retries (elsewhere)"}},
		"a module that is not called":       {map[string]string{"main.tf": call, "stale/main.tf": bad, ".terraform/modules/modules.json": manifest("./modules/m")}, nil},
		"locals of another module":          {map[string]string{"main.tf": call + "\nlocals {\n  a = { retries = 1 }\n}", "modules/m/main.tf": unit(`async = local.a`), ".terraform/modules/modules.json": manifest("./modules/m")}, nil},
		"modules without init":              {map[string]string{"main.tf": call + "\n" + bad, "modules/m/main.tf": bad}, []string{"main.tf:4 async retries -> max_retries"}},
		"a broken list of modules":          {map[string]string{"main.tf": call + "\n" + bad, ".terraform/modules/modules.json": "{"}, []string{"main.tf:4 async retries -> max_retries"}},
		"a broken file beside":              {map[string]string{"main.tf": bad, "broken.tf": `resource "secure_lambda" {`}, []string{"main.tf:3 async retries -> max_retries"}},
		"broken JSON beside":                {map[string]string{"main.tf": bad, "broken.tf.json": `{"resource": {"secure_lambda"`}, []string{"main.tf:3 async retries -> max_retries"}},
		"files that the core does not read": {map[string]string{".hidden.tf": bad, "main.tf~": bad, "#main.tf#": bad, "notes.txt": bad, "main.tftest.hcl": bad}, nil},
		"nothing":                           {nil, nil},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			expect(t, c.files, c.want)
		})
	}
}

// TestRead_WhatCannotBeRead finds what stands beside it.
func TestRead_WhatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := written(t, map[string]string{"main.tf": unit(`async = { retries = 1 }`), "folder.tf/inside": ""})
	if err := os.Symlink(filepath.Join(dir, "missing"), filepath.Join(dir, "gone.tf")); err != nil {
		t.Fatal(err)
	}
	if got := found(source.Read(dir, ".terraform", subject()), dir); len(got) != 1 {
		t.Errorf("found %v", got)
	}
	if got := source.Read(filepath.Join(dir, "missing"), ".terraform", subject()); len(got) != 0 {
		t.Errorf("a folder that is not there has %v", got)
	}
}

// TestRead_Stated tells what was written from what only an evaluation knows.
func TestRead_Stated(t *testing.T) {
	t.Parallel()
	dir := written(t, map[string]string{"main.tf": "resource \"secure_lambda\" \"x\" {\n  name = \"x\"\n  environment = null\n  async = var.a\n}\n"})
	blocks := source.Read(dir, ".terraform", subject())
	if len(blocks) != 1 {
		t.Fatalf("%d blocks", len(blocks))
	}
	stated := blocks[0].Stated
	if name := stated["name"]; !name.Known || name.Value.AsString() != "x" {
		t.Errorf("name is %v", name)
	}
	if environment := stated["environment"]; !environment.Known || !environment.Value.IsNull() {
		t.Errorf("environment is %v", environment)
	}
	if async, ok := stated["async"]; !ok || async.Known {
		t.Errorf("async is %v", async)
	}
	if _, ok := stated["access"]; ok {
		t.Error("access is not stated")
	}
}

func expect(t *testing.T, files map[string]string, want []string) {
	t.Helper()
	dir := written(t, files)
	got := found(source.Read(dir, ".terraform", subject()), dir)
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func found(blocks []source.Block, dir string) []string {
	var out []string
	for _, b := range blocks {
		for _, f := range b.Findings {
			name, _ := filepath.Rel(dir, f.File)
			line := fmt.Sprintf("%s:%d %s %s", filepath.ToSlash(name), f.Line, strings.Join(f.At, "."), f.Name)
			if f.Nearest != "" {
				line += " -> " + f.Nearest
			}
			if b.Elsewhere {
				line += " (elsewhere)"
			}
			out = append(out, line)
		}
	}
	return out
}

// BenchmarkRead reads a thousand units in three hundred files of ten modules.
func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	var modules []string
	var calls strings.Builder
	for m := range 10 {
		name := fmt.Sprintf("m%d", m)
		modules = append(modules, fmt.Sprintf(`{"Key":%q,"Source":"./%s","Dir":%q}`, name, name, name))
		fmt.Fprintf(&calls, "module %q { source = \"./%s\" }\n", name, name)
		for f := range 30 {
			var text strings.Builder
			for u := range 4 {
				fmt.Fprintf(&text, `resource "secure_lambda" "u%d_%d" {
  name        = "orders-%d-%d"
  environment = { TABLE = aws_dynamodb_table.orders.name, STAGE = var.stage }
  async       = { max_retries = 1, max_event_age = 3600 }
  access = merge(local.common, {
    table = { actions = ["dynamodb:GetItem", "dynamodb:PutItem"], resources = [aws_dynamodb_table.orders.arn] }
    topic = { actions = ["sns:Publish"], resources = [var.topic_arn], conditions = { StringEquals = { "aws:SourceVpc" = ["vpc-1"] } } }
  })
  alarms = { errors = { threshold = 2 }, actions = [var.topic_arn] }
}
`, f, u, f, u)
			}
			put(b, filepath.Join(dir, name, fmt.Sprintf("f%d.tf", f)), text.String())
		}
		put(b, filepath.Join(dir, name, "locals.tf"), "locals {\n  common = { queue = { actions = [\"sqs:SendMessage\"], resources = [var.queue_arn] } }\n}\n")
	}
	put(b, filepath.Join(dir, "main.tf"), calls.String())
	put(b, filepath.Join(dir, ".terraform", "modules", "modules.json"), `{"Modules":[`+strings.Join(modules, ",")+`]}`)
	for b.Loop() {
		if blocks := source.Read(dir, ".terraform", subject()); len(blocks) != 1200 {
			b.Fatalf("%d blocks", len(blocks))
		}
	}
}

func put(b *testing.B, path, text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}
