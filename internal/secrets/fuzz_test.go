package secrets

import "testing"

// FuzzScan looks into anything under names of every form, and does not fall.
func FuzzScan(f *testing.F) {
	for _, s := range adversarial() {
		f.Add(s.value)
	}
	f.Add("\xf3\r\r\n" + "0123456789ab" + "\xe3\x00\x00\x00\x00")
	f.Add("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02\x00\x01a" + string(make([]byte, 40)))
	f.Add(string(pkcs8()))
	f.Fuzz(func(_ *testing.T, text string) {
		for _, name := range []string{"a.pyc", "a.json", "a.yaml", ".env", "a.xml", "a.p12", "terraform.tfstate"} {
			Scan(name, []byte(text), false)
			KeyFile(name, []byte(text))
		}
		Find("DB_PASSWORD", text)
		Find("CONFIG", text)
	})
}
