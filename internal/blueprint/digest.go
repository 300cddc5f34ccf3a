package blueprint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Digest returns one digest of every setting that a published version freezes.
// It is unknown while any of them is.
func (f Function) Digest() String {
	var text strings.Builder
	for _, leaf := range Leaves(f) {
		if !leaf.Locked || leaf.State == null {
			continue
		}
		if leaf.State == unknown {
			return Unknown[string]()
		}
		// Go syntax quotes texts, so that a line break in one cannot pass for
		// another setting.
		fmt.Fprintf(&text, "%s=%#v\n", leaf.Path, leaf.Value)
	}
	sum := sha256.Sum256([]byte(text.String()))
	return Known(hex.EncodeToString(sum[:8]))
}

// HashText returns the hex SHA-256 of a text, the form in which environment
// values appear in a blueprint.
func HashText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
