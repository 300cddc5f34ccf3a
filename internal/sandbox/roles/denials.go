package roles

import (
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Denial is a call that Lambda makes in a role's name when a function runs, and
// that the role may not make. AWS says little about these: a log or a trace is
// missing.
type Denial struct {
	Account, Function string
	// Action and Resource are those of IAM: logs:PutLogEvents.
	Action, Resource string
}

// String is the denial on one line.
func (d Denial) String() string {
	return fmt.Sprintf("the role of %s may not %s on %s", d.Function, d.Action, d.Resource)
}

// Denials keeps what was denied. A function is asked about once after each
// write in its account: most invocations cost nothing.
type Denials struct {
	mu     sync.Mutex
	writes map[string]int // by account
	asked  map[string]int // the writes when a function was asked about
	found  []Denial
}

// NewDenials has asked about no function yet.
func NewDenials() *Denials { return &Denials{writes: map[string]int{}, asked: map[string]int{}} }

// Count is the step that counts writes, before and after: what is asked while
// one is under way is asked again.
func (d *Denials) Count(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		if x.Call.Kind != wire.Write {
			next(w, x)
			return
		}
		d.wrote(x.Call.Account)
		defer d.wrote(x.Call.Account)
		next(w, x)
	}
}

func (d *Denials) wrote(account string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes[account]++
}

// Due reports whether a function has to be asked about.
func (d *Denials) Due(x *wire.Exchange, function string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	key, now := x.Scoped(function), d.writes[x.Call.Account]
	last, before := d.asked[key]
	d.asked[key] = now
	return !before || last != now
}

// Keep notes a denial once.
func (d *Denials) Keep(denied Denial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Contains(d.found, denied) {
		d.found = append(d.found, denied)
	}
}

// List returns an account's denials.
func (d *Denials) List(account string) []Denial {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []Denial
	for _, denied := range d.found {
		if denied.Account == account {
			found = append(found, denied)
		}
	}
	return found
}

// Forget begins the list of an account anew.
func (d *Denials) Forget(account string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.found = slices.DeleteFunc(d.found, func(denied Denial) bool { return denied.Account == account })
}
