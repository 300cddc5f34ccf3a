// Package replay records what the reads of a unit are answered, and answers the
// reads of units that do not exist from that tape.
package replay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Tape holds what the reads of an account were answered, in full. Replay
// plays it back for units that do not exist.
type Tape struct {
	account string
	store   *Tapes
	mu      sync.Mutex
	takes   map[string]take // by request, the last answer of each
}

// take is a read and its answer.
type take struct {
	call     wire.Call
	protocol wire.Protocol
	uri      string
	body     []byte
	answer   *wire.Answer
}

// requestKey is all of a request that its answer depends on.
func requestKey(call wire.Call, uri string, body []byte) string {
	return call.Name() + "\n" + uri + "\n" + string(body)
}

// Tapes knows which accounts are recorded and which are replayed.
type Tapes struct {
	mu         sync.RWMutex
	recordings map[string]*Tape
	replays    map[string]*replay
}

// NewTapes records and replays no account.
func NewTapes() *Tapes {
	return &Tapes{recordings: map[string]*Tape{}, replays: map[string]*replay{}}
}

func (s *Tapes) of(account string) (*Tape, *replay) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.recordings[account], s.replays[account]
}

// Play is the step that records reads, or answers them from a tape.
func (s *Tapes) Play(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		recording, playing := s.of(x.Call.Account)
		switch {
		case x.Call.Kind != wire.Read || recording == nil && playing == nil:
			next(w, x)
		case playing != nil:
			playing.serve(w, x, next)
		default:
			recording.record(w, x, next)
		}
	}
}

// Begin records the reads of an account on a new tape.
func (s *Tapes) Begin(account string) *Tape {
	t := &Tape{account: account, store: s, takes: map[string]take{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recordings[account] = t
	return t
}

// Stop ends the recording.
func (t *Tape) Stop() {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	if t.store.recordings[t.account] == t {
		delete(t.store.recordings, t.account)
	}
}

// Len is the number of different reads on the tape.
func (t *Tape) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.takes)
}

func (t *Tape) record(w http.ResponseWriter, x *wire.Exchange, next wire.Handler) {
	body, err := x.Body()
	if err != nil {
		wire.Refuse(w, x, wire.Failure(err))
		return
	}
	uri := x.Request.URL.RequestURI() // before a correction changes it
	a := wire.NewAnswer()
	next(a, x)
	if a.Status < http.StatusInternalServerError {
		header := a.Header().Clone()
		header.Del("Date")
		t.mu.Lock()
		t.takes[requestKey(x.Call, uri, body)] = take{x.Call, x.Protocol, uri, bytes.Clone(body), wire.AnswerOf(a.Status, header, a.Body)}
		t.mu.Unlock()
	}
	a.Send(w)
}

// Twin is a unit that exists on no account: what says its name and its ids is
// the recorded unit's, with those in place of the recorded ones.
type Twin struct {
	// Name of the twin.
	Name string
	// texts are the name and the ids, originals those of the recorded unit.
	texts, originals []string
}

// Rewrite puts the twin in place of the recorded unit in a text, such as a
// state file.
func (t Twin) Rewrite(text string) string {
	pairs := make([]string, 0, 2*len(t.texts))
	for i, original := range t.originals {
		pairs = append(pairs, original, t.texts[i])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

var errTwin = errors.New("cannot be a twin")

// Twins are units like the recorded one. Their names have its length, so that
// lengths on the wire stay true, and its name must occur in nothing that is
// not its own.
//
// The ids are those by which the unit's objects are asked for without its
// name, such as that of its key: an id of a twin ends in hexadecimal digits of
// its own. Ids that units share, such as a house key's, are no ids of the unit.
func (t *Tape) Twins(unit string, names []string, ids ...string) ([]Twin, error) {
	originals := append([]string{unit}, ids...)
	seen := map[string]bool{unit: true}
	twins := make([]Twin, 0, len(names))
	for _, name := range names {
		if len(name) != len(unit) || seen[name] || unit == "" {
			return nil, fmt.Errorf("%w of %q: %q", errTwin, unit, name)
		}
		seen[name] = true
		texts := []string{name}
		for _, id := range ids {
			own, err := twinID(id, name)
			if err != nil {
				return nil, err
			}
			texts = append(texts, own)
		}
		twins = append(twins, Twin{Name: name, texts: texts, originals: originals})
	}
	return twins, nil
}

var hexadecimalEnd = regexp.MustCompile(`[0-9a-f]{6,12}$`)

// twinID replaces the last digits of an id.
func twinID(id, name string) (string, error) {
	at := hexadecimalEnd.FindStringIndex(id)
	if at == nil {
		return "", fmt.Errorf("%w: the id %q does not end in hexadecimal digits", errTwin, id)
	}
	sum := sha256.Sum256([]byte(id + " " + name))
	return id[:at[0]] + hex.EncodeToString(sum[:])[:at[1]-at[0]], nil
}

// Replay answers the reads of the tape's account from the tape.
func (s *Tapes) Replay(t *Tape, twins []Twin) error {
	r, err := newReplay(t, twins)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replays[t.account] = r
	return nil
}

// End lets the emulator answer an account's reads again.
func (s *Tapes) End(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.replays, account)
}

// all are the takes in a stable order.
func (t *Tape) all() []take {
	t.mu.Lock()
	defer t.mu.Unlock()
	takes := make([]take, 0, len(t.takes))
	for _, key := range slices.Sorted(maps.Keys(t.takes)) {
		takes = append(takes, t.takes[key])
	}
	return takes
}
