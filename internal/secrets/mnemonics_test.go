package secrets

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// phrase draws one with a checksum.
func phrase(d drawn, words int) string {
	entropy := []byte(d.of(mixedCase, words*4/3))
	sum := sha256.Sum256(entropy)
	bits := new(big.Int).SetBytes(append(entropy, sum[0]))
	bits.Rsh(bits, uint(8-words/3))
	list := strings.Fields(phraseWords)
	out := make([]string, words)
	for at := range words {
		number := new(big.Int).And(new(big.Int).Rsh(bits, uint(11*(words-1-at))), big.NewInt(2047))
		out[at] = list[number.Int64()]
	}
	return strings.Join(out, " ")
}

// shuffled is a phrase whose checksum is wrong, most of the time.
func shuffled(d drawn, words int) string {
	out := strings.Fields(phrase(d, words))
	d.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return strings.Join(out, " ")
}

// TestPhrases prints how many phrases are found, and how often prose is taken for one.
func TestPhrases(t *testing.T) {
	t.Parallel()
	d := drawn{rand.New(rand.NewPCG(20261130, 3))}
	found, all := 0, 0
	want := func(name, value string) {
		t.Helper()
		all++
		if _, is := Find(name, value); is {
			found++
		} else {
			t.Errorf("not found: %s = %s", name, value)
		}
	}
	for _, length := range phraseLengths {
		for range 3 {
			want("UPSTREAM", phrase(d, length))
			want("MNEMONIC", shuffled(d, length))
			want("WALLET_WORDS", strings.ReplaceAll(phrase(d, length), " ", ","))
			want("BACKUP", strings.ReplaceAll(phrase(d, length), " ", "-"))
			want("CONFIG", fmt.Sprintf(`{"signer": {"phrase": %q}}`, phrase(d, length)))
		}
	}
	want("DEPLOYER", strings.Repeat("abandon ", 11)+"about")
	want("DEPLOYER", "legal winner thank year wave sausage worth useful legal winner thank yellow")
	if lines := Scan("wallet.ts", []byte("import x\nconst mnemonic = '"+phrase(d, 12)+"'\n"), false); len(lines) != 1 || lines[0] != (Found{2, InPhrase}) {
		t.Errorf("in code: %v", lines)
	}
	alarms, passages := 0, 0
	guides, err := filepath.Glob("../../templates/guides/*.md*")
	if err != nil || len(guides) < 10 {
		t.Fatal(guides, err)
	}
	for _, guide := range guides {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		words := regexp.MustCompile(`[a-z]+`).FindAllString(strings.ToLower(string(text)), -1)
		for at := range words {
			for _, length := range phraseLengths {
				if at+length > len(words) {
					continue
				}
				passages++
				if value := strings.Join(words[at:at+length], " "); inPhrase("NOTE", value) {
					alarms++
					t.Errorf("false alarm: %s", value)
				}
			}
		}
	}
	for _, value := range []string{
		"orders invoices refunds payments customers items carts shipments returns coupons taxes events", "red green blue red green blue red green blue red green blue",
		"one two three four five six seven eight nine ten eleven twelve", "monday tuesday wednesday thursday friday saturday sunday monday tuesday wednesday thursday friday",
		"reads orders from the queue and writes them into the table for reports", "get put post delete head options patch trace connect get put post",
	} {
		passages++
		if reason, is := Find("LIST", value); is {
			alarms++
			t.Errorf("false alarm: %s: %s", value, reason)
		}
	}
	if passages < 50_000 {
		t.Errorf("only %d passages", passages)
	}
	printed(t, fmt.Sprintf("%d of %d recovery phrases found, %d false alarms on every passage of these guides", found, all, alarms))
}

// TestKeys finds secrets in the keys of tags, and does not repeat them.
func TestKeys(t *testing.T) {
	t.Parallel()
	d := drawn{rand.New(rand.NewPCG(20261130, 4))}
	found, all := 0, 0
	for _, key := range []string{
		"ghp_" + d.of(mixedCase, 36), "AKIA" + d.of(upper, 16), "sk_live_" + d.of(mixedCase, 24), "dckr_pat_" + d.of(mixedCase, 27), "token=" + d.of(mixedCase, 24),
		"password:Winter" + d.of(digits, 3) + "!", "https://app:" + d.of(mixedCase, 12) + "@db.internal", "deploy/glpat-" + d.of(mixedCase, 20), d.jwt(),
		"db-password/Summer" + d.of(digits, 4) + "!", "api_key=" + d.of(hexadecimal, 32), b64("ghp_" + d.of(mixedCase, 36)),
	} {
		all++
		got := Under("tags", map[string]string{key: "prod"})
		switch {
		case len(got) != 1:
			t.Errorf("not found: %s: %v", key, got)
		case strings.Contains(got[0], key), !strings.HasPrefix(got[0], "a key of tags ("):
			t.Errorf("%s: %s", key, got[0])
		default:
			found++
		}
	}
	if got := Under("default_tags", map[string]string{"ghp_" + d.of(mixedCase, 36): "glpat-" + d.of(mixedCase, 20)}); len(got) != 1 || got[0] != "a key of default_tags (github-pat)" {
		t.Errorf("key and value: %v", got)
	}
	alarms, keys := 0, 0
	others := strings.Fields(`Name Owner CostCenter cost-center team:orders aws:cloudformation:stack-name aws:cloudformation:stack-id kubernetes.io/cluster/orders
		kubernetes.io/created-for/pvc/name secure:unit secure:managed-by data-classification password-policy secret:name token:ttl auth:oauth2 user:application
		backup/daily-35 Schedule:08-18 compliance/pci-dss owner:team@example.com terraform.io/workspace elasticbeanstalk:environment-id lambda:createdBy
		map-migrated d-server-01a2b3c4d5e6f7 com.example.orders/version git_commit git:sha app.kubernetes.io/part-of karpenter.sh/discovery key:orders session:ttl=300`)
	for _, s := range corpusBenign() {
		others = append(others, s.name)
	}
	others = append(others, strings.Fields(namesOfOthers)...)
	for _, key := range others {
		keys++
		if reason, is := InKey(key); is {
			alarms++
			t.Errorf("false alarm: %s: %s", key, reason)
		}
	}
	printed(t, fmt.Sprintf("%d of %d keys of tags found that are secrets themselves, %d false alarms on %d keys", found, all, alarms, keys))
}
