package artifact

import "testing"

// TestExamine_Pythons judges modules by the release of Python that loads them.
func TestExamine_Pythons(t *testing.T) {
	t.Parallel()
	arm := elfOf(elfARM)
	module := func(release string) shipped {
		return shipped{name: "fast/_fast.cpython-" + release + "-aarch64-linux-gnu.so", text: arm}
	}
	wheel := func(tag string) []shipped {
		return []shipped{pythonApp, {name: "fast/_fast.so", text: arm}, {name: "fast-1.0.dist-info/RECORD", text: "fast/_fast.so,sha256=x,1\n"}, {name: "fast-1.0.dist-info/WHEEL", text: "Wheel-Version: 1.0\nTag: " + tag + "\n"}}
	}
	py310 := pythonRun
	py310.Runtime = "python3.10"
	for name, c := range map[string]struct {
		run   Run
		files []shipped
		stops bool
		says  string
	}{
		"own":                       {pythonRun, []shipped{pythonApp, module("314")}, false, ""},
		"older":                     {pythonRun, []shipped{pythonApp, module("310")}, true, "fast is built for Python 3.10"},
		"remedy":                    {pythonRun, []shipped{pythonApp, module("313")}, true, `pip install --python-version 3.14 --platform manylinux2014_aarch64 --only-binary=:all:), or write runtime = "python3.13"`},
		"no such runtime":           {pythonRun, []shipped{pythonApp, module("315")}, true, "--only-binary=:all:)."},
		"newer than the runtime":    {py310, []shipped{pythonApp, module("313")}, true, "runtime python3.10 loads no extension module of another release"},
		"free-threaded":             {pythonRun, []shipped{pythonApp, module("314t")}, true, "built for Python 3.14t"},
		"without architecture":      {Run{Runtime: "python3.14", Handler: "app.handler"}, []shipped{pythonApp, module("310")}, true, "manylinux2014_x86_64"},
		"named after its release":   {pythonRun, []shipped{pythonApp, module("310"), {name: "fast-1.2.dist-info/METADATA", text: "x"}}, true, "fast (fast-1.2) is built for Python 3.10"},
		"several releases":          {pythonRun, []shipped{pythonApp, module("310"), module("314")}, false, ""},
		"stable ABI beside":         {pythonRun, []shipped{pythonApp, module("310"), {name: "fast/_fast.abi3.so", text: arm}}, false, ""},
		"source beside":             {pythonRun, []shipped{pythonApp, module("310"), {name: "fast/_fast.py", text: "x = 1"}}, false, ""},
		"another module beside":     {pythonRun, []shipped{pythonApp, module("310"), {name: "fast/other.py", text: "x = 1"}, {name: "fast/lib.so", text: arm}}, true, "built for Python 3.10"},
		"of the tests":              {pythonRun, []shipped{pythonApp, {name: "fast/tests/a.cpython-310-aarch64-linux-gnu.so", text: arm}}, false, ""},
		"accelerator":               {pythonRun, []shipped{pythonApp, {name: "markupsafe/_speedups.cpython-310-aarch64-linux-gnu.so", text: arm}}, false, "modules for another Python"},
		"of no Python function":     {nodeRun, []shipped{nodeApp, module("310")}, false, ""},
		"wheel, own":                {pythonRun, wheel("cp314-cp314-manylinux_2_17_aarch64"), false, ""},
		"wheel, older":              {pythonRun, wheel("cp310-cp310-manylinux_2_17_aarch64"), false, `"fast-1.0" (cp310-cp310-manylinux_2_17_aarch64)`},
		"wheel, stable ABI":         {pythonRun, wheel("cp37-abi3-manylinux_2_17_aarch64"), false, ""},
		"wheel, any Python":         {pythonRun, wheel("py3-none-manylinux_2_17_aarch64"), false, ""},
		"wheel, built here":         {pythonRun, wheel("cp314-cp314-linux_aarch64"), false, ""},
		"wheel, musl":               {pythonRun, wheel("cp314-cp314-musllinux_1_2_aarch64"), false, "wheels that are not for the function"},
		"wheel, musl, stable ABI":   {pythonRun, []shipped{pythonApp, {name: "fast/_rust.abi3.so", text: arm}, {name: "fast-1.0.dist-info/RECORD", text: "fast/_rust.abi3.so,,\n"}, {name: "fast-1.0.dist-info/WHEEL", text: "Tag: cp37-abi3-musllinux_1_2_aarch64\n"}}, true, `"fast-1.0" (cp37-abi3-musllinux_1_2_aarch64): built for musl`},
		"wheel, PyPy":               {pythonRun, wheel("pp310-pypy310_pp73-manylinux_2_17_aarch64"), false, "wheels that are not for the function"},
		"wheel of two, one suits":   {pythonRun, wheel("cp310-cp310-manylinux_2_17_aarch64\nTag: cp314-cp314-manylinux_2_17_aarch64"), false, ""},
		"wheel, pure":               {pythonRun, []shipped{pythonApp, {name: "p-1.0.dist-info/RECORD", text: "p.py,,\n"}, {name: "p-1.0.dist-info/WHEEL", text: "Tag: cp310-none-any\n"}}, false, ""},
		"wheel, its module told of": {pythonRun, append(wheel("cp310-cp310-manylinux_2_17_aarch64")[2:], shipped{name: "fast-1.0.dist-info/RECORD", text: "fast/_fast.cpython-310-aarch64-linux-gnu.so,,\n"}, pythonApp, module("310"))[1:], true, "built for Python 3.10"},
	} {
		at := "runtime"
		for form, packed := range map[string]string{"zip": zipOf(t, c.files...), "folder": folderOf(t, c.files...)} {
			wantRemark(t, name+" as "+form, examined(t, packed, c.run), at, c.stops, c.says)
		}
	}
}
