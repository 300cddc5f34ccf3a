package secrets

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the words of phrases
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// InPhrase is the words that a wallet is restored from.
const InPhrase Reason = "recovery phrase of a wallet"

//go:embed bip39/english.txt
var phraseWords string

// numbers are those of the words of phrases.
// https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
var numbers = sync.OnceValue(func() map[string]int64 {
	out := map[string]int64{}
	for word := range strings.FieldsSeq(phraseWords) {
		out[word] = int64(len(out))
	}
	return out
})

// phraseLengths are how many words there may be.
var phraseLengths = []int{12, 15, 18, 21, 24}

// phraseNames are words of names that such phrases go under.
var phraseNames = []string{"mnemonic", "mnemonics", "seed", "phrase", "seedphrase", "wallet", "words", "recovery", "backup", "bip"}

// inPhrase wants words of the list, and that the last one is a checksum of the
// others. Under a name that speaks of phrases the words alone say enough, and other
// signs may be between them.
func inPhrase(name, value string) bool {
	const shortestWord, longestWord = 3, 8
	if len(value) < 12*(shortestWord+1)-1 || len(value) > 24*(longestWord+6) {
		return false
	}
	between := " \n\r\t"
	said := slices.ContainsFunc(splitName(name), func(w string) bool { return slices.Contains(phraseNames, w) })
	if said {
		between += ",;-_.:)0123456789"
	}
	words := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return strings.ContainsRune(between, r) })
	if !slices.Contains(phraseLengths, len(words)) {
		return false
	}
	bits := new(big.Int)
	for _, word := range words {
		number, is := numbers()[word]
		if !is {
			return false
		}
		bits.Or(bits.Lsh(bits, 11), big.NewInt(number))
	}
	return said || sealed(bits, len(words))
}

// sealed checks the last bits of a phrase, one for every three words, which are the
// first of the digest of those before.
func sealed(bits *big.Int, words int) bool {
	ofSum := uint(words / 3)
	entropy := new(big.Int).Rsh(bits, ofSum).FillBytes(make([]byte, words*4/3))
	sum := sha256.Sum256(entropy)
	last := new(big.Int).And(bits, big.NewInt(1<<ofSum-1)).Int64()
	return int64(sum[0]>>(8-ofSum)) == last
}

var (
	// ofPhrase is in lines of code that speak of a phrase.
	ofPhrase   = [][]byte{[]byte("nemonic"), []byte("NEMONIC"), []byte("hrase"), []byte("HRASE"), []byte("seed"), []byte("Seed"), []byte("SEED"), []byte("allet"), []byte("WALLET")}
	phraseLike = regexp.MustCompile(`\b[a-z]{3,8}(?: [a-z]{3,8}){11,23}\b`)
)

func speaksOfPhrase(text []byte) bool {
	return slices.ContainsFunc(ofPhrase, func(mark []byte) bool { return bytes.Contains(text, mark) })
}

// phrases finds phrases in lines that speak of them.
func phrases(text []byte) []Found {
	if !speaksOfPhrase(text) {
		return nil
	}
	var found []Found
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if len(line) > longLine || !speaksOfPhrase(line) {
			continue
		}
		for _, words := range phraseLike.FindAll(line, -1) {
			if inPhrase("phrase", string(words)) {
				found = append(found, Found{number, InPhrase})
			}
		}
	}
	return found
}
