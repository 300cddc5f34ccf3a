package blueprint

// Around is what a unit uses and others own, as far as it decides how safe the
// unit is. Nil where nobody looked.
type Around struct {
	// Policies are those attached to the role that the unit did not write, by ARN;
	// in a survey of functions that are no units all of the role's, inline ones by
	// name.
	Policies map[string]Writing
	// Key is the policy of a given key; the zero Writing without one.
	Key Writing
	// Queue is a given dead-letter queue. EncryptedBySQS says that SQS encrypts it with
	// a key of its own.
	Queue          Value[Queue]
	EncryptedBySQS bool
	// Targets are the policies of given topics and queues that Lambda delivers to,
	// by ARN.
	Targets map[string]Writing
	// Destinations are where reports of asynchronous invocations go that name another
	// qualifier than the alias in service, by qualifier; their policies are among
	// Targets. Unlisted says why they are not known.
	Destinations map[string][]string
	Unlisted     string
	// Invoked are the policies of the function's other aliases, and of versions
	// that callers may name, by qualifier.
	Invoked map[string]Writing
}

// Writing is a policy document that others wrote.
type Writing struct {
	Statements []Parsed
	// Unread says why it could not be read, with the action that is missing; empty
	// when it was.
	Unread string
	// Action is the one whose call failed, and Cause how; nil where none did.
	Action string
	Cause  error
	// Of is what it belongs to, an ARN; empty for none.
	Of string
}
