package services

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
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

type tagIndex struct{ correct.Ledger[tagged] }

func (t *tagIndex) touch(x *wire.Exchange, id string) {
	if id != "" {
		t.Put(x.Scoped(x.Call.Service, id), tagged{
			account: x.Call.Account, region: x.Call.Region, service: x.Call.Service, id: id, changed: true,
		})
	}
}

func tagListings(e *emulator.Client, index *tagIndex) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{
			"logs.CreateLogGroup", "logs.DeleteLogGroup", "logs.TagResource", "logs.UntagResource", "logs.TagLogGroup", "logs.UntagLogGroup",
			"monitoring.PutMetricAlarm", "monitoring.PutCompositeAlarm", "monitoring.DeleteAlarms", "monitoring.TagResource", "monitoring.UntagResource",
			"secretsmanager.CreateSecret", "secretsmanager.DeleteSecret", "secretsmanager.RestoreSecret", "secretsmanager.TagResource", "secretsmanager.UntagResource",
		}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			for _, id := range touchedBy(x) {
				index.touch(x, id)
			}
			return nil
		})},
		{Operations: []string{"tagging.GetResources"}, Wrap: func(next wire.Handler) wire.Handler {
			return correct.Before(limitARNs)(correct.After(func(x *wire.Exchange, a *wire.Answer) error {
				return completeListing(x, a, e, index)
			})(next))
		}},
	}
}

// listedARNs is how many resources one call can ask for.
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
const listedARNs = 100

func limitARNs(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
	if len(x.Texts("ResourceARNList")) <= listedARNs {
		return nil, nil
	}
	return &wire.Refusal{
		Status: http.StatusBadRequest, Code: "InvalidParameterException",
		Message: "1 validation error detected: Value at 'resourceARNList' failed to satisfy constraint: Member must have length less than or equal to 100",
	}, nil
}

// touchedBy lists the groups, alarms or secrets a write is about.
func touchedBy(x *wire.Exchange) []string {
	var ids []string
	for _, key := range []string{"logGroupName", "resourceArn", "AlarmName", "AlarmNames", "ResourceARN", "SecretId", "Name"} {
		for _, id := range x.Texts(key) {
			switch x.Call.Service {
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

type listing struct {
	PaginationToken        string
	ResourceTagMappingList []mapping
}

type mapping struct {
	ResourceARN string
	Tags        []tagPair
}

type tagPair struct{ Key, Value string }

// completeListing adds what the emulator left out to the last page.
func completeListing(x *wire.Exchange, a *wire.Answer, e *emulator.Client, index *tagIndex) error {
	var page listing
	if err := json.Unmarshal(a.Body, &page); err != nil {
		return fmt.Errorf("reading a listing: %w", err)
	}
	if page.PaginationToken != "" {
		return nil
	}
	body, err := x.Body()
	if err != nil {
		return err
	}
	var request wire.ListingRequest
	if err := json.Unmarshal(body, &request); err != nil {
		return fmt.Errorf("reading a request: %w", err)
	}
	// The emulator lists what never had a tag, too.
	page.ResourceTagMappingList = slices.DeleteFunc(page.ResourceTagMappingList, func(m mapping) bool { return len(m.Tags) == 0 })
	listed := map[string]bool{}
	for _, m := range page.ResourceTagMappingList {
		listed[m.ResourceARN] = true
	}
	entries := index.All()
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		entry := entries[key]
		if entry.account != x.Call.Account || entry.region != x.Call.Region {
			continue
		}
		if entry.changed {
			if entry, err = currentTags(e, x, entry); err != nil {
				return err
			}
			index.Put(key, entry)
		}
		if len(entry.tags) == 0 || listed[entry.arn] || !request.Selects(entry.arn, entry.tags) {
			continue
		}
		listed[entry.arn] = true
		page.ResourceTagMappingList = append(page.ResourceTagMappingList, entry.mapping())
	}
	return a.SetJSON(page)
}

func (t tagged) mapping() mapping {
	m := mapping{ResourceARN: t.arn}
	for _, key := range slices.Sorted(maps.Keys(t.tags)) {
		m.Tags = append(m.Tags, tagPair{key, t.tags[key]})
	}
	return m
}

// currentTags asks for the tags of one resource. One that is gone has none.
func currentTags(e *emulator.Client, x *wire.Exchange, t tagged) (tagged, error) {
	ctx := x.Request.Context()
	var status int
	var answer wire.Object
	var err error
	t.changed, t.tags = false, nil
	switch t.service {
	case "logs":
		t.arn = x.LogGroupARN(t.id)
		status, answer, err = e.AskJSON(ctx, x, "logs", "Logs_20140328.ListTagsForResource", wire.Object{"resourceArn": t.arn})
	case "monitoring":
		t.arn = fmt.Sprintf("arn:%s:cloudwatch:%s:%s:alarm:%s", wire.Partition(t.region), t.region, t.account, t.id)
		status, answer, err = askAlarmTags(ctx, e, x, t)
	case "secretsmanager":
		status, answer, err = e.AskJSON(ctx, x, "secretsmanager", "secretsmanager.DescribeSecret", wire.Object{"SecretId": t.id})
		t.arn = answer.Text("ARN")
		if answer["DeletedDate"] != nil {
			return t, err
		}
	}
	if err != nil || status != http.StatusOK {
		return t, err
	}
	t.tags = wire.TagsIn(answer)
	return t, nil
}

// askAlarmTags answers for alarms that exist only: the emulator keeps the tags
// of deleted ones.
func askAlarmTags(ctx context.Context, e *emulator.Client, x *wire.Exchange, t tagged) (status int, answer wire.Object, err error) {
	status, answer, err = e.AskJSON(ctx, x, "monitoring", "GraniteServiceVersion20100801.DescribeAlarms", wire.Object{
		"AlarmNames": []string{t.id}, "AlarmTypes": []string{"MetricAlarm", "CompositeAlarm"},
	})
	metric, _ := answer["MetricAlarms"].([]any)
	composite, _ := answer["CompositeAlarms"].([]any)
	if err != nil || status != http.StatusOK || len(metric)+len(composite) == 0 {
		return http.StatusNotFound, nil, err
	}
	return e.AskJSON(ctx, x, "monitoring", "GraniteServiceVersion20100801.ListTagsForResource", wire.Object{"ResourceARN": t.arn})
}
