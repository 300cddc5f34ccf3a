package sandbox

// DefaultRolePropagation is what Start uses when nothing is said.
const DefaultRolePropagation = defaultRolePropagation

// Leader is the process that leads the emulator's group.
func (s *Sandbox) Leader() int { return s.child.PID() }

// RunDir is where a run writes.
func (s *Sandbox) RunDir() string { return s.runDir }

// ForgetDenials begins the list of an account anew.
func (s *Sandbox) ForgetDenials(account string) { s.proxy.Denials.Forget(account) }
