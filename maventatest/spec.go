package maventatest

import (
	"maps"

	"github.com/maventa-go/maventa/internal/operation"
)

// kind is the type of a field.
type kind uint8

const (
	kindText kind = iota
	kindBool
	kindInteger
	kindNumber
	kindDate
	kindTime
	kindList   // of texts
	kindObject // without fields: any object
	kindFile
)

// field is one query parameter, form field or body member as the Swagger file
// declares it.
type field struct {
	name   string
	kind   kind
	must   bool     // required
	values []string // of a text, or of each item of a list
	most   int      // characters of a text or items of a list; zero: no limit
	fields fields   // of an object
}

// fields is a list of declarations. The methods change all of them.
type fields []field

func declare(k kind, names []string) fields {
	fs := make(fields, 0, len(names))
	for _, name := range names {
		fs = append(fs, field{name: name, kind: k})
	}
	return fs
}

func txt(names ...string) fields    { return declare(kindText, names) }
func flag(names ...string) fields   { return declare(kindBool, names) }
func whole(names ...string) fields  { return declare(kindInteger, names) }
func number(names ...string) fields { return declare(kindNumber, names) }
func day(names ...string) fields    { return declare(kindDate, names) }
func moment(names ...string) fields { return declare(kindTime, names) }
func list(names ...string) fields   { return declare(kindList, names) }
func file(names ...string) fields   { return declare(kindFile, names) }

func nested(name string, of ...fields) fields {
	return fields{{name: name, kind: kindObject, fields: join(of)}}
}

func (fs fields) each(change func(f *field)) fields {
	for i := range fs {
		change(&fs[i])
	}
	return fs
}

func (fs fields) must() fields { return fs.each(func(f *field) { f.must = true }) }

func (fs fields) of(values ...string) fields {
	return fs.each(func(f *field) { f.values = values })
}

func (fs fields) upTo(n int) fields { return fs.each(func(f *field) { f.most = n }) }

func join(parts []fields) fields {
	var all fields
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// Content types of a request's body.
const (
	mediaNone = iota
	mediaJSON
	mediaForm // multipart/form-data
)

// spec is what a call takes.
type spec struct {
	query fields
	body  fields
	media int
}

func nothing() spec                     { return spec{} }
func query(parts ...fields) spec        { return spec{query: join(parts)} }
func jsonBody(parts ...fields) spec     { return spec{body: join(parts), media: mediaJSON} }
func formBody(parts ...fields) spec     { return spec{body: join(parts), media: mediaForm} }
func (s spec) and(parts ...fields) spec { s.query = append(s.query, join(parts)...); return s }

// axCall is one call of AX: what it takes, as the Swagger file says, and what it
// does once that is checked.
type axCall struct {
	spec   spec
	handle handler
}

type axCalls map[operation.ID]axCall

// allAXCalls are the tables of the subjects. A call that is missing here and in
// the handlers of router.go is found by a test.
func allAXCalls() axCalls {
	all := axCalls{}
	for _, group := range []axCalls{
		invoiceCalls, companyCalls, companyUserCalls, companiesCalls, notificationCalls, partnerCalls, lookupCalls,
		documentCalls, definitionCalls, creditCalls, serviceCalls, bankMessageCalls,
	} {
		maps.Copy(all, group)
	}
	return all
}

// withAX adds the calls of AX to the handlers of the core: each checks what it
// was given before it acts.
func withAX(core map[operation.ID]handler) map[operation.ID]handler {
	for id, one := range allAXCalls() {
		core[id] = func(c *call) (any, error) {
			if err := c.read(one.spec); err != nil {
				return nil, err
			}
			return one.handle(c)
		}
	}
	return core
}
