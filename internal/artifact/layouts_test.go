package artifact

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// layout is a package as public repositories have them, in a few lines.
type layout struct {
	name string
	run  Run
	// files are in the order of the list.
	files []shipped
}

// layoutsIn reads a list of layouts: "== RUNTIME HANDLER  what it is" begins one,
// and "-- FILE" a file of it.
func layoutsIn(t *testing.T, list string) (out []layout) {
	t.Helper()
	text, err := os.ReadFile(list)
	must(t, err)
	for line := range strings.Lines(string(text)) {
		if head, found := strings.CutPrefix(line, "== "); found {
			said := strings.Fields(head)
			out = append(out, layout{name: strings.TrimSpace(head), run: Run{Runtime: said[0], Handler: said[1], Architecture: "arm64"}})
			continue
		}
		last := &out[len(out)-1]
		if file, found := strings.CutPrefix(line, "-- "); found {
			mode := os.FileMode(0o644)
			if strings.TrimSpace(file) == "bootstrap" {
				mode = 0o755
			}
			last.files = append(last.files, shipped{name: strings.TrimSpace(file), mode: mode})
			continue
		}
		last.files[len(last.files)-1].text += line
	}
	return out
}

// compiledLayouts are those of Java and .NET.
func compiledLayouts() (out []layout) {
	const core, object = "com/amazonaws/services/lambda/runtime/", "java/lang/Object"
	for name, c := range map[string]struct {
		handler, super string
		interfaces     []string
		methods        []string
	}{
		"SAM's first function":    {"com.example.Orders::handleRequest", object, handlerInterfaces[:1], []string{"handleRequest"}},
		"interface alone":         {"com.example.Orders", object, handlerInterfaces[:1], []string{"handleRequest"}},
		"streams":                 {"com.example.Orders", object, handlerInterfaces[1:], []string{"handleRequest"}},
		"method of any name":      {"com.example.Orders::process", object, nil, []string{"process", "-log"}},
		"overloaded":              {"com.example.Orders::handle", object, nil, []string{"handle", "handle", "main"}},
		"Spring Cloud Function":   {"com.example.Orders", "org/springframework/cloud/function/adapter/aws/FunctionInvoker", nil, nil},
		"Micronaut":               {"com.example.Orders", "io/micronaut/function/aws/MicronautRequestHandler", nil, []string{"execute"}},
		"Quarkus":                 {"com.example.Orders", object, []string{core + "RequestStreamHandler"}, []string{"handleRequest"}},
		"Kotlin, top level":       {"com.example.Orders::handler", object, nil, []string{"handler"}},
		"Kotlin, other interface": {"com.example.Orders", object, []string{"com/example/Handler"}, []string{"handle"}},
		"Scala":                   {"com.example.Orders::handle", object, []string{"scala/Serializable"}, []string{"handle", "apply"}},
		"Clojure":                 {"com.example.Orders::handler", object, []string{"com/example/Is"}, []string{"handler", "main"}},
		"Powertools":              {"com.example.Orders::handleRequest", object, handlerInterfaces, []string{"handleRequest", "ajc$preClinit"}},
		"SnapStart hooks":         {"com.example.Orders", object, []string{core + "RequestHandler", "org/crac/Resource"}, []string{"handleRequest", "beforeCheckpoint"}},
		"class above, no method":  {"com.example.Orders", "com/example/Base", nil, nil},
	} {
		run := Run{Runtime: "java21", Handler: c.handler, Architecture: "arm64"}
		out = append(out, layout{"Java, " + name, run, []shipped{{name: orders, text: classOf(c.super, c.interfaces, c.methods...)}}})
	}
	for name, c := range map[string]struct {
		handler string
		types   []dotnetType
	}{
		"SAM's first function": {"Orders::Orders.Function::FunctionHandler", []dotnetType{{"<Module>", "", nil}, {"Orders.Function", "System.Object", []string{".ctor", "FunctionHandler"}}}},
		"static":               {"Orders::Orders.Function::Handle", []dotnetType{{"Orders.Function", "System.Object", []string{"Handle", ".cctor"}}}},
		"several types":        {"Orders::Orders.B::Handle", []dotnetType{{"Orders.A", "System.Object", []string{"Other"}}, {"Orders.B", "System.Object", []string{"Handle"}}, {"Orders.C", "System.Object", []string{"Last"}}}},
		"last type":            {"Orders::Orders.B::Handle", []dotnetType{{"Orders.A", "System.Object", []string{"Other"}}, {"Orders.B", "System.Object", []string{"X", "Handle"}}}},
		"annotations":          {"Orders::Orders.Functions_Add_Generated::Add", []dotnetType{{"Orders.Functions", "System.Object", []string{"Add"}}, {"Orders.Functions_Add_Generated", "System.Object", []string{".ctor", "Add"}}}},
		"without a namespace":  {"Orders::Function::Handle", []dotnetType{{"Function", "System.Object", []string{"Handle"}}}},
		"nested":               {"Orders::Orders.Outer+Inner::Handle", []dotnetType{{"Inner", "System.Object", []string{"Handle"}}}},
		"overloaded":           {"Orders::Orders.F::Handle", []dotnetType{{"Orders.F", "System.Object", []string{"Handle", "Handle"}}}},
		"executable":           {"Orders", []dotnetType{{"Program", "System.Object", []string{"<Main>$"}}}},
		"no methods of its own": {
			"Orders::Orders.Entry::FunctionHandlerAsync", []dotnetType{{"Orders.Entry", "Amazon.Lambda.AspNetCoreServer.APIGatewayProxyFunction", nil}, {"Orders.Z", "System.Object", []string{"X"}}},
		},
	} {
		run := Run{Runtime: "dotnet8", Handler: c.handler, Architecture: "arm64"}
		l := layout{".NET, " + name, run, nil}
		for file, text := range published(assemblyOf(c.types...)) {
			l.files = append(l.files, shipped{name: file, text: text})
		}
		out = append(out, l)
	}
	return out
}

// TestLayouts takes what public repositories deploy, without an error, and
// without a word but where a comment in the list says so.
func TestLayouts(t *testing.T) {
	t.Parallel()
	all := compiledLayouts()
	lists, err := filepath.Glob("testdata/layouts_*.txt")
	must(t, err)
	for _, list := range lists {
		all = append(all, layoutsIn(t, list)...)
	}
	for _, l := range all {
		for _, r := range examined(t, folderOf(t, l.files...), l.run).Remarks {
			if r.Stops || !strings.HasSuffix(l.name, "(doubted)") {
				t.Errorf("%s: %+v", l.name, r)
			}
		}
	}
	if len(all) < 200 {
		t.Errorf("only %d layouts", len(all))
	}
}
