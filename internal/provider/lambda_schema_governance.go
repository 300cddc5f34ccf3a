package provider

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	minimumPostureDoc = "`baseline` is all that needs nothing from you; `fsbp` is AWS Foundational Security Best Practices, `nist` NIST 800-53 revision 5, `pci` PCI DSS and `hipaa` HIPAA, as far as they speak of a unit's objects. " +
		"A control of it that is not met stops a plan that creates or changes the unit, unless it is waived. Controls of severity critical and high do so in any case. [Controls](../guides/controls)"
	waiversDoc = "A waived control is not met and does not stop a plan. One that expired counts for 30 more days, with a warning. Preferences such as a shorter retention need none: their controls only warn. [Controls](../guides/controls)"

	waiverReasonDoc  = "Why, in at least 10 characters: who accepts it and what stands in its place."
	waiverExpiresDoc = "Last day, as `2027-01-31`, at most 366 days away. Then the control binds again."
)

func governanceAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"minimum_posture": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "What the unit has to meet, beside the provider's `minimum_posture`; in its place where the provider block says `allow_lower_minimum`. Default: none beside the provider's. " + minimumPostureDoc,
			Validators:          []validator.String{textRule(minimumPosture)},
		},
		"waivers": schema.MapNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Controls that the unit need not meet, by id. Default: the provider's `waivers`. " + waiversDoc,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"reason":  schema.StringAttribute{Optional: true, MarkdownDescription: "Required. " + waiverReasonDoc, Validators: []validator.String{textRule(waiverReason)}},
				"expires": schema.StringAttribute{Optional: true, MarkdownDescription: "Required. " + waiverExpiresDoc, Validators: []validator.String{textRule(rules.Day)}},
			}},
		},
	}
}

func providerWaiver() map[string]providerschema.Attribute {
	return map[string]providerschema.Attribute{
		"reason":  providerschema.StringAttribute{Required: true, MarkdownDescription: waiverReasonDoc, Validators: []validator.String{textRule(waiverReason)}},
		"expires": providerschema.StringAttribute{Required: true, MarkdownDescription: waiverExpiresDoc, Validators: []validator.String{textRule(rules.Day)}},
	}
}

func minimumPosture(text string) error {
	choice := rules.Choice{Name: "minimum_posture", Why: "It is a set of controls that a unit has to meet"}
	for _, standard := range posture.Standards() {
		choice.Values = append(choice.Values, string(standard))
	}
	return choice.Check(text)
}

func waiverReason(text string) error {
	if !posture.ReasonTooShort(text) {
		return nil
	}
	return &rules.Violation{What: fmt.Sprintf("%q is too short a reason", text), Why: "An auditor asks who accepted the exception and why", Write: "Write at least 10 characters, such as \"no VPC: talks to public APIs only, accepted by platform\""}
}

// checkHouseWaivers judges the waivers of the provider block once, where every
// unit would repeat it.
func checkHouseWaivers(stated types.Map, now time.Time) (wrong, expired diag.Diagnostics) {
	for _, r := range posture.CheckHouse(waiversValue(stated).Or(nil), now) {
		at, detail := path.Root("waivers").AtMapKey(r.ID), fmt.Sprintf("%s. %s.", r.Why, r.Write)
		if r.Error {
			wrong.AddAttributeError(at, r.What, detail)
		} else {
			expired.AddAttributeWarning(at, r.What, detail+" It is a waiver of the provider block, so it stands for every unit.")
		}
	}
	return wrong, expired
}

// waiversValue reads the provider's waivers.
func waiversValue(v types.Map) bp.Value[map[string]bp.Value[bp.WaiverSpec]] {
	switch {
	case v.IsUnknown():
		return bp.Unknown[map[string]bp.Value[bp.WaiverSpec]]()
	case v.IsNull():
		return bp.Null[map[string]bp.Value[bp.WaiverSpec]]()
	}
	all := map[string]bp.Value[bp.WaiverSpec]{}
	for id, element := range v.Elements() {
		object, ok := element.(types.Object)
		if ok && object.IsNull() {
			continue // not stated
		}
		if !ok || object.IsUnknown() {
			all[id] = bp.Unknown[bp.WaiverSpec]()
			continue
		}
		text := func(of attr.Value) bp.String {
			s, _ := of.(types.String)
			return stringValue(s)
		}
		all[id] = bp.Known(bp.WaiverSpec{Reason: text(object.Attributes()["reason"]), Expires: text(object.Attributes()["expires"])})
	}
	return bp.Known(all)
}
