package api

import (
	"testing"
	"time"
)

func TestPacer_FindsTheBucketOfACall(t *testing.T) {
	t.Parallel()
	p := newPacer(1, false)
	for _, c := range []struct {
		service, operation string
		rate               float64
	}{
		{"Lambda", "GetFunction", 100},
		{"Lambda", "GetPolicy", 15},
		{"Lambda", "GetAlias", 15},
		{"CloudWatch", "PutMetricAlarm", 3},
		{"CloudWatch Logs", "DescribeLogGroups", 10},
	} {
		if got := float64(p.bucket(c.service, c.operation).Limit()); got != c.rate {
			t.Errorf("%s %s: %v a second, want %v", c.service, c.operation, got, c.rate)
		}
	}
	if p.bucket("Lambda", "GetAlias") != p.bucket("Lambda", "PublishVersion") {
		t.Error("the calls that share a quota do not share a bucket")
	}
	for _, service := range []string{"IAM", "SQS"} {
		if p.bucket(service, "GetRole") != nil {
			t.Errorf("%s is held back, though AWS publishes no quota", service)
		}
	}
}

func TestPacer_TakesItsShare(t *testing.T) {
	t.Parallel()
	bucket := newPacer(0.5, false).bucket("Lambda", "GetAlias")
	started := time.Now()
	passed := 0
	for bucket.AllowN(started.Add(2*time.Second), 1) {
		passed++
	}
	if passed != 7 { // a second's worth of 7.5 a second
		t.Errorf("%d calls at once", passed)
	}
}
