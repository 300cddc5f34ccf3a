package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// The tagging API lists log groups, alarms and secrets too, and only what has
// tags; the emulator's leaves them out and lists everything else. What may have changed a tag is noted as it passes, and asked
// for once when the next listing needs it.
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html

// tagged is one resource; changed says that its tags must be asked for.
type tagged struct {
	account, region string
	service, id     string
	arn             string
	tags            map[string]string
	changed         bool
}

type tagIndex struct{ ledger[tagged] }

func (t *tagIndex) touch(x *exchange, id string) {
	if id != "" {
		t.put(x.scoped(x.call.Service, id), tagged{
			account: x.call.Account, region: x.call.Region, service: x.call.Service, id: id, changed: true,
		})
	}
}

func tagListings(e *emulator, index *tagIndex) []correction {
	return []correction{
		{operations: []string{
			"logs.CreateLogGroup", "logs.DeleteLogGroup", "logs.TagResource", "logs.UntagResource", "logs.TagLogGroup", "logs.UntagLogGroup",
			"monitoring.PutMetricAlarm", "monitoring.PutCompositeAlarm", "monitoring.DeleteAlarms", "monitoring.TagResource", "monitoring.UntagResource",
			"secretsmanager.CreateSecret", "secretsmanager.DeleteSecret", "secretsmanager.RestoreSecret", "secretsmanager.TagResource", "secretsmanager.UntagResource",
		}, wrap: after(func(x *exchange, _ *answer) error {
			for _, id := range touchedBy(x) {
				index.touch(x, id)
			}
			return nil
		})},
		{operations: []string{"tagging.GetResources"}, wrap: func(next handler) handler {
			return before(limitARNs)(after(func(x *exchange, a *answer) error {
				return completeListing(x, a, e, index)
			})(next))
		}},
	}
}

// listedARNs is how many resources one call can ask for.
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
const listedARNs = 100

func limitARNs(_ context.Context, x *exchange) (*refusal, error) {
	if len(x.texts("ResourceARNList")) <= listedARNs {
		return nil, nil
	}
	return &refusal{
		http.StatusBadRequest, "InvalidParameterException",
		"1 validation error detected: Value at 'resourceARNList' failed to satisfy constraint: Member must have length less than or equal to 100",
	}, nil
}

// touchedBy lists the groups, alarms or secrets a write is about.
func touchedBy(x *exchange) []string {
	var ids []string
	for _, key := range []string{"logGroupName", "resourceArn", "AlarmName", "AlarmNames", "ResourceARN", "SecretId", "Name"} {
		for _, id := range x.texts(key) {
			switch x.call.Service {
			case "logs":
				id = logGroupName(id)
			case "monitoring":
				if _, name, isARN := strings.Cut(id, ":alarm:"); isARN {
					id = name
				}
			}
			ids = append(ids, id)
		}
	}
	return ids
}

// texts are the values of a member that is a text or a list of texts, in
// whatever protocol.
func (x *exchange) texts(key string) []string {
	switch x.protocol {
	case cborProtocol, jsonProtocol:
		members, err := x.tree()
		if err != nil {
			return nil
		}
		if one := members.text(key); one != "" {
			return []string{one}
		}
		var values []string
		list, _ := members[key].([]any)
		for _, element := range list {
			if text, ok := element.(string); ok {
				values = append(values, text)
			}
		}
		return values
	case queryProtocol:
		form, err := x.form()
		if err != nil {
			return nil
		}
		values := slices.Clone(form[key])
		for i := 1; form.Has(fmt.Sprintf("%s.member.%d", key, i)); i++ {
			values = append(values, form.Get(fmt.Sprintf("%s.member.%d", key, i)))
		}
		return values
	case protocolUnknown, restJSON, restXML:
	}
	return nil
}

type listing struct {
	PaginationToken        string
	ResourceTagMappingList []mapping
}

type mapping struct {
	ResourceARN string
	Tags        []tagPair
}

type tagPair struct{ Key, Value string }

type listingRequest struct {
	ResourceTypeFilters []string
	ResourceARNList     []string
	TagFilters          []struct {
		Key    string
		Values []string
	}
}

// completeListing adds what the emulator left out to the last page.
func completeListing(x *exchange, a *answer, e *emulator, index *tagIndex) error {
	var page listing
	if err := json.Unmarshal(a.body, &page); err != nil {
		return fmt.Errorf("reading a listing: %w", err)
	}
	if page.PaginationToken != "" {
		return nil
	}
	body, err := x.body()
	if err != nil {
		return err
	}
	var request listingRequest
	if err := json.Unmarshal(body, &request); err != nil {
		return fmt.Errorf("reading a request: %w", err)
	}
	// The emulator lists what never had a tag, too.
	page.ResourceTagMappingList = slices.DeleteFunc(page.ResourceTagMappingList, func(m mapping) bool { return len(m.Tags) == 0 })
	listed := map[string]bool{}
	for _, m := range page.ResourceTagMappingList {
		listed[m.ResourceARN] = true
	}
	entries := index.all()
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		entry := entries[key]
		if entry.account != x.call.Account || entry.region != x.call.Region {
			continue
		}
		if entry.changed {
			if entry, err = e.currentTags(x, entry); err != nil {
				return err
			}
			index.put(key, entry)
		}
		if len(entry.tags) == 0 || listed[entry.arn] || !request.selects(entry.arn, entry.tags) {
			continue
		}
		listed[entry.arn] = true
		page.ResourceTagMappingList = append(page.ResourceTagMappingList, entry.mapping())
	}
	return a.setJSON(page)
}

func (t tagged) mapping() mapping {
	m := mapping{ResourceARN: t.arn}
	for _, key := range slices.Sorted(maps.Keys(t.tags)) {
		m.Tags = append(m.Tags, tagPair{key, t.tags[key]})
	}
	return m
}

// isOfType compares an ARN with a type filter, "service" or "service:type".
func isOfType(arn, filter string) bool {
	service, kind, typed := strings.Cut(filter, ":")
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[2] != service {
		return false
	}
	return !typed || strings.HasPrefix(parts[5], kind+":") || strings.HasPrefix(parts[5], kind+"/")
}

// selects holds a resource against the filters of a request.
func (r listingRequest) selects(arn string, tags map[string]string) bool {
	if len(r.ResourceTypeFilters) > 0 && !slices.ContainsFunc(r.ResourceTypeFilters, func(filter string) bool { return isOfType(arn, filter) }) {
		return false
	}
	if len(r.ResourceARNList) > 0 && !slices.Contains(r.ResourceARNList, arn) {
		return false
	}
	for _, filter := range r.TagFilters {
		value, found := tags[filter.Key]
		if !found || len(filter.Values) > 0 && !slices.Contains(filter.Values, value) {
			return false
		}
	}
	return true
}

// currentTags asks for the tags of one resource. One that is gone has none.
func (e *emulator) currentTags(x *exchange, t tagged) (tagged, error) {
	ctx := x.request.Context()
	var status int
	var answer object
	var err error
	t.changed, t.tags = false, nil
	switch t.service {
	case "logs":
		t.arn = x.logGroupARN(t.id)
		status, answer, err = e.askJSON(ctx, x, "logs", "Logs_20140328.ListTagsForResource", object{"resourceArn": t.arn})
	case "monitoring":
		t.arn = fmt.Sprintf("arn:%s:cloudwatch:%s:%s:alarm:%s", partition(t.region), t.region, t.account, t.id)
		status, answer, err = e.askAlarmTags(ctx, x, t)
	case "secretsmanager":
		status, answer, err = e.askJSON(ctx, x, "secretsmanager", "secretsmanager.DescribeSecret", object{"SecretId": t.id})
		t.arn = answer.text("ARN")
		if answer["DeletedDate"] != nil {
			return t, err
		}
	}
	if err != nil || status != http.StatusOK {
		return t, err
	}
	t.tags = tagsIn(answer)
	return t, nil
}

// askAlarmTags answers for alarms that exist only: the emulator keeps the tags
// of deleted ones.
func (e *emulator) askAlarmTags(ctx context.Context, x *exchange, t tagged) (status int, answer object, err error) {
	status, answer, err = e.askJSON(ctx, x, "monitoring", "GraniteServiceVersion20100801.DescribeAlarms", object{
		"AlarmNames": []string{t.id}, "AlarmTypes": []string{"MetricAlarm", "CompositeAlarm"},
	})
	metric, _ := answer["MetricAlarms"].([]any)
	composite, _ := answer["CompositeAlarms"].([]any)
	if err != nil || status != http.StatusOK || len(metric)+len(composite) == 0 {
		return http.StatusNotFound, nil, err
	}
	return e.askJSON(ctx, x, "monitoring", "GraniteServiceVersion20100801.ListTagsForResource", object{"ResourceARN": t.arn})
}

// tagsIn reads both forms of tags: a map, and a list of pairs.
func tagsIn(answer object) map[string]string {
	tags := map[string]string{}
	flat := answer.object("tags")
	for key := range flat {
		tags[key] = flat.text(key)
	}
	pairs, _ := answer["Tags"].([]any)
	for _, entry := range pairs {
		pair, _ := entry.(map[string]any)
		tags[object(pair).text("Key")] = object(pair).text("Value")
	}
	return tags
}
