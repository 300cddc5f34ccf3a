package artifact

import (
	"path"
	"strconv"
	"strings"
)

// judgeAssembly wants the assembly of Assembly::Type::Method, or of an
// executable.
func (x *examination) judgeAssembly() {
	assembly, _, _ := strings.Cut(x.run.Handler, "::")
	if _, ok, open := x.find(assembly + ".dll"); open {
		return
	} else if ok {
		x.judgePublished(assembly)
		return
	}
	for _, name := range []string{assembly, "bootstrap"} {
		if _, ok, open := x.find(name); ok || open {
			return
		}
	}
	x.remark("handler", true, "The handler is not in the package", "Handler %q would be in %q, and the package does not have it at its root. Correct the handler, or pack what dotnet publish wrote.", x.run.Handler, assembly+".dll")
}

// judgePublished wants what the runtime reads beside an assembly: of that name,
// or the only one of its kind at the root. An executable says itself what it
// depends on.
func (x *examination) judgePublished(assembly string) {
	wanted := []string{".runtimeconfig.json"}
	if strings.Contains(x.run.Handler, "::") {
		wanted = append(wanted, ".deps.json")
	}
	var missing []string
	for _, ending := range wanted {
		if _, found, open := x.find(assembly + ending); found || open {
			continue
		}
		of := 0
		for _, names := range [][]string{sorted(x.files), sorted(x.links)} {
			for _, name := range names {
				if path.Dir(name) == "." && strings.HasSuffix(name, ending) {
					of++
				}
			}
		}
		if of != 1 {
			missing = append(missing, strconv.Quote(assembly+ending))
		}
	}
	if len(missing) > 0 {
		x.remark("code", true, "The package is not what dotnet publish writes", "It has no %s beside %q: the runtime reads that to start it, so that every call fails. "+
			"Pack the whole folder that dotnet publish wrote; for a class library, set GenerateRuntimeConfigurationFiles to true in the project.", strings.Join(missing, " and no "), assembly+".dll")
	}
}
