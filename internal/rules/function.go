package rules

import (
	"fmt"
	"regexp"
	"strings"
)

// FunctionName checks a function's name.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func FunctionName(name string) error {
	if functionName.MatchString(name) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not a function name", name),
		Why:   "Lambda takes 1 to 64 letters, digits, hyphens and underscores; every other object of the unit is named after it",
		Write: "Write a name such as \"orders-api\"",
	}
}

// LayerCount checks the number of layers.
func LayerCount(n int) error {
	return tooMany("There are", int64(n), "layers", page("layers")(),
		"Lambda lays few layers over each other", "put what belongs together into one layer, or into the package")
}

var layerVersion = regexp.MustCompile(`^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9-_]+:\d+$`)

// LayerARN checks the ARN of a layer version.
func LayerARN(text string) error {
	wrong := func(why, write string) error {
		return &Violation{What: fmt.Sprintf("%q is not the ARN of a layer version", text), Why: why, Write: write}
	}
	switch {
	case layerVersion.MatchString(text):
		return (ARN{Service: "lambda", Resource: "layer:", Example: "arn:aws:lambda:eu-west-1:111122223333:layer:tools:3"}).Check(text)
	case strings.Contains(text, ":layer:") && layerVersion.MatchString(text+":1"):
		return wrong("Lambda wants to know which version of the layer", fmt.Sprintf("Write the version behind it, such as %q", text+":1"))
	}
	return wrong("A layer version's ARN ends in layer:NAME:VERSION", "Write an ARN such as \"arn:aws:lambda:eu-west-1:111122223333:layer:tools:3\"")
}

var runtimeVersion = regexp.MustCompile(`^arn:[a-z-]+:lambda:[a-z0-9-]+::runtime:.+$`)

// RuntimeVersionARN checks the ARN of a runtime version.
func RuntimeVersionARN(text string) error {
	if runtimeVersion.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the ARN of a runtime version", text),
		Why:   "It names one build of a runtime, without an account: arn:aws:lambda:REGION::runtime:HASH",
		Write: "Copy it from the INIT_START line of the function's log",
	}
}

// MountPath checks where a file system is mounted.
func MountPath(text string) error {
	if !mountPath.MatchString(text) {
		return &Violation{
			What:  fmt.Sprintf("%q is not a mount path", text),
			Why:   "Lambda mounts file systems one level below /mnt",
			Write: "Write a path such as \"/mnt/data\"",
		}
	}
	return tooMany("The mount path has", runes(text), "characters", mountLength(), "Lambda mounts a file system at it", "write a shorter one")
}

// SnapStartStorage checks the size of /tmp of a function that starts from
// snapshots.
func SnapStartStorage(size int64) error {
	return tooMany("With SnapStart, ephemeral_storage is", size, "MB", page("snapstart_storage")(),
		"Lambda keeps /tmp in the snapshot", "write a smaller ephemeral_storage, or leave snap_start out")
}

// levelAliases are what loggers call the levels.
var levelAliases = map[string]string{"warning": "WARN", "critical": "FATAL", "severe": "FATAL", "information": "INFO", "verbose": "DEBUG"}

// described is how long a description may be.
var described = api("lambda", "CreateFunction", "Description")

// Description checks a function's description. One character less than Lambda
// takes is left to the user: the mark of a version that had to be made again
// needs it.
func Description(text string) error {
	if strings.HasSuffix(text, " ") {
		return &Violation{
			What:  "The description ends in a space",
			Why:   "The provider marks a function with one when it needs a new version of the same settings, and could not tell the two apart",
			Write: "Leave the space out",
		}
	}
	const shorten = "one sentence, and keep the rest in the code's own documentation"
	known, n := described(), int64(len([]rune(text)))
	if n == known.most() {
		return &Violation{
			What:  fmt.Sprintf("The description has %d characters, more than %d", n, n-1),
			Why:   fmt.Sprintf("Of the %d characters that %s the provider keeps one, with which it marks a version that has to be made again", n, known.on()),
			Write: "Write " + shorten,
		}
	}
	return tooMany("The description has", n, "characters", known, "Lambda keeps the description beside the function", "write "+shorten)
}

// Handler checks what holds for the handler of every runtime.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func Handler(text string) error {
	if !handler.MatchString(text) {
		return &Violation{
			What:  fmt.Sprintf("%q is not a handler", text),
			Why:   "A handler is one word without spaces",
			Write: "Write the entry point in the form of the runtime, such as \"app.handler\" for Python",
		}
	}
	return tooMany("The handler has", runes(text), "characters", handlerLength(),
		"Lambda finds the function's entry point by it", "shorten the names of modules and functions")
}
