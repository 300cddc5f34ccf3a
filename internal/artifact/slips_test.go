package artifact

import (
	"maps"
	"strings"
	"testing"
)

// slip is what is mistyped on a day like any other.
type slip struct {
	name    string
	runtime string
	handler string
	files   map[string]string
	// at is the attribute that is told of, empty for what is right or cannot be
	// known; stops says that it is an error.
	at    string
	stops bool
	says  string
}

const (
	isError   = true
	isWarning = false
)

func one(name, text string) map[string]string { return map[string]string{name: text} }

func with(files map[string]string, name, text string) map[string]string {
	out := maps.Clone(files)
	out[name] = text
	return out
}

const pyHandler = "import json\n\n\ndef handler(event, context):\n    return json.dumps(event)\n\n\ndef helper():\n    pass\n"

var pythonSlips = []slip{
	{"one letter less", "python3.14", "app.handle", one("app.py", pyHandler), "handler", isError, `It defines "handler", "helper". Write handler = "app.handler"`},
	{"name of the console", "python3.14", "app.lambda_handler", one("app.py", pyHandler), "handler", isError, `Write handler = "app.handler"`},
	{"name of the console, kept", "python3.14", "app.handler", one("app.py", "def lambda_handler(event, context): pass\n"), "handler", isError, `Write handler = "app.lambda_handler"`},
	{"upper case", "python3.14", "app.Handler", one("app.py", pyHandler), "handler", isError, `Write handler = "app.handler"`},
	{"method of a class", "python3.14", "app.handler", one("app.py", "class App:\n    def handler(self, event, context): pass\n"), "handler", isError, `It defines "App"`},
	{"only in a comment", "python3.14", "app.handler", one("app.py", "# handler\nmain = 1\n"), "handler", isError, `It defines "main"`},
	{"empty file", "python3.14", "app.handler", one("app.py", ""), "handler", isError, "defines nothing at all"},
	{"ending in the handler", "python3.14", "app.py.handler", one("app.py", pyHandler), "handler", isError, `Write handler = "app.handler"`},
	{"ending in the handler of a folder", "python3.14", "src/app.py.handler", one("src/app.py", pyHandler), "handler", isError, `Write handler = "src/app.handler"`},
	{"ending in the handler of a package", "python3.14", "src.app.py.handler", one("src/app.py", pyHandler), "handler", isError, `Write handler = "src/app.handler"`},
	{"ending that is a module", "python3.14", "app.py.handler", one("app/py.py", pyHandler), "", false, ""},
	{"ending of a file that is not there", "python3.14", "main.py.handler", one("app.py", pyHandler), "handler", isError, `would be in "main/py.py"`},
	{"in a package", "python3.14", "src/app.handle", one("src/app.py", pyHandler), "handler", isError, `Write handler = "src/app.handler"`},
	{"by an import of all", "python3.14", "app.handle", one("app.py", "from lib import *\n"), "", false, ""},
	{"by an import of all, mentioned", "python3.14", "app.handle", one("app.py", "from lib import *\n\nhandle\n"), "", false, ""},
	{"perhaps by globals", "python3.14", "app.handle", one("app.py", "globals().update(load())\n"), "handler", isWarning, "does not mention"},
	{"perhaps by __getattr__", "python3.14", "app.handle", one("app.py", "def __getattr__(name):\n    return find(name)\n"), "", false, ""},
	{"perhaps from another file", "python3.14", "app.handle", with(one("app.py", pyHandler), "setup.py", "import app\napp.handle = app.handler\n"), "handler", isWarning, `Only if "setup.py" puts it there`},
	{"another file's own", "python3.14", "app.handle", with(one("app.py", pyHandler), "other.py", "class A:\n    def f(self):\n        self.handle = 1\n"), "handler", isError, "app.handler"},
	{"no colon", "python3.14", "app.handler", one("app.py", "def handler(event, context)\n    return 1\n"), "code", isError, `"app.py", line 1: the line that begins with "def" has no colon`},
	{"no indentation", "python3.13", "app.handler", one("app.py", "def handler(event, context):\nreturn 1\n"), "code", isError, "line 2: no indented block"},
	{"no end of a bracket", "python3.12", "app.handler", one("app.py", "def handler(event, context):\n    return {'a': [1, 2}\n"), "code", isError, `line 2: "}" does not close the "["`},
	{"no end of a string", "python3.14", "app.handler", one("app.py", "def handler(event, context):\n    return 'a\n"), "code", isError, "line 2: the string"},
	{"Python 2", "python3.14", "app.handler", one("app.py", "def handler(event, context):\n    print 'hello'\n"), "code", isError, "write print(...)"},
	{"tabs and spaces", "python3.14", "app.handler", one("app.py", "def handler(event, context):\n        a = 1\n\treturn a\n"), "code", isError, "mixes tabs and spaces"},
	{"quotes of a word processor", "python3.14", "app.handler", one("app.py", "def handler(event, context):\n    return \u201cok\u201d\n"), "code", isError, "U+201C"},
	{"left of a merge", "python3.14", "app.handler", one("app.py", "<<<<<<< HEAD\n"+pyHandler), "code", isError, `"<<" begins no line`},
	{"JavaScript", "python3.14", "app.handler", one("app.py", "exports.handler = async () => {\n  return 1\n}\n"), "code", isError, "line 1"},
	{"match before its release", "python3.9", "app.handler", one("app.py", "def handler(event, context):\n    match event:\n        case _: return 1\n"), "code", isError, "line 2"},
	{"match", "python3.10", "app.handler", one("app.py", "def handler(event, context):\n    match event:\n        case _: return 1\n"), "", false, ""},
	{"grammar of a later release", "python3.16", "app.handler", one("app.py", "def handler(event, context):\n    maybe event\n"), "", false, ""},
	{"file of another name", "python3.14", "main.handler", one("app.py", pyHandler), "handler", isError, `would be in "main.py"`},
	{"folder above", "python3.14", "app.handler", one("src/app.py", pyHandler), "handler", isError, `Did you mean handler = "src/app.handler"?`},
}

var nodeSlips = []slip{
	{"ending in the handler", "nodejs24.x", "index.js.handler", one("index.js", "exports.handler = async () => 1\n"), "handler", isError, `Write handler = "index.handler"`},
	{"one letter less", "nodejs22.x", "index.handle", one("index.js", "exports.handler = async () => 1\nexports.health = 1\n"), "handler", isError, `It exports "handler", "health". Write handler = "index.handler"`},
	{"not exported", "nodejs22.x", "index.handler", one("index.js", "const handler = async () => 1\n"), "handler", isError, "It exports nothing at all"},
	{"not exported, ES", "nodejs22.x", "index.handler", one("index.mjs", "const handler = async () => 1\n"), "handler", isError, "It exports nothing at all"},
	{"only by default", "nodejs22.x", "index.handler", one("index.mjs", "export default async () => 1\n"), "handler", isError, `It exports "default"`},
	{"another name, ES", "nodejs22.x", "index.handler", one("index.mjs", "export const main = async () => 1\n"), "handler", isError, `Write handler = "index.main"`},
	{"another name in a bundle", "nodejs22.x", "index.handler", one("index.js", "var i_exports = {};\n__export(i_exports, { main: () => main });\nmodule.exports = __toCommonJS(i_exports);\nvar main = 1;\n"), "handler", isError, `It exports "main"`},
	{"by another module", "nodejs22.x", "index.handle", one("index.mjs", "export * from './app.mjs'\n"), "", false, ""},
	{"perhaps by a call", "nodejs22.x", "index.handle", one("index.js", "module.exports = build()\n"), "handler", isWarning, "does not mention"},
	{"perhaps by another file", "nodejs22.x", "index.handle", with(one("index.js", "exports.handler = 1\n"), "setup.js", "const index = require('./index')\nindex.handle = index.handler\n"), "handler", isWarning, `Only if "setup.js"`},
	{"another file's exports", "nodejs22.x", "index.handle", with(one("index.js", "exports.handler = 1\n"), "other.js", "exports.handle = 1\n"), "handler", isError, `Write handler = "index.handler"`},
	{"CommonJS in .mjs", "nodejs22.x", "index.handler", one("index.mjs", "exports.handler = async () => 1\n"), "code", isError, "its name ends in .mjs, and uses exports.handler"},
	{"CommonJS under type module", "nodejs24.x", "index.handler", with(one("index.js", "module.exports.handler = async () => 1\n"), "package.json", `{"type":"module"}`), "code", isError, `package.json says "type": "module", and uses module.exports`},
	{"require in .mjs", "nodejs22.x", "index.handler", one("index.mjs", "const a = require('a')\nexport const handler = async () => a\n"), "code", isError, "Write import in its place"},
	{"require that is made", "nodejs22.x", "index.handler", one("index.mjs", "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\nconst a = require('a')\nexport const handler = async () => a\n"), "", false, ""},
	{"export without type module", "nodejs22.x", "index.handler", one("index.js", "export const handler = async () => 1\n"), "code", isError, `write "type": "module" into package.json`},
	{"import without type module", "nodejs20.x", "index.handler", one("index.js", "import fs from 'fs'\nexports.handler = async () => fs\n"), "code", isError, "uses import or export"},
	{"export that Node.js finds out", "nodejs24.x", "index.handler", one("index.js", "export const handler = async () => 1\n"), "", false, ""},
	{"export in .cjs", "nodejs24.x", "index.handler", one("index.cjs", "export const handler = async () => 1\n"), "code", isError, "its name ends in .cjs"},
	{"export under type commonjs", "nodejs24.x", "index.handler", with(one("index.js", "export const handler = async () => 1\n"), "package.json", `{"type":"commonjs"}`), "code", isError, `says "type": "commonjs"`},
	{"package.json of a folder above", "nodejs22.x", "dist/index.handler", with(one("dist/index.js", "export const handler = async () => 1\n"), "package.json", `{"type":"module"}`), "", false, ""},
	{"package.json of a nearer folder", "nodejs22.x", "dist/index.handler", with(with(one("dist/index.js", "export const handler = async () => 1\n"), "package.json", `{"type":"module"}`), "dist/package.json", `{}`), "code", isError, "loads it as CommonJS"},
	{"await in CommonJS", "nodejs24.x", "index.handler", one("index.js", "const a = await load()\nexports.handler = async () => a\n"), "code", isError, "waits with await outside of a function"},
	{"await in an ES module", "nodejs22.x", "index.handler", one("index.mjs", "const a = await load()\nexport const handler = async () => a\n"), "", false, ""},
	{"callback", "nodejs24.x", "index.handler", one("index.js", "exports.handler = (event, context, callback) => callback(null, 1)\n"), "handler", isError, "refuses such a handler"},
	{"callback, ES", "nodejs24.x", "index.handler", one("index.mjs", "export function handler(event, context, done) { done() }\n"), "handler", isError, "with three parameters"},
	{"callback of a later release", "nodejs26.x", "index.handler", one("index.js", "module.exports = { handler(event, context, callback) { callback() } }\n"), "handler", isError, "runtime nodejs26.x"},
	{"callback where it is called", "nodejs22.x", "index.handler", one("index.js", "exports.handler = (event, context, callback) => callback(null, 1)\n"), "", false, ""},
	{"three parameters of a stream", "nodejs24.x", "index.handler", one("index.mjs", "export const handler = awslambda.streamifyResponse(async (event, stream, context) => stream.end())\n"), "", false, ""},
	{"TypeScript only", "nodejs24.x", "index.handler", one("index.ts", "export const handler = async () => 1\n"), "code", isError, `the package has "index.ts"`},
	{"JSX only", "nodejs24.x", "src/app.handler", one("src/app.jsx", "export const handler = async () => 1\n"), "code", isError, "Compile it before it is packed"},
	{"TypeScript, renamed", "nodejs24.x", "index.handler", one("index.mjs", "export const handler = async (event: Event): Promise<number> => 1\n"), "code", isError, "is written in TypeScript, see line 1"},
	{"JSX, renamed", "nodejs24.x", "index.handler", one("index.js", "const page = <App />\nexports.handler = async () => page\n"), "code", isError, "is written in JSX"},
	{"perhaps no JavaScript", "nodejs24.x", "index.handler", one("index.js", "exports.handler = async () => {\n  return 1\n"), "code", isWarning, "try node --check index.js"},
	{"file of another name", "nodejs24.x", "main.handler", one("index.js", "exports.handler = 1\n"), "handler", isError, `would be in "main.js"`},
}

const orders = "com/example/Orders.class"

var javaSlips = []slip{
	{"one letter less", "java25", "com.example.Orders::handl", one(orders, classOf("java/lang/Object", nil, "handle", "close")), "handler", isError, `The class has "handle", "close". Write handler = "com.example.Orders::handle"`},
	{"method is not public", "java25", "com.example.Orders::handle", one(orders, classOf("java/lang/Object", nil, "-handle")), "handler", isError, "is not public"},
	{"perhaps of the class above", "java25", "com.example.Orders::handleRequest", one(orders, classOf("com/example/Base", nil, "main")), "handler", isWarning, "unless a class or interface above it has it"},
	{"perhaps of an interface", "java21", "com.example.Orders::handle", one(orders, classOf("java/lang/Object", []string{"com/example/Handler"}, "main")), "handler", isWarning, "unless"},
	{"of Lambda's interface", "java21", "com.example.Orders::handle", one(orders, classOf("java/lang/Object", handlerInterfaces[:1], "handleRequest")), "handler", isError, "Orders::handleRequest"},
	{"no method, no interface", "java25", "com.example.Orders", one(orders, classOf("java/lang/Object", nil, "handle")), "handler", isError, "implements neither RequestHandler nor RequestStreamHandler"},
	{"no method, an interface", "java25", "com.example.Orders", one(orders, classOf("java/lang/Object", handlerInterfaces[1:], "handleRequest")), "", false, ""},
	{"package of another name", "java25", "com.exampel.Orders::handle", one(orders, classOf("java/lang/Object", nil, "handle")), "handler", isError, `would be in "com/exampel/Orders.class"`},
	{"right", "java25", "com.example.Orders::handle", one(orders, classOf("java/lang/Object", nil, "handle")), "", false, ""},
}

func published(dll string) map[string]string {
	return map[string]string{"Orders.dll": dll, "Orders.runtimeconfig.json": "{}", "Orders.deps.json": "{}"}
}

var (
	plainType   = dotnetType{name: "Orders.Function", base: "System.Object", methods: []string{".ctor", "Handle", "get_Name"}}
	derivedType = dotnetType{name: "Orders.Entry", base: "Amazon.Lambda.AspNetCoreServer.APIGatewayProxyFunction", methods: []string{".ctor", "Init"}}
)

var dotnetSlips = []slip{
	{"one letter less", "dotnet10", "Orders::Orders.Function::Handl", published(assemblyOf(plainType, derivedType)), "handler", isError, `It has "Handle". Write handler = "Orders::Orders.Function::Handle"`},
	{"perhaps of the type above", "dotnet10", "Orders::Orders.Entry::Handl", published(assemblyOf(plainType, derivedType)), "handler", isWarning, "unless a type above it has the method"},
	{"namespace of another name", "dotnet8", "Orders::Order.Function::Handle", published(assemblyOf(plainType, derivedType)), "handler", isError, `Write handler = "Orders::Orders.Function::Handle"`},
	{"without the namespace", "dotnet8", "Orders::Function::Handle", published(assemblyOf(derivedType, plainType)), "handler", isError, "has no type Function"},
	{"right", "dotnet10", "Orders::Orders.Function::Handle", published(assemblyOf(derivedType, plainType)), "", false, ""},
	{"assembly that cannot be read", "dotnet10", "Orders::Orders.Function::Handl", published("MZ and no more"), "", false, ""},
	{"assembly of another name", "dotnet10", "Order::Orders.Function::Handle", published(assemblyOf(plainType)), "handler", isError, `would be in "Order.dll"`},
}

var rubySlips = []slip{
	{"ending in the handler", "ruby3.4", "app.rb.handler", one("app.rb", "def handler(event:, context:)\n  1\nend\n"), "handler", isError, `Write handler = "app.handler"`},
	{"one letter less", "ruby3.4", "app.handle", one("app.rb", "require 'json'\n\ndef handler(event:, context:)\n  event\nend\n"), "handler", isWarning, `It has "handler". Write handler = "app.handler"`},
	{"only in a comment", "ruby3.4", "app.handler", one("app.rb", "# handler\ndef main(event:, context:)\nend\n"), "handler", isWarning, "has no def handler"},
	{"method of a class", "ruby3.4", "app.Orders.call", one("app.rb", "class Orders\n  def self.process(event:, context:); end\nend\n"), "handler", isWarning, `Write handler = "app.Orders.process"`},
	{"class of another name", "ruby4.0", "app.Order.process", one("app.rb", "class Orders\n  def self.process(event:, context:); end\nend\n"), "handler", isWarning, "has no class or module Order"},
	{"class in a module", "ruby4.0", "app.Shop::Orders.process", one("app.rb", "module Shop\n  class Orders\n    def self.process(event:, context:) = 1\n  end\nend\n"), "", false, ""},
	{"made at run time", "ruby3.4", "app.handle", one("app.rb", "define_method(:handle) { |event:, context:| event }\n"), "", false, ""},
	{"perhaps from another file", "ruby3.4", "app.handle", one("app.rb", "require_relative 'lib/app'\n"), "", false, ""},
	{"a lambda", "ruby3.4", "app.Handle.call", one("app.rb", "Handle = ->(event:, context:) { event }\ndef call; end\n"), "", false, ""},
	{"file of another name", "ruby3.4", "main.handler", one("app.rb", "def handler(event:, context:); end\n"), "handler", isError, `"main.rb"`},
}

var customSlips = []slip{
	{"program of another name", "provided.al2023", "bootstrap", one("main", elfOf(183)), "code", isError, "The package has no bootstrap"},
	{"program in a folder", "provided.al2023", "bootstrap", one("bin/bootstrap", elfOf(183)), "code", isError, `but "bin/bootstrap"`},
}

// TestSlips holds each slip against what a plan says of it.
func TestSlips(t *testing.T) {
	t.Parallel()
	count := 0
	for language, slips := range map[string][]slip{"Python": pythonSlips, "Node.js": nodeSlips, "Java": javaSlips, ".NET": dotnetSlips, "Ruby": rubySlips, "custom": customSlips} {
		for _, s := range slips {
			count++
			name := language + ": " + s.name
			var files []shipped
			for _, file := range sorted(s.files) {
				files = append(files, shipped{name: file, text: s.files[file]})
			}
			found := examined(t, folderOf(t, files...), Run{Runtime: s.runtime, Handler: s.handler, Architecture: "arm64"})
			if s.at == "" {
				if len(found.Remarks) > 0 {
					t.Errorf("%s: %+v", name, found.Remarks)
				}
				continue
			}
			if len(found.Remarks) == 0 {
				t.Errorf("%s: nothing is said", name)
				continue
			}
			r := found.Remarks[0]
			if r.At != s.at || r.Stops != s.stops || !strings.Contains(r.Summary+" "+r.Detail, s.says) || strings.Contains(r.Detail, "%!") {
				t.Errorf("%s: %+v does not say %q at %s", name, r, s.says, s.at)
			}
		}
	}
	if count < 60 {
		t.Errorf("only %d slips", count)
	}
}

// TestSlips_NodeOptions stops nothing that a setting may make run.
func TestSlips_NodeOptions(t *testing.T) {
	t.Parallel()
	run := Run{Runtime: "nodejs22.x", Handler: "index.handler", NodeOptions: true}
	wantRemark(t, "export", examined(t, folderOf(t, shipped{name: "index.js", text: "export const handler = async () => 1\n"}), run), "code", false, "uses import or export")
}
