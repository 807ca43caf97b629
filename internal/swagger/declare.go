// Package swagger says what a call takes, as Maventa's Swagger file declares it,
// and reads and checks what came: queries, JSON bodies and forms.
package swagger

// Kind is the type of a field.
type Kind uint8

// The kinds.
const (
	KindText Kind = iota
	KindBool
	KindInteger
	KindNumber
	KindDate
	KindTime
	KindList   // of texts
	KindObject // without fields: any object
	KindFile
)

// Field is one query parameter, form field or body member.
type Field struct {
	Name   string
	Kind   Kind
	Must   bool     // required
	Values []string // of a text, or of each item of a list
	Most   int      // characters of a text or items of a list; zero: no limit
	Fields Fields   // of an object
}

// Fields is a list of declarations. The methods change all of them.
type Fields []Field

func declare(kind Kind, names []string) Fields {
	fs := make(Fields, 0, len(names))
	for _, name := range names {
		fs = append(fs, Field{Name: name, Kind: kind})
	}
	return fs
}

// Text declares texts.
func Text(names ...string) Fields { return declare(KindText, names) }

// Flag declares booleans.
func Flag(names ...string) Fields { return declare(KindBool, names) }

// Whole declares integers.
func Whole(names ...string) Fields { return declare(KindInteger, names) }

// Number declares decimal numbers.
func Number(names ...string) Fields { return declare(KindNumber, names) }

// Day declares dates, YYYY-MM-DD.
func Day(names ...string) Fields { return declare(KindDate, names) }

// Moment declares instants as of RFC 3339.
func Moment(names ...string) Fields { return declare(KindTime, names) }

// List declares lists of texts.
func List(names ...string) Fields { return declare(KindList, names) }

// File declares files of a form.
func File(names ...string) Fields { return declare(KindFile, names) }

// Nested declares an object.
func Nested(name string, of ...Fields) Fields {
	return Fields{{Name: name, Kind: KindObject, Fields: Join(of...)}}
}

// Join puts declarations together.
func Join(parts ...Fields) Fields {
	var all Fields
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

func (fs Fields) each(change func(f *Field)) Fields {
	for i := range fs {
		change(&fs[i])
	}
	return fs
}

// Must makes the fields required.
func (fs Fields) Must() Fields { return fs.each(func(f *Field) { f.Must = true }) }

// Of says which values are good.
func (fs Fields) Of(values ...string) Fields { return fs.each(func(f *Field) { f.Values = values }) }

// UpTo limits the characters of texts and the items of lists.
func (fs Fields) UpTo(n int) Fields { return fs.each(func(f *Field) { f.Most = n }) }

// Media is the content type of a request's body.
type Media uint8

// The content types.
const (
	MediaNone Media = iota
	MediaJSON
	MediaForm // multipart/form-data
)

// Spec is what a call takes.
type Spec struct {
	Query Fields
	Body  Fields
	Media Media
}

// Nothing is a call that takes nothing.
func Nothing() Spec { return Spec{} }

// Query is a call that takes query parameters.
func Query(parts ...Fields) Spec { return Spec{Query: Join(parts...)} }

// JSON is a call that takes a JSON object.
func JSON(parts ...Fields) Spec { return Spec{Body: Join(parts...), Media: MediaJSON} }

// Form is a call that takes a multipart form.
func Form(parts ...Fields) Spec { return Spec{Body: Join(parts...), Media: MediaForm} }

// And adds query parameters.
func (s Spec) And(parts ...Fields) Spec {
	s.Query = append(s.Query, Join(parts...)...)
	return s
}
