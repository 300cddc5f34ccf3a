package acceptance

import "strings"

// functionMistakes are found by validate: name, code, runtime and sizes.
var functionMistakes = []badInput{
	{"no name", settings{"name": nil}, "name", "Missing Configuration", "Must set a configuration value for the name attribute"},
	{"name empty", settings{"name": ""}, "name", `"" is not a function name`, `Write a name such as "orders-api"`},
	{"name with a slash", settings{"name": "orders/api"}, "name", `"orders/api" is not a function name`, "1 to 64 letters, digits, hyphens and underscores"},
	{"name too long", settings{"name": strings.Repeat("n", 65)}, "name", "is not a function name", "1 to 64"},
	{"name that is an ARN", settings{"name": "arn:aws:lambda:eu-west-1:111122223333:function:a"}, "name", "is not a function name", "Write a name such as"},
	{"description without room for the mark", settings{"description": strings.Repeat("ä", 256)}, "description", "The description has 256 characters, more than 255", "the provider keeps one"},

	{"no code", settings{"code": nil}, "code", "Missing Configuration", "Must set a configuration value for the code attribute"},
	{"code names nothing", settings{"code": settings{}}, "code", "code names no package", "Write code = { path ="},
	{"code names both", settings{"code": settings{"path": "src", "s3": settings{"bucket": "acme", "key": "a.zip"}}}, "code", "code names more than one package", "Write one of path, s3 and image"},
	{"code path empty", settings{"code": settings{"path": ""}}, "code.path", "The value is empty", "In code.path: An empty text says nothing that AWS could use. Write a value, or leave the attribute out"},
	{"bucket in upper case", settings{"code": settings{"s3": settings{"bucket": "Acme", "key": "a.zip"}}}, "code.s3.bucket", `"Acme" is not a bucket name`, `Write the name alone, such as "acme-artifacts"`},
	{"bucket that is a URL", settings{"code": settings{"s3": settings{"bucket": "s3://acme", "key": "a.zip"}}}, "code.s3.bucket", "is not a bucket name", "an ARN or URL is not a name"},
	{"bucket missing", settings{"code": settings{"s3": settings{"key": "a.zip"}}}, "code.s3.bucket", "code.s3.bucket is missing", `Write bucket = "acme-artifacts"`},
	{"object key missing", settings{"code": settings{"s3": settings{"bucket": "acme"}}}, "code.s3.key", "code.s3.key is missing", "Write key ="},
	{"object key empty", settings{"code": settings{"s3": settings{"bucket": "acme", "key": ""}}}, "code.s3.key", "The value is empty", "In code.s3.key: An empty text"},
	{"object version empty", settings{"code": settings{"s3": settings{"bucket": "acme", "key": "a.zip", "version_id": ""}}}, "code.s3.version_id", "The value is empty", "leave the attribute out"},

	{"runtime empty", settings{"runtime": ""}, "runtime", "The value is empty", "Write a value"},
	{"runtime with a slip", settings{"runtime": "pyhton3.13"}, "runtime", `"pyhton3.13" is not a runtime`, `AWS documented no such runtime on 20`},
	{"runtime in upper case", settings{"runtime": "Python3.12"}, "runtime", `"Python3.12" is not a runtime`, `Write runtime = "python3.12"`},
	{"handler empty", settings{"handler": ""}, "handler", `"" is not a handler`, `such as "app.handler" for Python`},
	{"handler with a space", settings{"handler": "app handler"}, "handler", `"app handler" is not a handler`, "one word without spaces"},
	{"handler of Python without a function", settings{"handler": "app"}, "handler", `"app" is not a handler of runtime python3.14`, "Write handler = \"app.handler\", which the package has"},
	{"handler of Node without an export", settings{"runtime": "nodejs24.x", "handler": "index"}, "handler", "not a handler of runtime nodejs24.x", "{file}.{export}"},
	{"handler of Java with a hash", settings{"runtime": "java25", "handler": "example.Handler#handle"}, "handler", "not a handler of runtime java25", "{package}.{Class}[::{method}]"},
	{"handler of .NET with one colon pair", settings{"runtime": "dotnet10", "handler": "Orders::Function"}, "handler", "not a handler of runtime dotnet10", "{assembly}::{type}::{method}"},
	{"handler with an unknown package", settings{"code": settings{"path": unknown}, "handler": "app"}, "handler", "not a handler of runtime python3.14", "{module}.{function}"},

	{"architecture in upper case", settings{"architecture": "ARM64"}, "architecture", `"ARM64" is not a value of architecture`, `Write "arm64"`},
	{"architecture of another vendor", settings{"architecture": "amd64"}, "architecture", `"amd64" is not a value of architecture`, `Write "x86_64"`},
	{"no memory", settings{"memory_size": 0}, "memory_size", "memory_size is 0 MB, less than 1", "Write 128 or more, such as 512"},
	{"memory beyond every API", settings{"memory_size": 1 << 31}, "memory_size", "memory_size is 2147483648 MB, more than 2147483647", "no room for a larger number"},
	{"architecture with a slip", settings{"architecture": "arm46"}, "architecture", `"arm46" is not a value of architecture`, `Write "arm64"`},
	{"memory not whole", settings{"memory_size": 512.5}, "memory_size", "Configuration Read Error", "512.5) is not an integer"},
	{"timeout zero", settings{"timeout": 0}, "timeout", "timeout is 0 seconds, less than 1", "Write 1 or more, such as 10"},
	{"no storage", settings{"ephemeral_storage": 0}, "ephemeral_storage", "ephemeral_storage is 0 MB, less than 1", "such as 512"},
}

// environmentMistakes are found by validate. No value may be repeated.
var environmentMistakes = []badInput{
	{"reserved region", environment("AWS_REGION"), `environment["AWS_REGION"]`, "AWS_REGION is set by Lambda", "or use another name"},
	{"reserved credentials", environment("AWS_SECRET_ACCESS_KEY"), `environment["AWS_SECRET_ACCESS_KEY"]`, "AWS_SECRET_ACCESS_KEY is set by Lambda", "read the value Lambda provides"},
	{"reserved with an underscore", environment("_HANDLER"), `environment["_HANDLER"]`, "_HANDLER is set by Lambda", "Lambda reserves this variable"},
	{"one letter", environment("X"), `environment["X"]`, `"X" is not the name of an environment variable`, "Write a name of two or more characters"},
	{"leading digit", environment("2FA"), `environment["2FA"]`, `"2FA" is not the name`, "a letter followed by"},
	{"leading underscore", environment("_TOKEN"), `environment["_TOKEN"]`, `"_TOKEN" is not the name`, "a letter followed by"},
	{"hyphen", environment("DB-HOST"), `environment["DB-HOST"]`, `"DB-HOST" is not the name`, `such as "TABLE_NAME"`},
	{"empty name", environment(""), `environment[""]`, `"" is not the name`, `such as "TABLE_NAME"`},
	{"NUL in a value", plainEnvironment(settings{"TEXT": "a\x00b"}), `environment["TEXT"]`, "The value holds a NUL character", "Encode binary values"},
	{"description with a space at its end", settings{"description": "Takes orders "}, "description", "The description ends in a space", "Leave the space out"},
	{"timeout of no time", settings{"timeouts": settings{"create": "0s"}}, "timeouts.create", `"0s" is too short a timeout`, "10s or more"},
	{"negative timeout", settings{"timeouts": settings{"read": "-1m"}}, "timeouts.read", `"-1m" is too short a timeout`, "a refresh would use it too"},
	// 4,096 bytes are allowed, of which {"LARGE":""} has 12.
}

func environment(name string) settings {
	return settings{"environment": settings{name: secretText}}
}

func plainEnvironment(variables settings) settings {
	return settings{"environment": variables, "powertools": false}
}

// filled is a secret of n bytes.
func filled(n int) string { return secretText + strings.Repeat("x", n-len(secretText)) }

// runtimeWarnings are not errors: AWS decides, and its table moves.
var runtimeWarnings = []badInput{
	{"deprecated Python", settings{"runtime": "python3.9"}, "runtime", "Runtime python3.9 is deprecated", "AWS stopped patching it on 2025-12-15 and will refuse first new functions, then updates. Move to python3.14"},
	{"deprecated Node", settings{"runtime": "nodejs18.x"}, "runtime", "Runtime nodejs18.x is deprecated", "Move to nodejs24.x"},
	{"deprecated Ruby", settings{"runtime": "ruby3.2"}, "runtime", "Runtime ruby3.2 is deprecated", "Move to ruby4.0"},
	{"deprecated Java", settings{"runtime": "java8", "handler": "example.Handler", "architecture": "x86_64"}, "runtime", "Runtime java8 is deprecated", "Move to java25"},
	{"deprecated Go", settings{"runtime": "go1.x", "architecture": "x86_64"}, "runtime", "Runtime go1.x is deprecated", "Move to provided.al2023"},
	{"unknown Python", settings{"runtime": "python3.99"}, "runtime", `Runtime "python3.99" is not known to this release`, "If it is a slip, python3.14 is the newest of its family"},
	{"unknown Java", settings{"runtime": "java99"}, "runtime", `Runtime "java99" is not known to this release`, "java25 is the newest of its family"},
	{"unknown .NET", settings{"runtime": "dotnet99"}, "runtime", `Runtime "dotnet99" is not known`, "dotnet10 is the newest of its family"},
	{"unknown custom runtime", settings{"runtime": "provided.al2099"}, "runtime", `Runtime "provided.al2099" is not known`, "provided.al2023 is the newest of its family"},
	{"unknown family", settings{"runtime": "cobol"}, "runtime", `Runtime "cobol" is not known to this release`, "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"},
}
