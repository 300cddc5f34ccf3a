package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
)

// Answer is a buffered response.
type Answer struct {
	Status int
	header http.Header
	Body   []byte
}

// NewAnswer is an answer that somebody still has to write.
func NewAnswer() *Answer { return &Answer{header: http.Header{}} }

// AnswerOf is an answer that is there already.
func AnswerOf(status int, header http.Header, body []byte) *Answer {
	return &Answer{Status: status, header: header, Body: body}
}

// Header implements http.ResponseWriter.
func (a *Answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *Answer) WriteHeader(status int) {
	if a.Status < http.StatusOK {
		a.Status = status
	}
}

// Write implements http.ResponseWriter.
func (a *Answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.Body = append(a.Body, p...)
	return len(p), nil
}

// Send passes the answer on to the client.
func (a *Answer) Send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // fails only when the client is gone
}

// SetJSON replaces the body.
func (a *Answer) SetJSON(value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encoding an answer: %w", err)
	}
	a.Body = body
	return nil
}
