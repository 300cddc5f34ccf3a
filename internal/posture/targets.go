package posture

import (
	"maps"
	"slices"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// deadLetters is the queue that dead letters go to: the unit's own, or a given
// one as far as it was looked at.
func (s *subject) deadLetters() bp.Value[bp.Queue] {
	if !s.Queue.IsNull() {
		return s.Queue
	}
	arn, known := s.function.DeadLetterARN.Get()
	switch {
	case !known || !bp.IsQueueARN(arn):
		return s.Queue
	case s.facts.Around == nil:
		return bp.Unknown[bp.Queue]()
	}
	return s.facts.Around.Queue
}

// awaitedQueue is the given dead-letter queue while nobody has looked at it.
func (s *subject) awaitedQueue() string {
	if s.facts.Around == nil && s.Queue.IsNull() && bp.ServiceOf(s.function.DeadLetterARN.Or("")) == "sqs" {
		return s.function.DeadLetterARN.Or("")
	}
	return ""
}

// unreadQueue is why the given dead-letter queue could not be read, empty if it was.
func (s *subject) unreadQueue() string {
	if around := s.facts.Around; around != nil && s.Queue.IsNull() {
		if w := around.Targets[s.function.DeadLetterARN.Or("")]; w.Unread != "" {
			return "queue " + s.function.DeadLetterARN.Or("") + " " + w.Unread
		}
	}
	return ""
}

// deadLetterQueue judges the queue that dead letters go to.
func (s *subject) deadLetterQueue(judge func(bp.Queue) answer) answer {
	if why := s.unreadQueue(); why != "" {
		return answer{outcome: Unknown, evidence: why, unread: true}
	}
	if arn := s.awaitedQueue(); arn != "" {
		return unsure("queue " + arn)
	}
	return component("dead-letter queue", s.deadLetters(), judge)
}

func queueGrants(queue bp.Value[bp.Queue]) grants {
	q, exists := queue.Get()
	policy, _ := q.Policy.Get()
	g := grants{exists: exists || queue.IsUnknown(), open: queue.IsUnknown() || q.Policy.IsUnknown() || policy.TLS.IsUnknown()}
	g.add(policy.Statements())
	g.addForeign("dead-letter queue", policy.Unexpected)
	return g
}

// targetGrants are those of everything that Lambda delivers to.
func (s *subject) targetGrants() grants {
	g := queueGrants(s.Queue)
	async, _ := s.Async.Get()
	seen := map[string]bool{}
	for i, arn := range []bp.String{s.function.DeadLetterARN, async.OnSuccess, async.OnFailure} {
		text, known := arn.Get()
		if arn.IsUnknown() && (i > 0 || s.Queue.IsNull()) {
			g.exists, g.open = true, true
		} else if known {
			s.addTarget(&g, text)
			seen[text] = true
		}
	}
	around := s.facts.Around
	if around == nil {
		return g
	}
	for _, qualifier := range slices.Sorted(maps.Keys(around.Destinations)) {
		for _, arn := range around.Destinations[qualifier] {
			if !seen[arn] {
				s.addTarget(&g, arn)
				seen[arn] = true
			}
		}
	}
	if around.Unlisted != "" {
		g.addWriting("what becomes of asynchronous invocations", bp.Writing{Unread: around.Unlisted})
	}
	return g
}

// addTarget adds the policy of what Lambda delivers to.
func (s *subject) addTarget(g *grants, arn string) {
	service := bp.ServiceOf(arn)
	switch {
	case s.owns(arn) || service == "lambda":
		// A function keeps nothing that others could read.
	case service == "s3":
		g.addWriting(arn, bp.Writing{Unread: "is a bucket, whose policy this release does not read"})
	case service == "events":
		g.addWriting(arn, bp.Writing{Unread: "is an event bus, whose policy this release does not read"})
	case s.facts.Around == nil:
		g.await(arn)
	default:
		w, looked := s.facts.Around.Targets[arn]
		if !looked {
			w = bp.Writing{Unread: "was not looked at"}
		}
		g.addWriting(arn, w)
	}
}

// owns reports whether a queue is the unit's.
func (s *subject) owns(arn string) bool {
	queue, _ := s.Queue.Get()
	return queue.ARN == bp.Known(arn)
}
