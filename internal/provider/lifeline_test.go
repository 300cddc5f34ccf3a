package provider

import (
	"context"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestLifeline(t *testing.T) {
	t.Parallel()
	const us, orphanage = 100, 1
	type story = func(l *lifeline, told chan<- os.Signal, parent *atomic.Int64, left *atomic.Bool)
	watched := func(name string, do story) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(*testing.T) {
				l, told := newLifeline(), make(chan os.Signal, 1)
				var parent atomic.Int64
				var left atomic.Bool
				parent.Store(us)
				go l.watch(told, func() int { return int(parent.Load()) }, func() { left.Store(true) })
				synctest.Wait()
				do(l, told, &parent, &left)
				parent.Store(orphanage)
				time.Sleep(mostAfterStop + time.Minute) // whatever happened, it leaves
				if !left.Load() {
					t.Error("it never leaves")
				}
			})
		})
	}
	watched("a signal cancels what is under way, and nothing begins after it", func(l *lifeline, told chan<- os.Signal, _ *atomic.Int64, left *atomic.Bool) {
		ctx, end, err := l.begin(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		told <- syscall.SIGTERM
		<-ctx.Done()
		if cause := context.Cause(ctx); cause == nil || !strings.Contains(cause.Error(), "told to stop (terminated)") {
			t.Errorf("the cause is %v", cause)
		}
		if _, _, err := l.begin(context.Background()); err == nil {
			t.Error("new work begins")
		}
		end()
		time.Sleep(time.Minute)
		if left.Load() {
			t.Error("it leaves while Terraform is there")
		}
	})
	watched("without Terraform it ends what is under way and leaves", func(l *lifeline, _ chan<- os.Signal, parent *atomic.Int64, left *atomic.Bool) {
		ctx, end, err := l.begin(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		parent.Store(orphanage)
		<-ctx.Done()
		time.Sleep(20 * time.Second)
		if left.Load() {
			t.Error("it leaves in the middle of a change")
		}
		end()
		time.Sleep(2 * parentLooked)
		if !left.Load() {
			t.Error("it does not leave")
		}
	})
	watched("after a bound it leaves whatever is under way", func(l *lifeline, told chan<- os.Signal, _ *atomic.Int64, left *atomic.Bool) {
		if _, _, err := l.begin(context.Background()); err != nil {
			t.Fatal(err)
		}
		told <- syscall.SIGHUP
		time.Sleep(mostAfterStop - time.Second)
		if left.Load() {
			t.Error("it leaves before the bound")
		}
		time.Sleep(2 * time.Second)
		if !left.Load() {
			t.Error("it stays")
		}
	})
}
