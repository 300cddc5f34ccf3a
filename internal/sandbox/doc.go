// Package sandbox is the local AWS used by the demo, the acceptance tests and
// the benchmarks: the MiniStack emulator as a child process, and in front of
// it a reverse proxy that records every call, answers 501 for calls the
// emulator does not know, and corrects the answers it gets wrong.
//
//	record -> judge -> refuse what nobody can name -> limit and delay -> replay -> lag -> correct -> forward
//
// A stage is a step; one for injected faults belongs between record and
// correct. Limits, delays, lag and replay are off until Conditions or Replay ask
// for them.
//
// Every request is judged by AWS's own models and by the rules that these do not
// carry; see Violations. The judge refuses nothing.
//
// Nothing here enforces IAM on callers. Of a function's role is checked what
// Lambda and its pollers do in its name, with the condition keys that AWS
// documents: what AWS checks when a function is configured is refused, what it
// does when one runs is listed by Denials. Principals and boundaries of the
// organization are not known here. A double shares its author's
// misunderstandings: what was only seen here says so where it is documented.
package sandbox
