package artifact

import "testing"

// TestExamine_Scripts judges the first line of a bootstrap.
func TestExamine_Scripts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text  string
		stops bool
		says  string
	}{
		"shell":                   {"#!/bin/sh\nexec ./run\n", false, ""},
		"bash by env":             {"#!/usr/bin/env bash\n", false, ""},
		"option":                  {"#!/bin/bash -eu\n", false, ""},
		"space before":            {"#! /bin/sh\n", false, ""},
		"nothing":                 {"#!\n", false, ""},
		"env of nothing":          {"#!/usr/bin/env\n", false, ""},
		"line ends of Windows":    {"#!/bin/sh\r\nexec ./run\r\n", true, `the interpreter "/bin/sh\r" and every start fails`},
		"by env, of Windows":      {"#!/usr/bin/env bash\r\n", true, "dos2unix"},
		"other lines of Windows":  {"#!/bin/sh\nprintf 'a\r\n'\n", false, ""},
		"python":                  {"#!/usr/bin/python3\n", false, `started by "/usr/bin/python3", which the image of runtime provided.al2023 does not have`},
		"python of a release":     {"#!/usr/local/bin/python3.13\n", false, "without an interpreter"},
		"node by env":             {"#!/usr/bin/env node\n", false, `started by "node"`},
		"node by env, options":    {"#!/usr/bin/env -S NODE_ENV=production node --enable-source-maps\n", false, `started by "node"`},
		"python of a layer":       {"#!/opt/bin/python3\n", false, ""},
		"packed":                  {"#!/var/task/bin/node\n", false, ""},
		"packed elsewhere":        {"#!/var/task/node\n", true, `the package has no "node"`},
		"only begins with a name": {"#!/usr/bin/nodeish\n", false, ""},
	} {
		files := []shipped{{name: "bootstrap", text: c.text, mode: 0o755}, {name: "bin/node", text: elfOf(elfARM), mode: 0o755}}
		for form, at := range map[string]string{"zip": zipOf(t, files...), "folder": folderOf(t, files...)} {
			wantRemark(t, name+" as "+form, examined(t, at, customRun), "code", c.stops, c.says)
		}
	}
}

// TestExamine_Assemblies wants what dotnet publish writes beside an assembly.
func TestExamine_Assemblies(t *testing.T) {
	t.Parallel()
	const config, deps = ".runtimeconfig.json", ".deps.json"
	for name, c := range map[string]struct {
		handler string
		files   []string
		says    string
	}{
		"published":                  {"Orders::Orders.F::H", []string{"Orders.dll", "Orders" + config, "Orders" + deps}, ""},
		"of another name":            {"Orders::Orders.F::H", []string{"Orders.dll", "App" + config, "App" + deps}, ""},
		"one of two":                 {"Orders::Orders.F::H", []string{"Orders.dll", "A" + config, "B" + config, "A" + deps}, `no "Orders.runtimeconfig.json" beside "Orders.dll"`},
		"own of two":                 {"Orders::Orders.F::H", []string{"Orders.dll", "Orders" + config, "B" + config, "Orders" + deps}, ""},
		"without its configuration":  {"Orders::Orders.F::H", []string{"Orders.dll", "Orders" + deps}, "GenerateRuntimeConfigurationFiles"},
		"without its dependencies":   {"Orders::Orders.F::H", []string{"Orders.dll", "Orders" + config}, `no "Orders.deps.json"`},
		"without both":               {"Orders::Orders.F::H", []string{"Orders.dll"}, `no "Orders.runtimeconfig.json" and no "Orders.deps.json"`},
		"in a folder":                {"Orders::Orders.F::H", []string{"Orders.dll", "bin/Orders" + config, "Orders" + deps}, `no "Orders.runtimeconfig.json"`},
		"executable":                 {"Orders", []string{"Orders.dll", "Orders" + config}, ""},
		"executable, not configured": {"Orders", []string{"Orders.dll"}, `no "Orders.runtimeconfig.json"`},
		"native":                     {"Orders", []string{"Orders"}, ""},
	} {
		var files []shipped
		for _, file := range c.files {
			files = append(files, shipped{name: file, text: "{}", mode: 0o755})
		}
		wantRemark(t, name, examined(t, zipOf(t, files...), Run{Runtime: "dotnet10", Handler: c.handler}), "code", true, c.says)
	}
}
