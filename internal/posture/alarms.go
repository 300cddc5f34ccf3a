package posture

import (
	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var alarmControls = []Control{
	{
		ID: "alarms-present", At: "alarms", Title: "Errors and throttles raise an alarm", Fault: "Errors or throttles raise no alarm", Severity: Medium, Since: "1.0",
		Remedy: "Leave alarms out, or enable errors and throttles.",
		Page:   "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html",
		judge: func(s *subject) answer {
			alarms, exists := s.Alarms.Get()
			switch {
			case s.Alarms.IsUnknown() || alarms.Errors.IsUnknown() || alarms.Throttles.IsUnknown():
				return unsure("alarms")
			case !exists || alarms.Errors.IsNull() || alarms.Throttles.IsNull():
				return fail("there is no alarm on errors and throttles")
			default:
				return pass("both are there")
			}
		},
	},
	{
		ID: "alarm-actions", At: "alarms.actions", Title: "Every alarm tells somebody", Fault: "An alarm tells nobody", Severity: Medium, Input: true, Since: "1.0",
		Standards: []Standard{NIST, HIPAA},
		External: ids("securityhub CloudWatch.15, config cloudwatch-alarm-action-check, prowler cloudwatch_alarm_actions_alarm_state_configured, cfn-guard CLOUDWATCH_ALARM_ACTION_CHECK, " +
			"cdk-nag HIPAA.Security-CloudWatchAlarmAction NIST.800.53.R4-CloudWatchAlarmAction NIST.800.53.R5-CloudWatchAlarmAction, controltower CT.CLOUDWATCH.PR.1"),
		Remedy: "Write alarms.actions, or alarm_actions in the provider block.",
		Page:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
		judge: func(s *subject) answer {
			return everyAlarm(s, func(name string, a bp.Alarm) answer {
				if a.Actions.IsKnown() && len(a.Actions.Or(nil)) == 0 {
					return fail("alarms.%s.actions is empty", name)
				}
				return given("alarms."+name+".actions", a.Actions)
			})
		},
	},
	{
		ID: "alarm-actions-enabled", At: "alarms", Title: "No alarm is muted", Fault: "An alarm is muted", Severity: Medium, Since: "1.0",
		Standards: []Standard{FSBP},
		External:  ids("securityhub CloudWatch.17, config cloudwatch-alarm-action-enabled-check, checkov CKV_AWS_319, prowler cloudwatch_alarm_actions_enabled, controltower CT.CLOUDWATCH.PR.4"),
		Remedy:    "Apply again: the unit's alarms act.",
		Page:      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
		judge: func(s *subject) answer {
			return everyAlarm(s, func(name string, a bp.Alarm) answer {
				return isTrue("alarms."+name+".actions_enabled", a.ActionsEnabled)
			})
		},
	},
}

// everyAlarm asks all alarms that exist.
func everyAlarm(s *subject, judge func(name string, a bp.Alarm) answer) answer {
	alarms, exists := s.Alarms.Get()
	if !exists {
		if s.Alarms.IsUnknown() {
			return unsure("alarms")
		}
		return none("alarms")
	}
	var answers []answer
	for _, slot := range alarms.Slots() {
		if slot.Alarm.IsUnknown() {
			answers = append(answers, unsure("alarms."+slot.Name))
		} else if alarm, ok := slot.Alarm.Get(); ok {
			answers = append(answers, judge(slot.Name, alarm))
		}
	}
	return worst(answers...)
}
