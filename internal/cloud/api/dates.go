package api

import (
	"errors"
	"time"
)

// Skew is how far the clocks of two services of AWS may be apart.
const Skew = time.Minute

// ErrUndated says that a service does not tell when an object was made.
var ErrUndated = errors.New("its service does not say when it was made")

// Dated is a date that a service may leave out.
func Dated(at *time.Time) (time.Time, error) {
	if at == nil {
		return time.Time{}, ErrUndated
	}
	return *at, nil
}
