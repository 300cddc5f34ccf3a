// Package python reads Python source as far as a tokenizer can be sure of it:
// what is no Python in a given release, and which names a module has.
//
// It is no parser. Of those for Go, gpython's knows Python 3.4, tree-sitter's is
// made to read on past errors in any release, not to judge them, and is C or new
// and translated from it. So each rule here is one that no program breaks, and
// whatever is not understood is taken for right.
package python
