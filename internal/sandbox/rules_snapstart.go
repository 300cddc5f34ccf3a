package sandbox

import (
	"regexp"
	"strconv"
)

// snapStartFrom are the first versions of the runtimes that have SnapStart, as
// read on 2026-11-29. Lambda refuses the member for others, whatever it says.
// https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
var snapStartFrom = map[string]float64{"java": 11, "python": 3.12, "dotnet": 8}

var runtimeVersion = regexp.MustCompile(`^([a-z]+)(\d+(?:\.(\d+))?)`)

func snapStartSuits(j *judged) {
	if _, sent := j.input["SnapStart"]; !sent || j.text("PackageType") == "Image" || j.text("Runtime") == "" {
		return
	}
	runtime := j.text("Runtime")
	parts := runtimeVersion.FindStringSubmatch(runtime)
	if parts != nil && atLeast(parts[1], parts[2]) {
		return
	}
	j.broken("SnapStart", "%s is not supported for SnapStart enabled functions", runtime)
}

// atLeast compares 3.9 and 3.12 as versions.
func atLeast(family, version string) bool {
	from, known := snapStartFrom[family]
	if !known {
		return false
	}
	split := func(text string) (major, minor int) {
		parts := regexp.MustCompile(`\d+`).FindAllString(text, 2)
		major, _ = strconv.Atoi(parts[0])
		if len(parts) > 1 {
			minor, _ = strconv.Atoi(parts[1])
		}
		return major, minor
	}
	major, minor := split(version)
	wantMajor, wantMinor := split(strconv.FormatFloat(from, 'f', -1, 64))
	return major > wantMajor || major == wantMajor && minor >= wantMinor
}
