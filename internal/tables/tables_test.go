package tables

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// elsewhere are embedded files that say nothing about AWS which could age.
var elsewhere = []string{
	"deployer/calls.json",       // what the provider itself calls
	"secrets/bip39/english.txt", // a standard that is never changed
	"audit/page/report.html", "audit/page/report.css", "audit/page/report.js",
}

var embeds = regexp.MustCompile(`(?m)^\s*//go:embed (.+)$`)

func TestEveryEmbeddedTableIsListed(t *testing.T) {
	t.Parallel()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, table := range all {
		listed[table.File] = false
	}
	internal := os.DirFS("..")
	err = fs.WalkDir(internal, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		// The sandbox is no part of the product.
		if entry.IsDir() && name == "sandbox" {
			return fs.SkipDir
		}
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(internal, name)
		if err != nil {
			return err
		}
		for _, match := range embeds.FindAllSubmatch(source, -1) {
			for pattern := range strings.FieldsSeq(string(match[1])) {
				file := path.Join(path.Dir(name), pattern)
				if _, known := listed[file]; !known && !slices.Contains(elsewhere, file) {
					t.Errorf("%s embeds %s, which is not listed", name, file)
				}
				listed[file] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for file, embedded := range listed {
		if !embedded {
			t.Errorf("%s is listed and not embedded", file)
		}
	}
}

func TestEveryTableHasItsDayAndSource(t *testing.T) {
	t.Parallel()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range all {
		day, err := time.Parse(time.DateOnly, table.Day)
		if err != nil || day.Before(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) || len(table.Source) < 10 {
			t.Errorf("%+v: %v", table, err)
		}
	}
}
