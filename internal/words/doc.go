// Package words holds what people read, texts of the provider and pages alike, against a
// list of phrases that make a reader stumble. words.txt has the phrase and what to write.
package words
