package artifact

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// judgeAssembly wants the assembly of Assembly::Type::Method, or of an
// executable.
func (x *examination) judgeAssembly() error {
	assembly, _, _ := strings.Cut(x.run.Handler, "::")
	if f, ok, open := x.find(assembly + ".dll"); open {
		return nil
	} else if ok {
		x.judgePublished(assembly)
		return x.judgeMembers(f)
	}
	for _, name := range []string{assembly, "bootstrap"} {
		if _, ok, open := x.find(name); ok || open {
			return nil
		}
	}
	x.remark("handler", true, "The handler is not in the package", "Handler %q would be in %q, and the package does not have it at its root. Correct the handler, or pack what dotnet publish wrote.", x.run.Handler, assembly+".dll")
	return nil
}

// judgeMembers wants Type and Method of Assembly::Type::Method in the assembly.
// A method may come from a type above that another assembly has.
func (x *examination) judgeMembers(f file) error {
	parts := strings.Split(x.run.Handler, "::")
	if len(parts) != 3 || strings.ContainsAny(parts[1], "+`[") || f.size > assemblyLooked {
		return nil
	}
	text, err := f.head(assemblyLooked)
	if err != nil {
		return err
	}
	types, ok := readAssembly(text)
	if !ok {
		return nil
	}
	var names []string
	for _, t := range types {
		if t.name == parts[1] {
			x.judgeDotnetMethod(f, t, parts)
			return nil
		}
		if !strings.HasPrefix(t.name, "<") {
			names = append(names, t.name)
		}
	}
	near := nearestFirst(parts[1], names)
	if len(near) == 0 {
		return nil
	}
	x.remark("handler", true, "The handler is not in its assembly", "%q has no type %s, and Lambda looks there for handler %q, so that every call fails. It has %s. Write handler = %q, or correct the type's namespace or name.",
		f.name, parts[1], x.run.Handler, named(near), strings.Join([]string{parts[0], near[0], parts[2]}, "::"))
	return nil
}

// accessor matches methods that belong to properties and events.
var accessor = regexp.MustCompile(`^(?:get|set|add|remove)_`)

func (x *examination) judgeDotnetMethod(f file, t dotnetType, parts []string) {
	if slices.Contains(t.methods, parts[2]) || len(t.methods) == 0 {
		return
	}
	alone := t.base == "System.Object"
	summary, above := "The handler is not in its assembly", ""
	if !alone {
		summary, above = "The handler is perhaps not in its assembly", ", unless a type above it has the method"
	}
	methods := slices.DeleteFunc(slices.Clone(t.methods), func(name string) bool { return strings.ContainsAny(name, ".<") || accessor.MatchString(name) })
	instead := "Correct the handler, or the type."
	if near := nearestFirst(parts[2], methods); len(near) > 0 {
		instead = fmt.Sprintf("It has %s. Write handler = %q, or correct the type.", named(near), strings.Join([]string{parts[0], parts[1], near[0]}, "::"))
	}
	x.remark("handler", alone, summary, "Type %s of %q has no method %s, and Lambda calls it for handler %q, so that every call fails%s. %s", t.name, f.name, parts[2], x.run.Handler, above, instead)
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
