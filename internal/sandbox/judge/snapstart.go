package judge

import (
	"cmp"
	"regexp"
	"strconv"
)

// snapStartFrom are the first versions of the runtimes that have SnapStart, as
// read on 2026-11-29: major and minor. Lambda refuses the member for others,
// whatever it says.
// https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
var snapStartFrom = map[string][2]int{"java": {11, 0}, "python": {3, 12}, "dotnet": {8, 0}}

var runtimeVersion = regexp.MustCompile(`^([a-z]+)(\d+)(?:\.(\d+))?`)

func snapStartSuits(j *judged) {
	runtime := j.text("Runtime")
	if _, sent := j.input["SnapStart"]; !sent || runtime == "" || j.text("PackageType") == "Image" {
		return
	}
	if parts := runtimeVersion.FindStringSubmatch(runtime); parts != nil {
		major, _ := strconv.Atoi(parts[2]) // digits
		minor, _ := strconv.Atoi(cmp.Or(parts[3], "0"))
		from, known := snapStartFrom[parts[1]]
		if known && (major > from[0] || major == from[0] && minor >= from[1]) {
			return
		}
	}
	j.broken("SnapStart", "%s is not supported for SnapStart enabled functions", runtime)
}
