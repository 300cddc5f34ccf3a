package replay

// ErrTwin is for the tests that look at Tapes from outside.
var ErrTwin = errTwin
