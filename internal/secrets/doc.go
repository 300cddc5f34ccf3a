// Package secrets finds secrets in plain text: by their form, with the rules of
// gitleaks, by what a URL or a connection string carries, and by the name they
// go under. A finding never repeats what it found.
package secrets
