package artifact

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// classLooked is how much of a class file is read, in bytes.
const classLooked = 1 << 20

// judgeClass wants the class file of com.example.Handler::method, at the root or
// in a jar of lib, and the method in it. A jar that cannot be read may hold it.
func (x *examination) judgeClass() error {
	file := x.run.handlerClass()
	f, found, open := x.find(file)
	switch {
	case open:
		return nil
	case found:
		text, err := f.head(classLooked)
		if err != nil {
			return err
		}
		x.judgeMethod(text)
		return nil
	case slices.Contains(x.jars, withClass):
		if len(x.classes) == 1 {
			x.judgeMethod(x.classes[0])
		}
		return nil
	case slices.Contains(x.jars, unreadJar):
		return nil
	}
	looked := "a jar below lib/"
	if len(x.jars) > 0 {
		looked = fmt.Sprintf("it in one of the %d jars of lib/", len(x.jars))
	}
	x.remark("handler", true, "The handler is not in the package", "Handler %q would be in %q, and the package has neither that nor %s. Correct the handler, or pack the classes at the root and their dependencies below lib/.", x.run.Handler, file, looked)
	return nil
}

// handlerInterfaces are those of aws-lambda-java-core. They bring no methods.
var handlerInterfaces = []string{"com/amazonaws/services/lambda/runtime/RequestHandler", "com/amazonaws/services/lambda/runtime/RequestStreamHandler"}

// judgeMethod wants a public method of the handler's name in its class, or an
// interface that Lambda calls where the handler names no method. What another
// class or interface brings cannot be seen.
func (x *examination) judgeMethod(text []byte) {
	class, ok := readClass(text)
	if !ok {
		return
	}
	name, method, named := strings.Cut(x.run.Handler, "::")
	alone := class.super == "java/lang/Object" && !slices.ContainsFunc(class.interfaces, func(i string) bool { return !slices.Contains(handlerInterfaces, i) })
	if !named {
		if alone && len(class.interfaces) == 0 {
			x.remark("handler", true, "The handler's class is no handler", "Class %s implements neither RequestHandler nor RequestStreamHandler, and handler %q names no method, so that every call fails. Write handler = %q with the method's name, or implement one of the two.",
				name, x.run.Handler, name+"::METHOD")
		}
		return
	}
	if slices.Contains(class.public, method) {
		return
	}
	detail, arguments := "Class %s has no public method %s, and Lambda calls it for handler %q, so that every call fails", []any{name, method, x.run.Handler}
	if slices.Contains(class.hidden, method) {
		detail = "Method %[2]s of class %[1]s is not public, and Lambda calls only public ones for handler %[3]q, so that every call fails"
	}
	if !alone {
		detail += ", unless a class or interface above it has it"
	}
	if near := nearestFirst(method, class.public); len(near) > 0 {
		detail += fmt.Sprintf(". The class has %s. Write handler = %q, or correct the class.", quoted(near), name+"::"+near[0])
	} else {
		detail += ". Correct the handler, or the class."
	}
	if alone {
		x.remark("handler", true, "The handler is not in its class", detail, arguments...)
	} else {
		x.remark("handler", false, "The handler is perhaps not in its class", detail, arguments...)
	}
}

// quoted is a list of names that goes into a format.
func quoted(names []string) string { return strings.ReplaceAll(named(names), "%", "%%") }

// javaClass is what a class file says of itself.
type javaClass struct {
	super          string
	interfaces     []string
	public, hidden []string // methods, without constructors
}

// The constants of a class file by their tags: how many bytes follow. Text has
// its length in front, and numbers of eight bytes take two places.
// https://docs.oracle.com/javase/specs/jvms/se25/html/jvms-4.html#jvms-4.4
var constantSizes = map[byte]int{3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}

const (
	constantText  = 1
	constantLong  = 5
	constantReal  = 6
	constantClass = 7
	classMagic    = 0xcafebabe
	publicMethod  = 0x0001
)

// reader reads numbers off a file until it ends.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.bad = true
		return make([]byte, max(0, min(n, 8)))
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) u2() int { return int(binary.BigEndian.Uint16(r.take(2))) }
func (r *reader) u4() int { return int(binary.BigEndian.Uint32(r.take(4))) }

// readClass reads a class file, or reports that it is none.
func readClass(text []byte) (javaClass, bool) {
	r := &reader{rest: text}
	if r.u4() != classMagic {
		return javaClass{}, false
	}
	r.take(4) // versions
	texts, classes := map[int]string{}, map[int]int{}
	for i, count := 1, r.u2(); i < count && !r.bad; i++ {
		switch tag := r.take(1)[0]; tag {
		case constantText:
			texts[i] = string(r.take(r.u2()))
		case constantClass:
			classes[i] = r.u2()
		default:
			size, known := constantSizes[tag]
			if !known {
				return javaClass{}, false
			}
			r.take(size)
			if tag == constantLong || tag == constantReal {
				i++
			}
		}
	}
	r.take(4) // flags and name
	class := javaClass{super: texts[classes[r.u2()]]}
	for range r.u2() {
		if r.bad {
			return class, false
		}
		class.interfaces = append(class.interfaces, texts[classes[r.u2()]])
	}
	r.members(func(int, string) {}, texts) // fields
	r.members(func(flags int, name string) {
		switch {
		case strings.HasPrefix(name, "<"):
		case flags&publicMethod != 0:
			class.public = append(class.public, name)
		default:
			class.hidden = append(class.hidden, name)
		}
	}, texts)
	return class, !r.bad && class.super != ""
}

// members reads fields or methods.
func (r *reader) members(each func(flags int, name string), texts map[int]string) {
	for range r.u2() {
		flags, name := r.u2(), texts[r.u2()]
		r.take(2) // type
		for range r.u2() {
			r.take(2)
			r.take(r.u4())
			if r.bad {
				return
			}
		}
		if r.bad {
			return
		}
		each(flags, name)
	}
}
