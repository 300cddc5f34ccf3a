package conditions

import (
	"net/http"
	"sync"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Consistency is how long reads go on answering what they would have answered
// before a write. Writes are never delayed, and what Lambda and other services
// know is not affected. The zero value is none: every read shows every write.
type Consistency struct {
	// Queues is how long a new queue does not exist.
	Queues time.Duration
	// QueueAttributes: GetQueueAttributes after SetQueueAttributes, and after
	// DeleteQueue.
	QueueAttributes time.Duration
	// Keys: rotation, policy and aliases of KMS keys. The policy that a key is
	// created with is there at once.
	Keys time.Duration
	// Roles: roles, their policies, and the default version of a policy.
	Roles time.Duration
}

// AsAWS is the consistency that AWS documents or is known for, divided by a
// scale for tests whose clock runs faster.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
// https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
func AsAWS(scale float64) Consistency {
	over := func(d time.Duration) time.Duration { return time.Duration(float64(d) / scale) }
	return Consistency{
		Queues: over(time.Second), QueueAttributes: over(time.Minute), Keys: over(30 * time.Second), Roles: over(15 * time.Second),
	}
}

// past is what a read was answered before a write, until the write shows.
type past struct {
	until  time.Time
	answer *wire.Answer
	code   string // of an error
}

// pastStore keeps the pasts of all reads, the oldest first.
type pastStore struct {
	mu    sync.Mutex
	pasts map[string][]past
}

// put notes a past. What was written earlier shows earlier, unless its lag is
// longer: then nothing of the later write shows before it either.
func (s *pastStore) put(key string, p past) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pasts == nil {
		s.pasts = map[string][]past{}
	}
	s.pasts[key] = append(s.pasts[key], p)
}

// get is what the read still sees; false is the present.
func (s *pastStore) get(key string, now time.Time) (past, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range s.pasts[key] {
		if now.Before(p.until) {
			s.pasts[key] = s.pasts[key][i:]
			return p, true
		}
	}
	delete(s.pasts, key)
	return past{}, false
}

// Lag is the step that shows the past.
func (c *Store) Lag(next wire.Handler) wire.Handler {
	return func(w http.ResponseWriter, x *wire.Exchange) {
		consistency := c.of(x.Call.Account).Consistency
		if consistency == (Consistency{}) {
			next(w, x)
			return
		}
		if key, shown := shownBy(x); shown {
			if old, lasts := c.pasts.get(key, time.Now()); lasts {
				x.Call.ErrorCode = old.code
				selected(x, old.answer).Send(w)
				return
			}
		}
		reads := hiddenBy(x)
		if len(reads) == 0 {
			next(w, x)
			return
		}
		pasts := make([]past, len(reads))
		for i, read := range reads {
			pasts[i] = read.before(x, next)
		}
		written := wire.NewAnswer()
		next(written, x)
		if written.Status < http.StatusMultipleChoices {
			for i, read := range reads {
				pasts[i].until = time.Now().Add(read.lag(consistency))
				c.pasts.put(x.Scoped(read.key()), pasts[i])
			}
		}
		written.Send(w)
	}
}
