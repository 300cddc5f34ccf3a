package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
	"github.com/secure-lambda/terraform-provider-secure/internal/tools/packed"
)

const (
	botocorePin = "facts/botocore.txt"
	modelsFile  = "internal/awsmodel/models.json.gz"
)

var (
	pinnedBotocore = regexp.MustCompile(`^botocore==(\S+)`)
	newestBotocore = regexp.MustCompile(`(?m)^botocore \((\S+)\)`)
)

// refreshModels pins the newest botocore and rebuilds the models from it.
func refreshModels() ([]string, error) {
	pin, err := os.ReadFile(botocorePin)
	if err != nil {
		return nil, err
	}
	pinned := pinnedBotocore.FindStringSubmatch(string(pin))
	out, err := output("the models", "python3", "-m", "pip", "index", "versions", "botocore", "--disable-pip-version-check")
	if err != nil {
		return nil, err
	}
	newest := newestBotocore.FindStringSubmatch(out)
	if pinned == nil || newest == nil {
		return nil, fmt.Errorf("no version of botocore in %s, or none in what pip says", botocorePin)
	}
	if newest[1] == pinned[1] {
		return nil, nil
	}
	before, err := readModels()
	if err != nil {
		return nil, err
	}
	if err := pinBotocore(newest[1]); err != nil {
		return nil, err
	}
	if err := generate("awsmodel"); err != nil {
		return nil, err
	}
	after, err := readModels()
	if err != nil {
		return nil, err
	}
	return append([]string{fmt.Sprintf("botocore %s of %s -> %s of %s", before.Botocore, before.Date, after.Botocore, after.Date)},
		differences(modelLines(before), modelLines(after))...), nil
}

// pinBotocore writes the hash of a version's wheel beside it.
func pinBotocore(version string) error {
	dir, err := os.MkdirTemp("", "botocore")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := output("the models", "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
		"--only-binary", ":all:", "botocore=="+version, "-d", dir); err != nil {
		return err
	}
	wheels, err := filepath.Glob(filepath.Join(dir, "botocore-"+version+"-*.whl"))
	if err != nil || len(wheels) != 1 {
		return fmt.Errorf("pip brought %d wheels of botocore %s", len(wheels), version)
	}
	content, err := os.ReadFile(wheels[0])
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	return os.WriteFile(botocorePin, fmt.Appendf(nil, "botocore==%s \\\n    --hash=sha256:%s\n", version, hex.EncodeToString(sum[:])), 0o644)
}

func readModels() (*awsmodel.Model, error) {
	text, err := packed.Read(modelsFile)
	if err != nil {
		return nil, err
	}
	model := &awsmodel.Model{}
	return model, json.Unmarshal(text, model)
}

// modelLines are what a model says, by name: members and bounds of each shape.
func modelLines(model *awsmodel.Model) map[string]string {
	lines := map[string]string{}
	for service, s := range model.Services {
		for name, operation := range s.Operations {
			lines[service+"."+name] = operation.Method + " " + operation.URI
		}
		for name, shape := range s.Shapes {
			text := fmt.Sprintf("%s %s to %s %s", shape.Type, bound(shape.Min), bound(shape.Max), shape.Pattern)
			if len(shape.Enum) > 0 {
				text += " of " + strings.Join(slices.Sorted(slices.Values(shape.Enum)), " ")
			}
			if len(shape.Members) > 0 {
				text += " with " + strings.Join(slices.Sorted(maps.Keys(shape.Members)), " ")
			}
			if len(shape.Required) > 0 {
				text += " needs " + strings.Join(slices.Sorted(slices.Values(shape.Required)), " ")
			}
			lines[service+"."+name+" (shape)"] = text
		}
	}
	return lines
}

func bound(f *float64) string {
	if f == nil {
		return "any"
	}
	return fmt.Sprint(*f)
}
