package rules

// OnDestroy says what becomes of an object that still holds something.
var OnDestroy = Choice{
	Name: "on_destroy", Values: []string{"refuse", "force"},
	Why: "A queue is not deleted with messages in it unless that is asked for",
}
