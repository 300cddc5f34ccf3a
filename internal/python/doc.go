// Package python reads Python source as far as a tokenizer can be sure of it:
// what is no Python in a given release, and which names a module has.
//
// It is no parser. Those written in Go read Python 3.4 (gpython), are translated
// from C and find errors in what Python takes (tree-sitter), or cannot be had as
// modules. So each rule here is one that no program breaks, and whatever is not
// understood is taken for right.
package python
