package replay

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// replay is a tape in the form that is quick to play.
type replay struct {
	twins   []Twin // the first is the recorded unit
	slots   []slot // the name, then the ids
	answers map[string]recorded
	batches map[string]*batch // by operation
}

// slot is one of the texts that tell twins apart.
type slot struct {
	original string
	prefix   string         // of all twins' texts
	twins    map[string]int // by text
}

// recorded is an answer with the places where it says which unit it is about.
type recorded struct {
	status int
	header http.Header
	body   template
}

// template is a text of the recorded unit.
type template struct {
	text   []byte
	places []place
}

type place struct{ at, slot int }

func newReplay(t *Tape, twins []Twin) (*replay, error) {
	if len(twins) == 0 {
		return nil, fmt.Errorf("%w: there is none", errTwin)
	}
	originals := twins[0].originals
	r := &replay{
		twins:   append([]Twin{{Name: originals[0], texts: originals, originals: originals}}, twins...),
		answers: map[string]recorded{}, batches: map[string]*batch{},
	}
	for i, original := range originals {
		s := slot{original: original, prefix: original, twins: map[string]int{}}
		for number, twin := range r.twins {
			if !slices.Equal(twin.originals, originals) {
				return nil, fmt.Errorf("%w: %s is of another unit", errTwin, twin.Name)
			}
			text := twin.texts[i]
			s.twins[text] = number
			for !strings.HasPrefix(text, s.prefix) {
				s.prefix = s.prefix[:len(s.prefix)-1]
			}
		}
		r.slots = append(r.slots, s)
	}
	for _, take := range t.all() {
		header := take.answer.Header().Clone()
		header.Set("Content-Length", strconv.Itoa(len(take.answer.Body)))
		r.answers[requestKey(take.call, take.uri, take.body)] = recorded{take.answer.Status, header, r.template(take.answer.Body)}
		if err := r.learnBatch(take); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// template finds the recorded unit in a text of its own.
func (r *replay) template(text []byte) template {
	t := template{text: text}
	for number, s := range r.slots {
		for from := 0; ; {
			at := bytes.Index(text[from:], []byte(s.original))
			if at < 0 {
				break
			}
			t.places = append(t.places, place{from + at, number})
			from += at + len(s.original)
		}
	}
	return t
}

// of is the text as a twin has it.
func (t template) of(twin Twin) []byte {
	if len(t.places) == 0 {
		return t.text
	}
	text := slices.Clone(t.text)
	for _, p := range t.places {
		copy(text[p.at:], twin.texts[p.slot])
	}
	return text
}

// mentioned are the twins in a request.
type mentioned struct {
	first int // -1 for none
	more  bool
}

func (m *mentioned) add(twin int) {
	switch m.first {
	case -1:
		m.first = twin
	case twin:
	default:
		m.more = true
	}
}

// original makes a text that of the recorded unit and notes whose it was.
func (r *replay) original(text string, who *mentioned) string {
	var changed []byte
	for _, s := range r.slots {
		for from := 0; ; {
			at := strings.Index(text[from:], s.prefix)
			if at < 0 || from+at+len(s.original) > len(text) {
				break
			}
			at += from
			twin, found := s.twins[text[at:at+len(s.original)]]
			if !found {
				from = at + 1
				continue
			}
			who.add(twin)
			if twin != 0 {
				if changed == nil {
					changed = []byte(text)
				}
				copy(changed[at:], s.original)
			}
			from = at + len(s.original)
		}
	}
	if changed == nil {
		return text
	}
	return string(changed)
}

func (r *replay) serve(w http.ResponseWriter, x *wire.Exchange, next wire.Handler) {
	body, err := x.Body()
	if err != nil {
		wire.Refuse(w, x, wire.Failure(err))
		return
	}
	who := mentioned{first: -1}
	request := r.original(requestKey(x.Call, x.Request.URL.RequestURI(), body), &who)
	if b := r.batches[x.Call.Name()]; b != nil && b.serve(w, x, r) {
		return
	}
	found, known := r.answers[request]
	switch {
	case known && !who.more:
		found.send(w, x, r.twins[max(who.first, 0)])
	case who.first < 0:
		next(w, x)
	default:
		x.Call.Unsupported = true
		wire.Refuse(w, x, wire.Refusal{Status: http.StatusNotImplemented, Code: wire.Unsupported, Message: fmt.Sprintf(
			"the tape has no %s of %s: %s %s", x.Call.Name(), r.twins[who.first].Name, x.Request.Method, x.Request.URL.RequestURI())})
	}
}

func (a recorded) send(w http.ResponseWriter, x *wire.Exchange, twin Twin) {
	body := a.body.of(twin)
	if a.status >= http.StatusBadRequest {
		x.Call.ErrorCode = wire.CodeOf(a.header, body)
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // fails only when the client is gone
}
