package acceptance

import (
	"fmt"
	"strings"
)

// limitWarnings are found by validate. AWS alone decides about all of them, so a
// plan says what was known and on which day, and goes on.
var limitWarnings = []badInput{
	{"description too long", settings{"description": strings.Repeat("ä", 257)}, "description", "The description has 257 characters, more than the 256 that AWS's API knew on 20", "write one sentence"},
	{"handler too long", settings{"handler": strings.Repeat("h", 129)}, "handler", "The handler has 129 characters, more than the 128 that AWS's API knew on 20", "AWS decides at apply"},
	{"memory too small", settings{"memory_size": 127}, "memory_size", "memory_size is 127 MB, less than the 128 that AWS documented on 20", "write 128 or more"},
	{"memory too large", settings{"memory_size": 10241}, "memory_size", "memory_size is 10241 MB, more than the 10240 that AWS documented on 20", "AWS decides at apply. If it refuses, write 10240 or less; see https://docs.aws.amazon.com/"},
	{"timeout too long", settings{"timeout": 5400}, "timeout", "timeout is 5400 seconds, more than the 1800 that AWS documented on 20", "managed instances"},
	{"storage too small", settings{"ephemeral_storage": 511}, "ephemeral_storage", "ephemeral_storage is 511 MB, less than the 512 that AWS", "write 512 or more"},
	{"storage too large", settings{"ephemeral_storage": 10241}, "ephemeral_storage", "ephemeral_storage is 10241 MB, more than the 10240 that AWS documented on 20", "write 10240 or less"},
	{"one byte too many", plainEnvironment(settings{"LARGE": filled(4085)}), "environment", "The environment has 4097 bytes, more than the 4096 that AWS documented on 20", "SSM Parameter Store"},
	{"bytes rather than letters", plainEnvironment(settings{"LARGE": strings.Repeat("ä", 2043)}), "environment", "The environment has 4098 bytes, more than the 4096 that AWS documented on 20", "SSM Parameter Store"},
	{"too many with what Powertools adds", settings{"environment": settings{"LARGE": filled(4091)}}, "environment", "The environment has 4216 bytes", "those that the provider adds for Powertools included"},
	{"too many beside an unknown value", plainEnvironment(settings{"LARGE": filled(4096), "TABLE": unknown}), "environment", "The environment has 4119 bytes", "measures names and values of all variables together"},
	{"six layers", layers(someLayer, someLayer+"1", someLayer+"2", someLayer+"3", someLayer+"4", someLayer+"5"), "layers", "There are 6 layers, more than the 5 that AWS documented on 20", "put what belongs together into one layer"},
	{"six groups", placed(settings{"security_group_ids": []any{"sg-1", "sg-2", "sg-3", "sg-4", "sg-5", "sg-6"}}), "vpc.security_group_ids", "There are 6 security groups, more than the 5 that AWS's API knew on 20", "one group that allows what the function calls"},
	{"three retries", async("max_retries", 3), "async.max_retries", "max_retries is 3 retries, more than the 2 that AWS's API knew on 20", "write 2 or less"},
	{"age below a minute", async("max_event_age", 59), "async.max_event_age", "max_event_age is 59 seconds, less than the 60 that AWS's API knew on 20", "write 60 or more"},
	{"age beyond six hours", async("max_event_age", 21601), "async.max_event_age", "more than the 21600 that AWS's API knew on 20", "write 21600 or less"},
	{"dead letters for a month", dead(settings{"retention_days": 30}), "dead_letter.retention_days", "retention_days is 30 days, more than the 14 that AWS documented on 20", "write 14 or less"},
	{"system level of no logger", logs(settings{"system_level": "ERROR"}), "logs.system_level", `"ERROR" is not one of the values of system_level that AWS's API knew on 20`, "DEBUG, INFO, WARN"},
	{"period of 45 seconds", alarm("duration", "period", 45), "alarms.duration.period", "period is 45 seconds", "write 60"},
	{"period beyond a day", alarm("duration", "period", 604860), "alarms.duration.evaluation_periods", "evaluation_periods is 1, and with periods of 604860 seconds the alarm looks back 604860 seconds, more than the 604800 that AWS documented on 20", "write evaluation_periods = 1 or less"},
	{"period of 61 seconds", alarm("duration", "period", 61), "alarms.duration.period", "period is 61 seconds", "write 120"},
	{"looking back too far", settings{"alarms": settings{"duration": settings{"period": 300, "evaluation_periods": 300}}}, "alarms.duration.evaluation_periods", "evaluation_periods is 300, and with periods of 300 seconds the alarm looks back 90000 seconds, more than the 86400 that AWS documented on 20", "write evaluation_periods = 288 or less"},
	{"missing data in another word", alarm("throttles", "treat_missing_data", "ok"), "alarms.throttles.treat_missing_data", `"ok" is not one of the values of treat_missing_data that AWS documented on 20`, "notBreaching"},
	{"six actions", settings{"alarms": settings{"actions": []any{someTopic, someTopic + "1", someTopic + "2", someTopic + "3", someTopic + "4", someTopic + "5"}}}, "alarms.actions", "There are 6 actions, more than the 5 that AWS's API knew on 20", "let one SNS topic tell the others"},
	{"role name too long", settings{"role_name": strings.Repeat("r", 65)}, "role_name", "The role name has 65 characters, more than the 64 that AWS's API knew on 20", "leave role_name out"},
	{"role path too long", settings{"role_path": "/" + strings.Repeat("p", 511) + "/"}, "role_path", "The role path has 513 characters, more than the 512 that AWS's API knew on 20", "write a shorter path"},
	{"condition operator unknown", access("orders", settings{"conditions": settings{"Foo": settings{"aws:SourceArn": []any{"x"}}}}), `access["orders"].conditions["Foo"]`, `"Foo" is not one of the condition operators that AWS documented on 20`, "it had StringEquals"},
	{"tag key too long", tagged(strings.Repeat("k", 129), "x"), fmt.Sprintf("tags[%q]", strings.Repeat("k", 129)), "The tag key has 129 characters, more than the 128 that AWS's API knew on 20", "write a shorter key"},
	{"tag value too long", tagged("team", strings.Repeat("v", 257)), `tags["team"]`, "The tag value has 257 characters, more than the 256 that AWS's API knew on 20", "shorten it"},
	{"retention between two periods", logs(settings{"retention_days": 31}), "logs.retention_days", "31 days is not one of the retention periods that AWS documented on 20", "write 60"},
	{"retention beyond ten years", logs(settings{"retention_days": 5000}), "logs.retention_days", "5000 days is not one of the retention periods that AWS documented on 20", "and 0 to keep log events for ever. AWS decides at apply. If it refuses, write 0"},
	{"log level of another logger", logs(settings{"application_level": "NOTICE"}), "logs.application_level", `"NOTICE" is not one of the values of application_level that AWS's API knew on 20`, "the values were TRACE, DEBUG, INFO, WARN, ERROR, FATAL"},
	{"alias too long", settings{"release": settings{"alias": strings.Repeat("a", 129)}}, "release.alias", "The alias has 129 characters, more than the 128 that AWS's API knew on 20", "write a shorter name"},
	{"values too large", keeping(settings{"secret_values_wo": settings{"DB_PASSWORD": secretText + strings.Repeat("x", 65536)}}), "secret_values_wo", "more than the 65536 that AWS's API knew on 20", "secrets of their own"},
	{"rotation every 2000 days", keeping(settings{"secret_rotation": settings{"function_arn": rotator, "days": int64(2000)}}), "secret_rotation.days", "days is 2000 days, more than the 1000 that AWS's API knew on 20", "write 1000 or less"},
	{"SnapStart with much storage", settings{"snap_start": true, "ephemeral_storage": 1024}, "snap_start", "With SnapStart, ephemeral_storage is 1024 MB, more than the 512 that AWS documented on 20", "leave snap_start out"},
	{"architecture of tomorrow", settings{"architecture": "riscv64"}, "architecture", `"riscv64" is not one of the values of architecture that AWS's API knew on 20`, "the values were"},
	{"recursion of tomorrow", settings{"recursion": "Throttle"}, "recursion", `"Throttle" is not one of the values of recursion that AWS's API knew on 20`, "Terminate"},
	{"class of tomorrow", settings{"powertools": false, "logs": settings{"class": "GLACIER"}}, "logs.class", `"GLACIER" is not one of the values of class that AWS's API knew on 20`, "ESSENTIALS"},
	{"statistic of tomorrow", alarm("duration", "statistic", "Median"), "alarms.duration.statistic", `"Median" is not one of the statistics that AWS's API knew on 20`, "percentiles"},
}

// blockLimitWarnings are found by validating the provider block.
var blockLimitWarnings = []badInput{
	{"house retention between two periods", settings{"log_retention_days": 100}, "log_retention_days", "100 days is not one of the retention periods that AWS documented on 20", "write 120"},
}
