package sandbox

// SetConditions replaces the conditions of one account, from its next call on.
// Its buckets are full then.
func (s *Sandbox) SetConditions(account string, c Conditions) {
	s.proxy.Conditions.Set(account, c)
}

// SetFaults replaces the fault plan of one account, from its next call on. No
// faults end it.
func (s *Sandbox) SetFaults(account string, faults ...Fault) *FaultPlan {
	return s.proxy.Faults.Set(account, faults)
}

// RecordReads begins a tape of the account: every read from now on, until
// Stop. Of equal requests it keeps the last answer, so a refresh on a unit at
// rest is the thing to record.
func (s *Sandbox) RecordReads(account string) *Tape { return s.proxy.Tapes.Begin(account) }

// Replay answers the reads of the tape's account for the twins, and for the
// recorded unit, from the tape: reads that say a twin's name or id and are not
// on the tape are refused as not implemented. DescribeAlarms by name, and
// GetResources by ARN or by tag, are answered for any mixture of units. Reads
// that say nothing of a twin come from the tape if it has them; those, and
// writes, go to the emulator otherwise. EndReplay ends it.
func (s *Sandbox) Replay(t *Tape, twins []Twin) error {
	return s.proxy.Tapes.Replay(t, twins)
}

// EndReplay lets the emulator answer the account's reads again.
func (s *Sandbox) EndReplay(account string) { s.proxy.Tapes.End(account) }

// Violations lists the requests of an account that AWS would refuse, in the
// order of their arrival: those of clients whose user agent contains one of the
// names, or of all.
func (s *Sandbox) Violations(account string, agents ...string) []Violation {
	return s.proxy.Judge.Violations(account, agents)
}

// Doubts lists an account's values that the models' enumerations do not have.
// AWS adds to these between releases, so a doubt is no violation.
func (s *Sandbox) Doubts(account string, agents ...string) []Violation {
	return s.proxy.Judge.Doubts(account, agents)
}

// Idle lists the members of an account's requests that only say what AWS does
// anyway.
func (s *Sandbox) Idle(account string, agents ...string) []Violation {
	return s.proxy.Judge.Idle(account, agents)
}

// Denials lists what Lambda could not do in the roles of the functions that
// were invoked in an account: log, trace, read variables, mount.
func (s *Sandbox) Denials(account string) []Denial { return s.proxy.Denials.List(account) }
