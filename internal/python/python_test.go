package python

import (
	"slices"
	"strings"
	"testing"
)

const good = `# -*- coding: utf-8 -*-
from __future__ import annotations
import json, os.path as p
from ... import up
from ...pkg import (a, b)

@decorate
class A(B, metaclass=M):
	x: int = 1
	def f(self, a, /, b=1, *, c: "str" = 'x', **k) -> dict[str, int]: return {**k}

async def main(event, *args):
    async with x as y, z: pass
    if (n := len(event)) > 1 and not y or z is not None: print(n, end='')
    elif x[1:2, ...] @ y: del x
    else:
        return [i async for i in z if i], {j: k for j in z}, lambda q, *r: q
    try:
        raise E from None
    except (A, B) as e: ...
    finally:
        global g
    print(f'{x!r:>{w}} {{ }} {d["k"]}', 0x1f, 1_000.5e-3j, .5, 1if x else 2)
    s = """a
  b""" 'c' rb'\x00' \
        f"{x}"
    assert x, (yield y)
for i, in z: continue
while True: break
match = type = case = 1
match.x(case)
print
`

func TestRead_TakesPythonOfEveryRelease(t *testing.T) {
	t.Parallel()
	for _, runtime := range []string{"python3.8", "python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14", "python3.15", "python2.7"} {
		for name, text := range map[string]string{"unix": good, "windows": strings.ReplaceAll(good, "\n", "\r\n"), "mark": "\xef\xbb\xbf" + good, "no end": strings.TrimSpace(good)} {
			if _, fault := Read([]byte(text), runtime); fault != nil {
				t.Errorf("%s, %s: %+v", runtime, name, fault)
			}
		}
	}
}

// TestRead_GrammarByRelease takes what came with a release from it on.
func TestRead_GrammarByRelease(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text          string
		before, since string
		says          string
	}{
		"match":             {"match x:\n    case {'a': 1}: pass\n", "python3.9", "python3.10", `between "match" and "x"`},
		"except*":           {"try:\n    pass\nexcept* E:\n    pass\n", "python3.10", "python3.11", "came with Python 3.11"},
		"type parameters":   {"def f[T](x: T): pass\n", "python3.11", "python3.12", "came with Python 3.12"},
		"type":              {"type X = int\n", "python3.11", "python3.12", `between "type" and "X"`},
		"nested quotes":     {"x = f'{d['k']}'\n", "python3.11", "python3.12", `between a string and "k"`},
		"template string":   {"x = t'{y}'\n", "python3.13", "python3.14", `between "t" and a string`},
		"except, no braces": {"try:\n    pass\nexcept A, B:\n    pass\n", "python3.13", "python3.14", "need parentheses"},
		"a later release":   {"later x\n", "python3.14", "python3.15", `between "later"`},
	} {
		_, fault := Read([]byte(c.text), c.before)
		if fault == nil || !strings.Contains(fault.What, c.says) {
			t.Errorf("%s on %s: %+v does not say %q", name, c.before, fault, c.says)
		}
		if _, fault := Read([]byte(c.text), c.since); fault != nil {
			t.Errorf("%s on %s: %+v", name, c.since, fault)
		}
	}
}

func TestRead_SaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		line int
		says string
	}{
		"def handler(event, context)\n    return 1\n": {1, `begins with "def" has no colon`},
		"def handler(event, context):\nreturn 1\n":    {2, `no indented block follows the "def" of line 1`},
		"def handler(event, context):\n":              {1, "no indented block"},
		"def handler:\n    pass\n":                    {1, `no parentheses follow the name "handler"`},
		"x = (1,\n  2\ny = 3\n":                       {1, `"(" is never closed`},
		"x = {1: [2}\n":                               {1, `"}" does not close the "["`},
		"x = 1)\n":                                    {1, "closes nothing"},
		"x = 'a\ny = 1\n":                             {1, "has no end on its line"},
		"x = '''a\ny = 1\n":                           {1, "has no end"},
		"x = f'a {y}\nz = 1\n":                        {1, "has no end on its line"},
		"if x:\n    y = 1\n  z = 2\n":                 {3, "indented like no line above"},
		"x = 1\n  y = 2\n":                            {2, "opens no block"},
		"  x = 1\n":                                   {1, "no line above it opens a block"},
		"if x:\n        a = 1\n\tb = 2\n":             {3, "mixes tabs and spaces"},
		"print 'hello'\n":                             {1, "write print(...)"},
		"retrun = 1\nretrun x\n":                      {2, `between "retrun" and "x"`},
		"if x = 1:\n    pass\n":                       {1, "= in place of =="},
		"if x:\n    pass\nels:\n    pass\n":           {3, `is it "else"?`},
		"if x:\n    pass\nelse if y:\n    pass\n":     {3, `"if" stands between "else"`},
		"if x && y:\n    pass\n":                      {1, "write and"},
		"const handler = 1\n":                         {1, `between "const" and "handler"`},
		"function handler(e) {\n}\n":                  {1, `between "function" and "handler"`},
		"// a comment\n":                              {1, `"//" begins no line`},
		"x = \n":                                      {1, `missing after "="`},
		"f(a=)\n":                                     {1, `missing after "="`},
		"x = \u201chello\u201d\n":                     {1, "U+201C"},
		"<<<<<<< HEAD\n":                              {1, `"<<" begins no line`},
		"x = f(\n  1\ndef g(): pass)\n":               {1, `"def" stands within brackets`},
		"exports.handler = async () => {}\n":          {1, `"(" follows async`},
		"x = a => b\n":                                {1, `">" follows "="`},
		"x = a ? b : c\n":                             {1, `"?" is not a character`},
		"class 1A:\n    pass\n":                       {1, "between"},
		"import os\nx = os.environ['A'\ndef handler(e, c): pass\n": {2, "is never closed"},
	} {
		_, fault := Read([]byte(text), "python3.13")
		if fault == nil || fault.Line != want.line || !strings.Contains(fault.What, want.says) {
			t.Errorf("%q: %+v, want line %d and %q", text, fault, want.line, want.says)
		}
	}
}

func TestRead_LeavesOtherEncodingsAlone(t *testing.T) {
	t.Parallel()
	if _, fault := Read([]byte("#!/usr/bin/python\n# vim: set fileencoding=shift_jis :\nx = '\x83\x5c'\ny = (\n"), "python3.13"); fault != nil {
		t.Errorf("%+v", fault)
	}
	if _, fault := Read([]byte("# coding: utf-8\ny = (\n"), "python3.13"); fault == nil {
		t.Error("a file in UTF-8 was left alone")
	}
}

func TestRead_Names(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		has  bool
	}{
		"function":                {"def handler(e, c): pass", true},
		"async function":          {"async def handler(e, c): pass", true},
		"class":                   {"class handler: pass", true},
		"assigned":                {"handler = Mangum(app)", true},
		"annotated":               {"handler: Handler = f()", true},
		"taken apart":             {"a, (handler, b) = f()", true},
		"imported":                {"from x import (a,\n  handler)", true},
		"imported as":             {"import x.y as handler", true},
		"in a branch":             {"if x:\n  try:\n    from y import handler\n  except E:\n    handler = None", true},
		"loop":                    {"for handler in f(): pass", true},
		"with":                    {"with f() as handler: pass", true},
		"declared global":         {"def f():\n  global a, handler\n  handler = 1", true},
		"declared behind a colon": {"def f(): global handler; handler = 1", true},
		"in an expression":        {"x = [handler := 1 for i in y]", true},
		"star":                    {"from x import *", true},
		"star in a branch":        {"try:\n  from x import *\nexcept E: pass", true},
		"globals":                 {"globals()['han' + 'dler'] = 1", true},
		"exec":                    {"exec(code)", true},
		"module asked":            {"def __getattr__(name): return f", true},
		"modules":                 {"import sys\nsetattr(sys.modules[__name__], n, 1)", true},
		"given its name":          {"register(__name__)", true},
		"not understood":          {"x = f'{a!r:{'}'}}'\n\\\n  y", true},

		"none":                  {"import os", false},
		"another":               {"def handle(e, c): pass", false},
		"in a comment":          {"# handler\ndef handle(e, c): pass", false},
		"in a string":           {"'''handler'''\nx = 'handler'\ndef handle(e, c): pass", false},
		"method":                {"class A:\n  def handler(self, e, c): pass", false},
		"within a function":     {"def f():\n  def handler(e, c): pass\n  return handler", false},
		"attribute":             {"import x\nx.handler()\nx.handler = 1", false},
		"argument's name":       {"x = f(handler=1)", false},
		"parameter":             {"def f(handler): pass", false},
		"logger by its name":    {"import logging\nlogging.getLogger(__name__).setLevel('INFO')\nlog = logging.getLogger(__name__)", false},
		"started as a program":  {"def main(): pass\nif __name__ == '__main__':\n  main()", false},
		"after a function":      {"def f():\n  pass\nx = 1", false},
		"other case":            {"def Handler(e, c): pass", false},
		"decorated, other name": {"@app.handler\ndef main(e, c): pass", false},
	} {
		if n, _ := Read([]byte(c.text), "python3.15"); n.Has("handler") != c.has {
			t.Errorf("%s: %v", name, n.Has("handler"))
		}
	}
	n, _ := Read([]byte("x = 1\nclass A: pass\nasync def f(): pass\ny: int = 2\nf = g(f)\n"), "python3.14")
	if want := []string{"A", "f", "x", "y"}; !slices.Equal(n.Defined, want) {
		t.Errorf("defined %v, want %v", n.Defined, want)
	}
}
