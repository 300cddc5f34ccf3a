package api

import (
	"errors"
	"sync"
	"testing"
)

func TestMemo_RemembersWhatLasts(t *testing.T) {
	t.Parallel()
	var m Memo[int]
	asked := map[string]int{}
	load := func(key string, lasts bool, err error) {
		got, failed := m.Load(key, func() (int, bool, error) { asked[key]++; return len(key), lasts, err })
		if got != len(key) || !errors.Is(failed, err) {
			t.Errorf("%s: %d, %v", key, got, failed)
		}
	}
	for range 3 {
		load("there", true, nil)
		load("missing", false, nil)
		load("broken", true, errors.ErrUnsupported)
	}
	if asked["there"] != 1 || asked["missing"] != 3 || asked["broken"] != 3 {
		t.Errorf("asked %v", asked)
	}
}

func TestMemo_AsksOnceForAllWhoWait(t *testing.T) {
	t.Parallel()
	var m Memo[int]
	asked := 0
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			_, _ = m.Load("key", func() (int, bool, error) { asked++; return 1, true, nil })
		})
	}
	wait.Wait()
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
