package rules

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ranges are all that AWS bounds, and what is known of them in the models and
// pages that are embedded now. A refresh that moves one has to say so here.
var ranges = []struct {
	rule        Range
	least, most int64
}{
	{MemorySize, 128, 10240},
	{Timeout, 1, 1800},
	{EphemeralStorage, 512, 10240},
	{AsyncRetries, 0, 2},
	{AsyncEventAge, 60, 21600},
	{DeadLetterDays, 1, 14},
	{RotationDays, 1, 1000},
	{EvaluationPeriods, 1, math.MaxInt32},
	{DatapointsToAlarm, 1, math.MaxInt32},
	{ReservedConcurrency, 0, math.MaxInt32},
}

func TestRange_BeyondWhatIsKnownAWSDecides(t *testing.T) {
	t.Parallel()
	for _, c := range ranges {
		check(t, c.rule.Check, cases[int64]{
			takes:   []int64{c.least, min(c.least+1, c.most), c.rule.Example, c.most},
			refuses: []int64{-1, c.rule.Floor - 1, math.MinInt64, math.MaxInt32 + 1, math.MaxInt64},
		})
		if c.least > c.rule.Floor {
			check(t, c.rule.Check, cases[int64]{doubts: []int64{c.least - 1, c.rule.Floor}})
			says(t, c.rule.Check(c.least-1), fmt.Sprintf("%s is %d %s, less than the %d that AWS", c.rule.Name, c.least-1, c.rule.Unit, c.least))
		}
		if c.most < math.MaxInt32 {
			check(t, c.rule.Check, cases[int64]{doubts: []int64{c.most + 1, math.MaxInt32}})
			says(t, c.rule.Check(c.most+1), fmt.Sprintf("%s is %d %s, more than the %d that AWS", c.rule.Name, c.most+1, c.rule.Unit, c.most))
			says(t, c.rule.Check(c.most+1), fmt.Sprintf("If it refuses, write %d or less", c.most))
		}
	}
}

func TestRange_OfTheProviderIsHard(t *testing.T) {
	t.Parallel()
	check(t, MaxRetries.Check, cases[int64]{takes: []int64{1, 25, 100}, refuses: []int64{-1, 0, 101}})
	check(t, SecretVersion.Check, cases[int64]{takes: []int64{1, math.MaxInt32}, refuses: []int64{0, math.MaxInt32 + 1}})
	says(t, MaxRetries.Check(101), "max_retries is 101 tries, outside 1 to 100")
}

func TestRange_NothingThatIsKnownIsDoubted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(ranges).Draw(t, "range")
		if n := rapid.Int64Range(c.least, c.most).Draw(t, "n"); c.rule.Check(n) != nil {
			t.Errorf("%s: %v", c.rule.Name, c.rule.Check(n))
		}
	})
}

func TestTimeout_SaysWhoKnewWhatAndWhen(t *testing.T) {
	t.Parallel()
	says(t, Timeout.Check(5400), "timeout is 5400 seconds, more than the 1800 that AWS documented on 2026-11-20")
	says(t, Timeout.Check(5400), "managed instances")
	says(t, Timeout.Check(5400), "see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html.")
	says(t, AsyncRetries.Check(3), "more than the 2 that AWS's API knew on ")
}

// choices are all that AWS lists, with one value each that it may add one day.
var choices = []struct {
	rule   Choice
	values []string
	later  string
}{
	{Architecture, []string{"arm64", "x86_64"}, "riscv64"},
	{Tracing, []string{"Active", "PassThrough"}, "Sampled"},
	{Recursion, []string{"Allow", "Terminate"}, "Throttle"},
	{LogFormat, []string{"JSON", "Text"}, "OpenTelemetry"},
	{LogLevel, []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}, "NOTICE"},
	{SystemLevel, []string{"DEBUG", "INFO", "WARN"}, "ERROR"},
	{LogClass, []string{"STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"}, "GLACIER"},
	{UpdateRuntimeOn, []string{"Auto", "FunctionUpdate", "Manual"}, "Scheduled"},
	{MissingData, []string{"notBreaching", "breaching", "ignore", "missing"}, "interpolate"},
}

func TestChoice_OfAWS_DoubtsWhatIsNewAndRefusesSlips(t *testing.T) {
	t.Parallel()
	for _, c := range choices {
		check(t, c.rule.Check, cases[string]{takes: c.values, doubts: []string{c.later}, refuses: []string{""}})
		if known := c.rule.Known().Values; len(known) != len(c.values) {
			t.Errorf("%s: AWS has %v, tested are %v", c.rule.Name, known, c.values)
		}
		for _, v := range c.values {
			says(t, c.rule.Check(c.later), v)
			for _, slip := range []string{strings.ToLower(v), strings.ToUpper(v), v + "s", v[1:]} {
				if slices.Contains(c.values, slip) {
					continue
				}
				err := c.rule.Check(slip)
				violation(t, slip, err)
				if slip != v[1:] || len(v) > 4 {
					says(t, err, fmt.Sprintf("Write %q", v))
				}
			}
		}
	}
}

func TestChoice_OfTheProvider_IsHard(t *testing.T) {
	t.Parallel()
	for _, c := range []Choice{RetryMode, AlarmProfile, AlarmTraffic, OnDestroy, LogsOnDestroy} {
		check(t, c.Check, cases[string]{takes: c.Values, refuses: []string{"", "neither", strings.ToUpper(c.Values[0])}})
		says(t, c.Check(strings.ToUpper(c.Values[1])), fmt.Sprintf("Write %q", c.Values[1]))
	}
}

func TestChoice_NamesOfOtherToolsAreTranslated(t *testing.T) {
	t.Parallel()
	for other, name := range map[string]string{
		"amd64": "x86_64", "x64": "x86_64", "x86-64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "ARM": "arm64", "arm": "arm64",
		"AMD": "x86_64", "i386": "x86_64", "i686": "x86_64", "X86_64": "x86_64", "x86": "x86_64", "ARM64": "arm64", "arm_64": "arm64", "Graviton2": "arm64",
	} {
		violation(t, other, Architecture.Check(other))
		says(t, Architecture.Check(other), fmt.Sprintf("Write %q", name))
	}
	says(t, LogLevel.Check("WARNING"), `Write "WARN"`)
	says(t, LogLevel.Check("critical"), `Write "FATAL"`)
}

func TestChoice_SlipsAreAnsweredWithTheNearestValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule  Choice
		slips map[string]string
	}{
		{Tracing, map[string]string{"active": "Active", "ACTIVE": "Active", "passthrough": "PassThrough", "pass-through": "PassThrough", "on": "Active", "off": "PassThrough", "Enabled": "Active"}},
		{Recursion, map[string]string{"allow": "Allow", "terminate": "Terminate", "Terminated": "Terminate", "deny": "Terminate", "Stop": "Terminate", "allowed": "Allow"}},
		{LogFormat, map[string]string{"json": "JSON", "Json": "JSON", "text": "Text", "TEXT": "Text", "plain": "Text", "structured": "JSON"}},
		{LogLevel, map[string]string{"info": "INFO", "Warn": "WARN", "warning": "WARN", "err": "ERROR", "critical": "FATAL"}},
		{SystemLevel, map[string]string{"info": "INFO", "warning": "WARN", "critical": "WARN", "FATAL": "WARN", "trace": "DEBUG"}},
		{LogClass, map[string]string{"standard": "STANDARD", "infrequent_access": "INFREQUENT_ACCESS", "INFREQUENT-ACCESS": "INFREQUENT_ACCESS", "InfrequentAccess": "INFREQUENT_ACCESS", "IA": "INFREQUENT_ACCESS", "delivery": "DELIVERY"}},
		{UpdateRuntimeOn, map[string]string{"auto": "Auto", "automatic": "Auto", "function_update": "FunctionUpdate", "never": "Manual"}},
		{AlarmProfile, map[string]string{"Essential": "essential", "essentials": "essential", "FULL": "full", "all": "full", "basic": "essential"}},
		{LogsOnDestroy, map[string]string{"Retain": "retain", "keep": "retain", "DELETE": "delete"}},
		{OnDestroy, map[string]string{"Force": "force", "refused": "refuse"}},
		{MissingData, map[string]string{"NotBreaching": "notBreaching", "not_breaching": "notBreaching", "Missing": "missing"}},
	} {
		for slip, meant := range c.slips {
			violation(t, slip, c.rule.Check(slip))
			says(t, c.rule.Check(slip), fmt.Sprintf("Write %q", meant))
		}
	}
}

func TestChoice_OtherNamesStandForValuesThatExist(t *testing.T) {
	t.Parallel()
	for _, c := range []Choice{Architecture, Tracing, Recursion, LogFormat, LogLevel, SystemLevel, LogClass, UpdateRuntimeOn, MissingData, AlarmProfile, AlarmTraffic, OnDestroy, LogsOnDestroy, RetryMode} {
		for name, meant := range c.Aliases {
			if name != strings.ToLower(name) || !slices.Contains(c.options(), meant) || slices.Contains(c.options(), name) {
				t.Errorf("%s: %q stands for %q", c.Name, name, meant)
			}
		}
	}
}

func TestRetentionDays(t *testing.T) {
	t.Parallel()
	check(t, RetentionDays, cases[int64]{
		takes:   []int64{0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653},
		doubts:  []int64{2, 31, 364, 366, 730, 3654, 36500},
		refuses: []int64{-1, math.MaxInt32 + 1},
	})
	for days, want := range map[int64]string{2: "write 3;", 31: "write 60;", 366: "write 400;", -1: "Write 1.", 3654: "write 0;"} {
		says(t, RetentionDays(days), want)
	}
}

func TestAlarmPeriod(t *testing.T) {
	t.Parallel()
	check(t, AlarmPeriod, cases[int64]{
		takes:   []int64{10, 20, 30, 60, 300, 3600, 86400, 604800},
		doubts:  []int64{1, 5, 15, 45, 61, 90},
		refuses: []int64{-60, 0, math.MaxInt32 + 1},
	})
	says(t, AlarmPeriod(61), "write 120;")
}

func TestAlarmWindow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		period, periods int64
		doubted         bool
	}{
		{60, 1440, false}, {60, 1441, true}, {10, 8640, false}, {10, 8641, true},
		{3600, 168, false}, {3600, 169, true}, {604800, 1, false}, {604860, 1, true},
		{0, 5, false}, {math.MaxInt64, 5, false}, {math.MaxInt32, math.MaxInt32, true},
	} {
		err := AlarmWindow(c.period, c.periods)
		if c.doubted {
			doubted(t, fmt.Sprint(c), err)
		} else if err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
	says(t, AlarmWindow(300, 300), "write evaluation_periods = 288 or less")
}

func TestStatistic(t *testing.T) {
	t.Parallel()
	check(t, Statistic, cases[string]{
		takes:   []string{"Sum", "Average", "p99", "p99.9", "p100", "IQM", "tm90", "TM(10%:90%)"},
		doubts:  []string{"Median", "Geometric(2)"},
		refuses: []string{"", " ", "average", "SUM", "Averge", "p101", "p100.1"},
	})
	says(t, Statistic("average"), `"Average"`)
}

func TestAlarmAction_OfAnotherServiceIsDoubted(t *testing.T) {
	t.Parallel()
	check(t, AlarmAction, cases[string]{
		takes:   []string{"arn:aws:sns:eu-west-1:111122223333:on-call", "arn:aws:lambda:eu-west-1:111122223333:function:f", "arn:aws:automate:eu-west-1:ec2:stop"},
		doubts:  []string{"arn:aws:events:eu-west-1:111122223333:event-bus/b"},
		refuses: []string{"", "ops@example.com", "arn:aws:sns:eu-west-1:111122223333:on-call.fifo", "arn:aws::::"},
	})
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule        func(int) error
		least, most int
	}{
		"actions": {ActionCount, 0, 5}, "layers": {LayerCount, 0, 5}, "subnets": {SubnetCount, 1, 16}, "security groups": {SecurityGroupCount, 1, 5},
	} {
		check(t, c.rule, cases[int]{takes: []int{c.least, c.most}, doubts: []int{c.most + 1, 1000}})
		says(t, c.rule(c.most+1), fmt.Sprintf("There are %d %s, more than the %d that AWS", c.most+1, name, c.most))
		if c.least > 0 {
			check(t, c.rule, cases[int]{refuses: []int{c.least - 1}})
		}
	}
	check(t, func(n int) error { return MountPath("/mnt/" + long(n)) }, cases[int]{takes: []int{155}, doubts: []int{156}, refuses: []int{0}})
	check(t, func(n int) error { return WorkingDirectory("/" + long(n)) }, cases[int]{takes: []int{0, 999}, doubts: []int{1000}})
	check(t, func(n int) error { return VersionStage(long(n)) }, cases[int]{takes: []int{1, 256}, doubts: []int{257}, refuses: []int{0}})
	// {"A":"..."} has 8 bytes besides the value.
	check(t, func(n int) error { return SecretValues(map[string]string{"A": long(n)}) }, cases[int]{takes: []int{65536 - 8}, doubts: []int{65536 - 7}})
}

func TestSnapStartStorage(t *testing.T) {
	t.Parallel()
	check(t, SnapStartStorage, cases[int64]{takes: []int64{512}, doubts: []int64{513, 10240}})
}

func TestUnreserved(t *testing.T) {
	t.Parallel()
	check(t, func(reserved int64) error { return Unreserved(reserved, 1000) }, cases[int64]{takes: []int64{0, 900}, doubts: []int64{901, 1000}})
	says(t, Unreserved(901, 1000), "write 900 or less")
}

// Each source must find something, or a rule would take everything in silence.
func TestKnown_EverySourceFindsWhatItIsFor(t *testing.T) {
	t.Parallel()
	first, last := LimitsRead()
	for _, day := range []string{first, last} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			t.Error(err)
		}
	}
	for name, source := range map[string]source{
		"timeout": Timeout.Known, "memory": MemorySize.Known, "storage": EphemeralStorage.Known, "retries": AsyncRetries.Known,
		"age": AsyncEventAge.Known, "dead letters": DeadLetterDays.Known, "rotation": RotationDays.Known,
		"description": described, "handler": handlerLength, "environment": environmentBytes, "secret": secretSize, "stage": stageLength,
		"mount": mountLength, "directory": workingDirectory, "alias": aliasLength, "role": roleLength, "path": pathLength, "group": logGroupLength,
		"statement": statementID, "tags": tagCount, "key": tagKeySize, "value": tagTextSize, "window": longestWindow, "short window": shortWindow,
	} {
		if known := source(); known.Max == nil || known.Date == "" {
			t.Errorf("%s: AWS knows no ceiling: %+v", name, known)
		}
	}
	for _, source := range []source{shortPeriods, simple, alarmActions, periods, conditionOperators} {
		if known := source(); len(known.Values) < 2 || known.Date == "" {
			t.Errorf("AWS knows no values: %+v", known)
		}
	}
	for _, text := range periods().Values {
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			t.Error(err)
		}
	}
}

// A page that allows more than the API's model would have been overtaken by it.
func TestKnown_PagesAreNarrowerThanTheModel(t *testing.T) {
	t.Parallel()
	for name, at := range map[string][]string{"timeout": {"Timeout"}, "memory_size": {"MemorySize"}, "ephemeral_storage": {"EphemeralStorage", "Size"}} {
		known, wide := page(name)(), api("lambda", "CreateFunction", at...)()
		if known.most() >= wide.most() {
			t.Errorf("%s: the page says %d and the model %d, so the page's entry is not needed", name, known.most(), wide.most())
		}
	}
}

func TestDoubt_IsNoViolation(t *testing.T) {
	t.Parallel()
	if _, ok := errors.AsType[*Violation](Timeout.Check(5400)); ok {
		t.Error("a doubt is taken for an error")
	}
}
