package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Denial is a call that Lambda makes in a role's name when a function runs, and
// that the role may not make. AWS says little about these: a log or a trace is
// missing.
type Denial struct {
	Account, Function string
	// Action and Resource are those of IAM: logs:PutLogEvents.
	Action, Resource string
}

// String is the denial on one line.
func (d Denial) String() string {
	return fmt.Sprintf("the role of %s may not %s on %s", d.Function, d.Action, d.Resource)
}

// denials keeps what was denied. A function is asked about once after each
// write in its account: most invocations cost nothing.
type denials struct {
	mu     sync.Mutex
	writes map[string]int // by account
	asked  map[string]int // the writes when a function was asked about
	found  []Denial
}

func newDenials() *denials { return &denials{writes: map[string]int{}, asked: map[string]int{}} }

// count is the step that counts writes, before and after: what is asked while
// one is under way is asked again.
func (d *denials) count(next handler) handler {
	return func(w http.ResponseWriter, x *exchange) {
		if x.call.Kind != Write {
			next(w, x)
			return
		}
		d.wrote(x.call.Account)
		defer d.wrote(x.call.Account)
		next(w, x)
	}
}

func (d *denials) wrote(account string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes[account]++
}

// due reports whether a function has to be asked about.
func (d *denials) due(x *exchange, function string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	key, now := x.scoped(function), d.writes[x.call.Account]
	last, before := d.asked[key]
	d.asked[key] = now
	return !before || last != now
}

func (d *denials) keep(denied Denial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Contains(d.found, denied) {
		d.found = append(d.found, denied)
	}
}

// list returns an account's denials.
func (d *denials) list(account string) []Denial {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []Denial
	for _, denied := range d.found {
		if denied.Account == account {
			found = append(found, denied)
		}
	}
	return found
}

// forget begins anew.
func (d *denials) forget(account string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.found = slices.DeleteFunc(d.found, func(denied Denial) bool { return denied.Account == account })
}

// Denials lists what Lambda could not do in the roles of the functions that
// were invoked in an account: log, trace, read variables, mount.
func (s *Sandbox) Denials(account string) []Denial { return s.proxy.denials.list(account) }

// rolesAct asks at an invocation what the function's role may do. The function
// runs whatever the answer.
func rolesAct(e *emulator, d *denials) correction {
	return correction{
		operations: []string{"lambda.Invoke"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			name, qualifier := functionRef(x)
			if !d.due(x, name+":"+qualifier) {
				return nil, nil
			}
			config, err := e.functionConfig(ctx, x, name, qualifier)
			if err != nil || config == nil {
				return nil, err
			}
			wanted, err := e.actsOf(ctx, x, name, config)
			if err != nil {
				return nil, err
			}
			role := config.text("Role")
			for _, p := range wanted {
				allowed, err := e.roleMay(ctx, x, role, p)
				if err == nil && !allowed && p.action == "kms:Decrypt" {
					allowed, err = e.keyLets(ctx, x, role, p)
				}
				if err != nil {
					return nil, err
				}
				if !allowed {
					d.keep(Denial{x.call.Account, name, p.action, p.resource})
				}
			}
			return nil, nil
		}),
	}
}

// actsOf are the calls that a function's configuration leads to.
func (e *emulator) actsOf(ctx context.Context, x *exchange, name string, config object) ([]permission, error) {
	role := config.text("Role")
	completeLogging(config)
	wanted := x.logging(role, name, config.object("LoggingConfig").text("LogGroup"))
	if config.object("TracingConfig").text("Mode") == "Active" {
		wanted = append(wanted, x.tracing(role, name)...)
	}
	if key := config.text("KMSKeyArn"); key != "" && len(config.object("Environment").object("Variables")) > 0 {
		wanted = append(wanted, x.readingEnvironment(role, name, key))
	}
	systems, _ := config["FileSystemConfigs"].([]any)
	for _, entry := range systems {
		system, _ := entry.(map[string]any)
		arn := object(system).text("Arn")
		if serviceOf(arn) != "elasticfilesystem" {
			continue
		}
		point, err := e.accessPoint(ctx, x, arn[strings.LastIndex(arn, "/")+1:])
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, x.mounting(role, arn, point.text("FileSystemId"))...)
	}
	return wanted, nil
}

// keyLets reports whether a key's own policy lets the role in.
func (e *emulator) keyLets(ctx context.Context, x *exchange, role string, p permission) (bool, error) {
	_, answer, err := e.askJSON(ctx, x, "kms", "TrentService.GetKeyPolicy", object{"KeyId": p.resource, "PolicyName": "default"})
	if err != nil {
		return false, err
	}
	var document policyDocument
	if text := answer.text("Policy"); text != "" {
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			return false, fmt.Errorf("policy of %s: %w", p.resource, err)
		}
	}
	document.Statement = slices.DeleteFunc(document.Statement, func(s policyStatement) bool {
		return !slices.ContainsFunc(s.Principal["AWS"], func(who string) bool { return who == "*" || who == role })
	})
	return allows([]policyDocument{document}, p), nil
}
