package blueprint

// Union returns the first statements and, behind them, those of the second
// that the first do not hold as they are. One whose Sid is taken gets another.
func Union(first, second []Named) []Named {
	out := append([]Named(nil), first...)
	taken := map[string]bool{}
	for _, s := range first {
		taken[s.Sid] = true
	}
	for _, s := range second {
		if holds(first, s) {
			continue
		}
		for taken[s.Sid] {
			s.Sid += "Before"
		}
		taken[s.Sid] = true
		out = append(out, s)
	}
	return out
}

// Covered reports whether every one of the statements is held by the others,
// so that their union is no wider than the others alone.
func Covered(statements, by []Named) bool {
	for _, s := range statements {
		if !holds(by, s) {
			return false
		}
	}
	return true
}

func holds(in []Named, s Named) bool {
	for _, candidate := range in {
		if Equal(candidate.Statement, s.Statement) {
			return true
		}
	}
	return false
}
