// Package sandbox is the local AWS used by the demo, the acceptance tests and
// the benchmarks: the MiniStack emulator as a child process, and in front of
// it a reverse proxy that records every call, answers 501 for calls the
// emulator does not know, and corrects the answers it gets wrong.
//
//	record -> refuse what nobody can name -> correct -> forward
//
// A stage is a step; one for injected faults belongs between record and correct.
//
// Nothing here enforces IAM, and a double shares its author's
// misunderstandings: what was only seen here says so where it is documented.
package sandbox
