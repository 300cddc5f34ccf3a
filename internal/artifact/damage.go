package artifact

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/klauspost/compress/flate"
)

// What tells a package from a bomb. Both are measured, not taken from what the
// archive says of itself.
const (
	// mostInflated is where reading stops, four times what Lambda unpacks.
	mostInflated = 1 << 30
	// mostRatio is what an archive may grow by; code grows by three to ten.
	mostRatio = 100
	// smallestBomb is below which growth does no harm: a table of zeros is none.
	smallestBomb = 4 << 20
)

// inflatedTooFar ends the reading of an archive that has no end.
var errInflatedTooFar = errors.New("it unpacks to more than 1 GB")

// judgeGrowth tells a bomb by what it unpacked to.
func (x *examination) judgeGrowth(packed, inflated int64) {
	if packed == 0 || inflated < smallestBomb || inflated/packed < mostRatio {
		return
	}
	x.remark("code", true, "The code package is a zip bomb", "Its %d bytes unpack to %d MB, %d times as much: no code does that, and whatever unpacks it to look at it runs out of disk or memory. "+
		"Leave out the file that is nothing but repetition, or have the function make it.", packed, inflated>>20, inflated/packed)
}

// unreadable says why a file of a package cannot be read.
func unreadable(name string, err error) error {
	var corrupt flate.CorruptInputError
	var missing *fs.PathError
	switch {
	case errors.Is(err, errInflatedTooFar):
		return &Error{
			Summary: "The code package is a zip bomb",
			Detail:  fmt.Sprintf("Reading it stopped at %q, because it unpacks to more than 1 GB; Lambda unpacks 250 MB at most. Pack it again, without that file.", name),
		}
	case errors.Is(err, errHidden):
		return twoReadings("%q holds bytes behind the end of its compressed contents", packAnew, name)
	case errors.Is(err, zip.ErrAlgorithm):
		return &Error{
			Summary: "The code package is compressed in a way that Lambda cannot unpack",
			Detail:  fmt.Sprintf("%q is compressed by neither of the two methods that every unzip knows, so the function could not be made. Pack it again with method deflate or store.", name),
		}
	case errors.As(err, &missing):
		return &Error{
			Summary: "The code package cannot be read",
			Detail:  fmt.Sprintf("%q cannot be read: %v. Give Terraform the right to read it, or leave it out of the package.", name, missing.Err),
		}
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.As(err, &corrupt), strings.Contains(err.Error(), "flate:"):
		return &Error{
			Summary: "The code package is damaged",
			Detail:  fmt.Sprintf("%q does not unpack to what the archive says of it (%v), so Lambda would refuse the package, or run something else than was packed. Pack it again, and copy it whole.", name, err),
		}
	}
	return fmt.Errorf("read %s: %w", name, err)
}
