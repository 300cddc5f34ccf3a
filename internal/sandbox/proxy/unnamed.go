package proxy

import (
	"net/http"
	"regexp"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// refuseUnnamed stops calls whose operation nobody can name: whatever the
// emulator would answer, no test could say what was asked.
func refuseUnnamed(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		if x.Call.Service != "" && x.Call.Operation != "" && !neverSupported[x.Call.Name()] && !absentServices[x.Call.Service] {
			next(w, x)
			return
		}
		if x.Call.Operation == "" {
			x.Call.Operation = x.Request.Method + " " + x.Request.URL.Path
		}
		wire.Refuse(w, x, x.Unsupported())
	}
}

// absentServices are known to be missing. The emulator finds that out by
// reading the models of all services, which holds up everybody for seconds.
var absentServices = map[string]bool{
	"application-autoscaling": true, "codedeploy": true, "xray": true, "access-analyzer": true,
	"synthetics": true, "guardduty": true, "securityhub": true, "ce": true, "pricing": true,
	"servicequotas": true, "sso": true, "fis": true, "compute-optimizer": true,
}

// neverSupported are operations the emulator takes for others and answers with
// an invention.
var neverSupported = map[string]bool{
	"lambda.ListProvisionedConcurrencyConfigs": true,
	"lambda.InvokeAsync":                       true,
}

// admissions are the ways in which the emulator says that it does not know an
// operation, a service or a path.
var admissions = regexp.MustCompile(`Unknown (IAM |EC2 )?(action|operation|target|endpoint)|Unsupported (service|operation|action):|UnknownOperationException|InvalidAction|is not valid for this web service|Function not found: /|No route for|not implemented`)
