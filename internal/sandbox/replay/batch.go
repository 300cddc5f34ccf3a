package replay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Calls that list the objects of many units are put together from what the
// tape has of one: however the recorded refresh asked for its alarms and
// resources, a replayed one may ask for those of any units at once.

// batch are the objects that the recorded answers of an operation listed.
type batch struct {
	ask string // the member of a request that lists names
	// objects by name, for each protocol that was recorded
	objects map[wire.Protocol]map[string]listedObject
	asked   map[string]bool // names that had an answer, be it none
}

type listedObject struct {
	name, body template
	list       string // the member of the answer it is in
	tags       map[string]string
}

// batchForms are the operations that are put together.
var batchForms = map[string]struct {
	ask, name string
	lists     []string
}{
	"monitoring.DescribeAlarms": {"AlarmNames", "AlarmName", []string{"CompositeAlarms", "MetricAlarms"}},
	"tagging.GetResources":      {"ResourceARNList", "ResourceARN", []string{"ResourceTagMappingList"}},
}

// learnBatch takes the objects of an answer.
func (r *replay) learnBatch(t take) error {
	form, known := batchForms[t.call.Name()]
	if !known || t.answer.Status != http.StatusOK {
		return nil
	}
	b := r.batches[t.call.Name()]
	if b == nil {
		b = &batch{ask: form.ask, objects: map[wire.Protocol]map[string]listedObject{}, asked: map[string]bool{}}
		r.batches[t.call.Name()] = b
	}
	answer, err := wire.ParseTree(t.protocol, t.answer.Body)
	if err != nil {
		return fmt.Errorf("%s on the tape: %w", t.call.Name(), err)
	}
	request, err := wire.ParseTree(t.protocol, t.body)
	if err != nil {
		return fmt.Errorf("%s on the tape: %w", t.call.Name(), err)
	}
	for _, name := range wire.TextsIn(request[form.ask]) {
		b.asked[name] = true
	}
	for _, list := range form.lists {
		elements, _ := answer[list].([]any)
		for _, element := range elements {
			members, _ := element.(map[string]any)
			encoded, err := encodeElement(t.protocol, members)
			if err != nil {
				return err
			}
			name := wire.Object(members).Text(form.name)
			if b.objects[t.protocol] == nil {
				b.objects[t.protocol] = map[string]listedObject{}
			}
			b.objects[t.protocol][name] = listedObject{r.template([]byte(name)), r.template(encoded), list, wire.TagsIn(members)}
		}
	}
	return nil
}

func encodeElement(form wire.Protocol, members map[string]any) ([]byte, error) {
	if form == wire.CBORProtocol {
		return wire.AppendCBOR(nil, members), nil
	}
	encoded, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("encoding an object: %w", err)
	}
	return encoded, nil
}

// found is an object of a twin.
type found struct {
	name, list string
	body       []byte
}

// serve answers a request for objects by name or by tag. False: it is another
// kind of request, or the tape does not know an object.
func (b *batch) serve(w http.ResponseWriter, x *wire.Exchange, r *replay) bool {
	objects := b.objects[x.Protocol]
	request, err := x.Tree()
	if err != nil || objects == nil {
		return false
	}
	names := wire.TextsIn(request[b.ask])
	var answer []found
	switch {
	case len(names) > 0:
		for _, name := range names {
			who := mentioned{first: -1}
			original := r.original(name, &who)
			o, listed := objects[original]
			if !listed && !b.asked[original] {
				return false
			}
			if listed {
				answer = append(answer, o.of(r, max(who.first, 0)))
			}
		}
	case x.Call.Name() == "tagging.GetResources":
		var tagged bool
		if answer, tagged = b.tagged(x, r, objects); !tagged {
			return false
		}
	default:
		return false
	}
	b.send(w, x, request, answer)
	return true
}

func (o listedObject) of(r *replay, twin int) found {
	who := r.twins[twin]
	return found{string(o.name.of(who)), o.list, o.body.of(who)}
}

// tagged are the objects of all twins that the filters of a request name. The
// originals are held against the filters of the recorded unit.
func (b *batch) tagged(x *wire.Exchange, r *replay, objects map[string]listedObject) ([]found, bool) {
	body, err := x.Body()
	if err != nil {
		return nil, false
	}
	var asked, request wire.ListingRequest
	who := mentioned{first: -1}
	original := r.original(string(body), &who)
	if json.Unmarshal(body, &asked) != nil || json.Unmarshal([]byte(original), &request) != nil {
		return nil, false
	}
	var twins []int
	for _, filter := range asked.TagFilters {
		for _, value := range filter.Values {
			of := mentioned{first: -1}
			r.original(value, &of)
			if of.first >= 0 && !slices.Contains(twins, of.first) {
				twins = append(twins, of.first)
			}
		}
	}
	var answer []found
	for name, o := range objects {
		if !request.Selects(name, o.tags) {
			continue
		}
		for _, twin := range twins {
			answer = append(answer, o.of(r, twin))
		}
	}
	return answer, len(twins) > 0
}

// send puts the answer together. CloudWatch's is in the order of names and in
// pages; the tagging API's is one page.
func (b *batch) send(w http.ResponseWriter, x *wire.Exchange, request wire.Object, answer []found) {
	slices.SortFunc(answer, func(a, b found) int { return cmp.Compare(a.name, b.name) })
	token := ""
	if x.Call.Service == "monitoring" {
		answer, token = alarmPage(request, answer)
	}
	lists := map[string][][]byte{}
	for _, form := range batchForms[x.Call.Name()].lists {
		lists[form] = nil
	}
	for _, f := range answer {
		lists[f.list] = append(lists[f.list], f.body)
	}
	body, kind := joinJSON(lists, token, x.Call.Service), "application/x-amz-json-1.1"
	if x.Protocol == wire.CBORProtocol {
		body, kind = joinCBOR(lists, token), "application/cbor"
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // fails only when the client is gone
}

// alarmPage is one page and the name that the next one begins with, as in the
// emulator.
func alarmPage(request wire.Object, answer []found) (page []found, token string) {
	size := int64(50)
	if given, ok := request["MaxRecords"].(int64); ok {
		size = given
	}
	if from := request.Text("NextToken"); from != "" {
		answer = slices.DeleteFunc(answer, func(f found) bool { return f.name < from })
	}
	if int64(len(answer)) > size {
		return answer[:size], answer[size].name
	}
	return answer, ""
}
