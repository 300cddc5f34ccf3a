package blueprint

// Async is what becomes of asynchronous invocations of the alias. An alias
// without a configuration of its own has Lambda's defaults.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
type Async struct {
	MaxRetries  Value[int64] `attr:"max_retries" doc:"How often a failed event is tried again."`
	MaxEventAge Value[int64] `attr:"max_event_age" doc:"Seconds that an event may wait before it is given up."`
	OnSuccess   String       `attr:"on_success" doc:"ARN of the destination of successes."`
	OnFailure   String       `attr:"on_failure" doc:"ARN of the destination of failures."`
}

// Lambda's own defaults of asynchronous invocations.
const (
	LambdaMaxRetries  = 2
	LambdaMaxEventAge = 21600 // seconds
)

// Unconfigured reports whether an alias without a configuration behaves so.
func (a Async) Unconfigured() bool {
	return a == Async{MaxRetries: Known[int64](LambdaMaxRetries), MaxEventAge: Known[int64](LambdaMaxEventAge)}
}

// ComponentAsync names the settings of asynchronous invocations.
const ComponentAsync = "asynchronous invocations"

// AsyncComponent describes them.
func AsyncComponent() Component {
	c := component(ComponentAsync, func(b *Blueprint) *Value[Async] { return &b.Async })
	c.With = ComponentFunction
	return c
}
