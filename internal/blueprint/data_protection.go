package blueprint

import (
	"encoding/json"
	"fmt"
	"strings"
)

// protectionPolicy is a data protection policy. CloudWatch Logs wants the same
// identifiers audited and masked.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch-logs-data-protection-policies.html
type protectionPolicy struct {
	Name      string
	Version   string
	Statement []protectionStatement
}

type protectionStatement struct {
	Sid            string
	DataIdentifier []string
	Operation      map[string]any
}

const (
	protectionVersion  = "2021-06-01"
	identifierResource = "dataprotection::aws:data-identifier/"
)

// Groups of the class DELIVERY hand their events on to S3 or Firehose and keep
// them for one day, which nothing changes.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
const (
	LogClassDelivery      = "DELIVERY"
	DeliveryRetentionDays = 1
)

// DataProtectionDocument masks kinds of data in a log group, by the names that
// AWS gives them.
func DataProtectionDocument(partition string, names []string) (string, error) {
	identifiers := make([]string, len(names))
	for i, name := range names {
		identifiers[i] = "arn:" + partition + ":" + identifierResource + name
	}
	document, err := json.Marshal(protectionPolicy{
		Name: "secure", Version: protectionVersion,
		Statement: []protectionStatement{
			{Sid: "audit", DataIdentifier: identifiers, Operation: map[string]any{"Audit": map[string]any{"FindingsDestination": map[string]any{}}}},
			{Sid: "mask", DataIdentifier: identifiers, Operation: map[string]any{"Deidentify": map[string]any{"MaskConfig": map[string]any{}}}},
		},
	})
	if err != nil {
		return "", fmt.Errorf("render data protection policy: %w", err)
	}
	return string(document), nil
}

// MaskedData reads the names back from a document.
func MaskedData(document string) ([]string, error) {
	var policy protectionPolicy
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return nil, fmt.Errorf("parse data protection policy: %w", err)
	}
	masked := []string{}
	for _, s := range policy.Statement {
		if _, masks := s.Operation["Deidentify"]; !masks {
			continue
		}
		for _, identifier := range s.DataIdentifier {
			_, name, _ := strings.Cut(identifier, identifierResource)
			masked = append(masked, name)
		}
	}
	return masked, nil
}
