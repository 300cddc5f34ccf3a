package javascript

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestRead_Exports(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		sure    bool
		exports string
	}{
		"exports":              {"exports.a = 1; exports['b'] = 2", true, "a b"},
		"module.exports":       {"module.exports.a = 1", true, "a"},
		"object":               {"module.exports = { a, b: 1, 'c': 2, async d() {} }", true, "a b c d"},
		"both at once":         {"exports = module.exports = { a: 1 }", true, "a"},
		"function with more":   {"module.exports = function () {}; module.exports.a = 1", true, "a"},
		"defined":              {"Object.defineProperty(exports, 'a', { get() {} })", true, "a"},
		"in a function":        {"function f() { exports.a = 1 } f()", true, "a"},
		"started as a program": {"if (require.main === module) exports.a(); exports.a = 1", true, "a"},
		"of a compiler":        {"var __importDefault = (this && this.__importDefault) || f;\nexports.a = void 0;\nexports.a = 1", true, "a"},
		"of esbuild":           {"var x_exports = {}; __export(x_exports, { a: () => a }); module.exports = __toCommonJS(x_exports); 0 && (module.exports = { a })", true, "a"},
		"another's exports":    {"(function (exports) { f(exports) })({}); exports.a = 1", true, "a"},
		"nothing":              {"const handler = async () => 1", true, ""},
		"passed on":            {"exports.a = 1; f(exports)", false, "a"},
		"replaced":             {"module.exports = require('./a')", false, ""},
		"spread":               {"module.exports = { a, ...b }", false, "a"},
		"computed":             {"exports[name] = 1", false, ""},
		"computed in an object": {
			"module.exports = { [name]: 1 }", false, "",
		},
		"module passed on":    {"f(module)", false, ""},
		"this":                {"this.a = 1", false, ""},
		"esbuild passes more": {"__export(x, { a: 1 }); __reExport(x, f()); module.exports = __toCommonJS(x)", false, "a"},
		"esbuild of unknown":  {"module.exports = __toCommonJS(x)", false, ""},

		"const":              {"export const a = 1, { b, c: [d] } = f()", true, "a b d"},
		"function and class": {"export function a() {} export class b {}", true, "a b"},
		"list":               {"const a = 1; export { a, a as b }", true, "a b"},
		"default":            {"export default async () => 1", true, "default"},
		"from elsewhere":     {"export { a as b } from './c.mjs'", true, "b"},
		"namespace":          {"export * as a from './c.mjs'", true, "a"},
		"all from elsewhere": {"export * from './c.mjs'", false, ""},
		"import's attribute": {"import a from './a.json' with { type: 'json' }; export { a }", true, "a"},
		"program":            {"#!/usr/bin/env node\nif (x) return\nexports.a = 1", true, "a"},
	} {
		m, fault := Read([]byte(c.text))
		got := strings.Join(slices.Sorted(maps.Keys(m.Exports)), " ")
		if fault != nil || m.Sure != c.sure || got != c.exports {
			t.Errorf("%s: %v sure %v, exports %q, want %v and %q", name, fault, m.Sure, got, c.sure, c.exports)
		}
	}
}

func TestRead_Kind(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Module{
		"import a from 'a'":                                {ES: true},
		"export const a = 1":                               {ES: true},
		"import('a').then(f)":                              {},
		"const a = require('a').b":                         {CommonJS: "require"},
		"require('a')()":                                   {CommonJS: "require"},
		"exports.a = 1":                                    {CommonJS: "exports.a"},
		"module.exports = 1":                               {CommonJS: "module.exports"},
		"'use strict', module.exports.a = 1":               {CommonJS: "module.exports"},
		"if (typeof module !== 'undefined') exports.a = 1": {},
		"function f() { require('a') }":                    {},
		"import { createRequire } from 'module'; const require = createRequire(x); require('a')": {ES: true},
		"import './shim.mjs'; require('a')":                                {ES: true},
		"globalThis.require = f; require('a')":                             {},
		"const exports = {}; exports.a = 1":                                {},
		"await f()":                                                        {Await: true},
		"for await (const a of b) {}":                                      {Await: true},
		"const a = { b: [await c] }":                                       {Await: true},
		"async function f() { await g() } const h = async () => await g()": {},
		"class A { async m() { await 1 } }":                                {},
	} {
		m, fault := Read([]byte(text))
		if fault != nil || m.ES != want.ES || m.Await != want.Await || m.CommonJS != want.CommonJS {
			t.Errorf("%s: %v, %+v, want %+v", text, fault, m, want)
		}
	}
}

func TestRead_Parameters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Function{
		"exports.a = (b, c, d) => 1":                               {3, true},
		"exports.a = async function (b, c) {}":                     {2, true},
		"exports.a = (b, c = 1, d) => 1":                           {1, true},
		"exports.a = (b, ...c) => 1":                               {1, true},
		"exports.a = wrap((b, c, d) => 1)":                         {},
		"function a(b, c, d) {} exports.a = a":                     {3, true},
		"const a = (b, c, d) => 1; module.exports = { a }":         {3, true},
		"let a = (b, c, d) => 1; a = wrap(a); exports.a = a":       {},
		"const a = (b, c, d) => 1; (a => { exports.a = a })(f)":    {},
		"export const a = (b, c, d) => 1":                          {3, true},
		"export function a(b, c, d) {}":                            {3, true},
		"const f = function (b, c, d) {}; export { f as a }":       {3, true},
		"module.exports = { a(b, c, d) {} }":                       {3, true},
		"exports.a = void 0; exports.a = function (b, c, d) {}":    {3, true},
		"export { a } from './b.mjs'; const a = (b, c, d) => 1 //": {},
	} {
		m, fault := Read([]byte(text))
		if fault != nil || len(m.Exports["a"]) != 1 || m.Exports["a"][0] != want {
			t.Errorf("%s: %v, %+v, want %+v", text, fault, m.Exports["a"], want)
		}
	}
}

func TestRead_OtherLanguages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Fault{
		"\ninterface Event { a: string }":                             {2, "TypeScript"},
		"import type { Handler } from 'aws-lambda'":                   {1, "TypeScript"},
		"export const handler = async (event: Event) => 1":            {1, "TypeScript"},
		"export const handler: Handler = async () => 1":               {1, "TypeScript"},
		"async function handler(): Promise<string> { return '' }":     {1, "TypeScript"},
		"const a = b as unknown":                                      {1, "TypeScript"},
		"const a = () => {\n  return (\n    <div>a</div>\n  )\n}":     {3, "JSX"},
		"const a = <App name=\"x\" />":                                {1, "JSX"},
		"const a = {\n  b: 1\n  c: 2\n}":                              {3, ""},
		"exports.handler = async () => {\n  return 1\n":               {3, ""},
		strings.Repeat("a(1);", 100) + "const x: string = 1":          {1, ""},
		"exports.handler = async (event) => { return 1 < 2 </ 3 >; }": {1, ""},
	} {
		_, fault := Read([]byte(text))
		if fault == nil || *fault != want {
			t.Errorf("%q: %+v, want %+v", text, fault, want)
		}
	}
}
