package swagger

import (
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"testing"
)

func TestReadTexts(t *testing.T) {
	fs := Join(
		Text("name").Must().UpTo(5), Text("lang").Of("FI", "SE"), Flag("on"), Whole("n"), Number("sum"), Day("day"), Moment("at"),
		List("ids").UpTo(2), List("status").Must().Of("A", "B"), Text("files[n][type]").Of("X"), File("file").Must(),
	)
	for query, want := range map[string]struct {
		in       Values
		problems []string
	}{
		"name=abc&status=A": {Values{"name": "abc", "status": []string{"A"}}, nil},
		"name=%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4&lang=FI&on=true&n=-3&sum=1.50&day=2026-10-01&at=2026-10-01T10:00:00Z&ids=1,2&status=A,B": {Values{
			"name": "äääää", "lang": "FI", "on": true, "n": -3, "sum": json.Number("1.50"), "day": "2026-10-01",
			"at": "2026-10-01T10:00:00Z", "ids": []string{"1", "2"}, "status": []string{"A", "B"},
		}, nil},
		"name=a&status=A&files[0][type]=X&files[12][type]=X&other=1": {Values{
			"name": "a", "status": []string{"A"}, "files[0][type]": "X", "files[12][type]": "X",
		}, nil},
		"": {Values{}, []string{"name is missing", "status is missing"}},
		"name=&status=": {Values{"status": []string(nil)}, []string{
			"name is empty", "status is empty",
		}},
		"name=abcdef&lang=EN&on=1&n=x&sum=1,5&day=1.10.2026&at=2026-10-01&ids=1,2,3&status=C&files[3][type]=Y": {
			Values{"ids": []string{"1", "2", "3"}, "status": []string{"C"}}, []string{
				"name must have at most 5 characters", "lang does not have a valid value", "on is invalid", "n is invalid", "sum is invalid",
				"day is invalid", "at is invalid", "ids must have at most 2 items", "status does not have a valid value",
				"files[3][type] does not have a valid value",
			},
		},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		r := &Reader{}
		in := r.ReadTexts(fs, values)
		for name, value := range in { // an empty list is one
			if items, ok := value.([]string); ok && len(items) == 0 {
				in[name] = []string(nil)
			}
		}
		if !reflect.DeepEqual(in, want.in) || !slices.Equal(r.Problems, want.problems) {
			t.Errorf("%s: %v, %q\nwant %v, %q", query, in, r.Problems, want.in, want.problems)
		}
	}
}

func TestArrays(t *testing.T) {
	const comma, repeated, brackets = "ids=1,2", "ids=1&ids=2", "ids[]=1&ids[]=2"
	for form, good := range map[string][]string{
		"": {comma, repeated, brackets}, ArrayComma: {comma}, ArrayRepeated: {repeated}, ArrayBrackets: {brackets},
	} {
		for _, query := range []string{comma, repeated, brackets} {
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			r := &Reader{Arrays: form}
			got := r.ReadTexts(List("ids"), values).List("ids")
			ok := len(r.Problems) == 0 && slices.Equal(got, []string{"1", "2"})
			if form == ArrayRepeated && query == comma { // one item with a comma in it
				ok = !slices.Equal(got, []string{"1,2"})
			}
			if ok != slices.Contains(good, query) {
				t.Errorf("%q in the form %q: %q, %q", query, form, got, r.Problems)
			}
		}
	}
	r := &Reader{}
	r.ReadTexts(List("ids"), url.Values{"ids": {"1"}})
	if r.Facts != nil {
		t.Errorf("one item leans on %q", r.Facts)
	}
	r.ReadTexts(List("ids"), url.Values{"ids": {"1,2"}})
	if len(r.Facts) != 1 {
		t.Errorf("two items lean on %q", r.Facts)
	}
}

func TestReadForm(t *testing.T) {
	form := &Upload{
		Values: url.Values{"name": {"a"}, "image": {"text"}, "files[0][type]": {"X"}, "list[]": {"1"}, "colour": {"red"}, "size[0]": {"1"}},
		Files:  []*UploadedFile{{Field: "file"}},
	}
	r := &Reader{}
	in, unread := r.ReadForm(Join(File("file", "image", "more").Must(), File("optional"), Text("name", "files[n][type]"), List("list")), form)
	if !slices.Equal(r.Problems, []string{"image is invalid", "more is missing"}) || !slices.Equal(unread, []string{"colour", "size[0]"}) &&
		!slices.Equal(unread, []string{"colour", "image", "size[0]"}) {
		t.Errorf("problems %q, unread %q", r.Problems, unread)
	}
	if in.Text("name") != "a" || in.Text("files[0][type]") != "X" || !slices.Equal(in.List("list"), []string{"1"}) || in.Has("file") {
		t.Errorf("%v", in)
	}
}

func TestValues(t *testing.T) {
	v := Values{"text": "a", "empty": "", "list": []string{"a"}, "on": true}
	if v.Text("text") != "a" || v.Text("list") != "" || v.List("text") != nil || !v.Flag("on") || v.Flag("text") ||
		v.TextOr("none", "b") != "b" || v.TextOr("empty", "b") != "" || v.Has("none") {
		t.Error("a value is read wrongly")
	}
}

func TestSpec(t *testing.T) {
	names := func(fs Fields) (all []string) {
		for _, f := range fs {
			all = append(all, f.Name)
		}
		return all
	}
	s := Form(File("file"), Text("a", "b")).And(List("fields"))
	if s.Media != MediaForm || !slices.Equal(names(s.Body), []string{"file", "a", "b"}) || !slices.Equal(names(s.Query), []string{"fields"}) {
		t.Errorf("%+v", s)
	}
	if s := JSON(Nested("o", Text("a"), Flag("b"))); s.Media != MediaJSON || s.Query != nil || !slices.Equal(names(s.Body[0].Fields), []string{"a", "b"}) {
		t.Errorf("%+v", s)
	}
	if s := Query(Day("d")); s.Media != MediaNone || s.Body != nil || s.Query[0].Kind != KindDate {
		t.Errorf("%+v", s)
	}
	if s := Nothing(); s.Query != nil || s.Body != nil || s.Media != MediaNone {
		t.Errorf("%+v", s)
	}
}
