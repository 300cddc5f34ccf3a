package wire

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestCBOR_ReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	value := map[string]any{
		"null": nil, "yes": true, "no": false, "small": int64(1), "large": int64(1 << 40), "negative": int64(-500),
		"float": 0.25, "text": strings.Repeat("x", 300), "bytes": []byte{1, 2},
		"list": []any{int64(30), "a", []any{}}, "time": taggedCBOR{1, 1.5}, "map": map[string]any{"k": "v"},
	}
	got, err := decodeCBOR(AppendCBOR(nil, value))
	if err != nil || !reflect.DeepEqual(got, value) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestCBOR_ReadsOpenEndedCollectionsAndShortFloats(t *testing.T) {
	t.Parallel()
	got, err := decodeCBOR([]byte("\xbf\x61a\x9f\x01\x02\xff\x61b\xfa\x3f\x80\x00\x00\xff"))
	want := map[string]any{"a": []any{int64(1), int64(2)}, "b": 1.0}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestCBOR_RefusesWhatIsBroken(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\x62a", "\x82\x01", "\xa1\x61a", "\x9f\x01", "\x01\x01", "\xfc", strings.Repeat("\x81", 100)} {
		if got, err := decodeCBOR([]byte(text)); !errors.Is(err, errCBOR) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
