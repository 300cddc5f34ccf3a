package main

import "testing"

const apart = "# Page\n\n" +
	"<a id=\"nestedatt--alarms\"></a>\n### Nested Schema for `alarms`\n\n- `errors` (see [below](#nestedatt--alarms--errors))\n\n" +
	"<a id=\"nestedatt--alarms--errors\"></a>\n### Nested Schema for `alarms.errors`\n\n- `metric` ([below](#nestedatt--alarms--errors--metric))\n\n\n" +
	"<a id=\"nestedatt--alarms--errors--metric\"></a>\n### Nested Schema for `alarms.errors.metric`\n\n- `name`\n\n" +
	"<a id=\"nestedatt--alarms--throttles\"></a>\n### Nested Schema for `alarms.throttles`\n\n- `metric` ([below](#nestedatt--alarms--throttles--metric))\n\n" +
	"<a id=\"nestedatt--alarms--throttles--metric\"></a>\n### Nested Schema for `alarms.throttles.metric`\n\n- `name`\n\n" +
	"<a id=\"nestedatt--other\"></a>\n### Nested Schema for `other`\n\n- `name`\n"

const together = "# Page\n\n" +
	"<a id=\"nestedatt--alarms\"></a>\n### Nested Schema for `alarms`\n\n- `errors` (see [below](#nestedatt--alarms--errors))\n\n" +
	"<a id=\"nestedatt--alarms--errors\"></a>\n<a id=\"nestedatt--alarms--throttles\"></a>\n### Nested Schema for `alarms.*`\n\nThe same for `errors` and `throttles`.\n\n- `metric` ([below](#nestedatt--alarms--errors--metric))\n\n" +
	"<a id=\"nestedatt--alarms--errors--metric\"></a>\n<a id=\"nestedatt--alarms--throttles--metric\"></a>\n### Nested Schema for `alarms.*.metric`\n\nThe same for `errors` and `throttles`.\n\n- `name`\n\n" +
	"<a id=\"nestedatt--other\"></a>\n### Nested Schema for `other`\n\n- `name`\n"

func TestJoined_SaysOnceWhatIsAlike(t *testing.T) {
	t.Parallel()
	if got := joined(apart); got != together {
		t.Errorf("got:\n%s\nwant:\n%s", got, together)
	}
	if got := joined(together); got != together {
		t.Errorf("a second time:\n%s", got)
	}
	const plain = "# Page\n\nNothing nested.\n"
	if got := joined(plain); got != plain {
		t.Errorf("got:\n%s", got)
	}
}
