package cloud

import (
	"errors"
	"time"
)

// skew is how far the clocks of two services of AWS may be apart.
const skew = time.Minute

// errUndated says that a service does not tell when an object was made.
var errUndated = errors.New("its service does not say when it was made")

func dated(at *time.Time) (time.Time, error) {
	if at == nil {
		return time.Time{}, errUndated
	}
	return *at, nil
}
