// Package javascript reads a module of Node.js: of which kind it is, and what it
// exports.
//
// The parser is tdewolff's, which gives a tree and weighs 0.3 MB; esbuild's would
// add 4.5 MB and keeps its tree to itself. It is right about all but a few of ten
// thousand files, which is not enough to refuse one by: what it cannot read is
// only told of, unless the place is plainly TypeScript or JSX.
package javascript
