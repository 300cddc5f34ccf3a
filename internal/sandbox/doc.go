// Package sandbox is the local AWS used by the demo, the acceptance tests and
// the benchmarks: the MiniStack emulator as a child process, and in front of
// it a reverse proxy that records every call, answers 501 for calls the
// emulator does not know, and corrects the answers it gets wrong.
//
//	record -> judge -> refuse what nobody can name -> faults -> limit and delay -> replay -> lag -> correct -> forward
//
// A stage is a step. Faults, limits, delays, lag and replay are off until
// SetFaults, Conditions or Replay ask for them.
//
// This package is the door. Behind it are rooms with one subject each. Imports
// run one way:
//
//	sandbox -> proxy -> record, judge, faults, conditions, replay, correct/...
//	correct/lambda -> correct/lambda/async -> correct/services -> correct
//	correct/lambda, proxy -> roles -> policy
//	judge, roles, correct/... -> emulator -> wire
//
// wire reads and answers one call, and all rooms but policy know it. emulator
// starts the emulator and asks it questions. judge holds requests against AWS's
// models. correct says what a correction is, and the rooms below it are the
// corrections of Lambda and of all other services. roles is what Lambda does in
// the name of a function's role. sandboxtest is for the tests of all rooms.
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
