package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

func actionNamed(name string) (action, bool) {
	i := slices.IndexFunc(actions, func(a action) bool { return a.Name == name })
	if i < 0 {
		return action{}, false
	}
	return actions[i], true
}

// values are those of an action, checked.
type values map[string]string

func (v values) company(s *maventatest.Server) *maventatest.Company {
	return s.CompanyByID(v["company"])
}

func (v values) agency() maventatest.Service { return maventatest.Service(v["agency"]) }

func (v values) number(name string) int {
	n, err := strconv.Atoi(v[name])
	if err != nil {
		return 0 // an optional one that is not given: others were checked
	}
	return n
}

// maxNumber bounds days, times and seeds.
const maxNumber = 36_500

// check reads what an action was given. What is left out counts as the page offers
// it, where the field must be given; the error names the field.
func (a action) check(s *maventatest.Server, given map[string]string) (values, error) {
	v := values{}
	for name := range given {
		if !slices.ContainsFunc(a.Fields, func(f field) bool { return f.Name == name }) {
			if len(a.Fields) == 0 {
				return nil, fmt.Errorf("%s: there is no field %q: it takes none", a.Name, name)
			}
			return nil, fmt.Errorf("%s: there is no field %q; there are: %s", a.Name, name, strings.Join(a.fieldNames(), ", "))
		}
	}
	for _, f := range a.Fields {
		text := strings.TrimSpace(given[f.Name])
		if text == "" && !f.Optional {
			text = f.Value
		}
		if text == "" && f.Optional {
			continue
		}
		checked, err := f.check(s, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", a.Name, f.Name, err)
		}
		v[f.Name] = checked
	}
	return v, nil
}

func (a action) fieldNames() []string {
	var names []string
	for _, f := range a.Fields {
		names = append(names, f.Name)
	}
	return names
}

// check looks at one value and gives it its final form.
func (f field) check(s *maventatest.Server, text string) (string, error) {
	switch f.Kind {
	case kindDate:
		if n, err := strconv.Atoi(text); err == nil && strings.ContainsAny(text[:1], "+-") {
			return s.Clock().Day(n), nil
		}
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return "", fmt.Errorf("%q is neither YYYY-MM-DD nor days from today, such as -10", text)
		}
	case kindNumber:
		if n, err := strconv.Atoi(text); err != nil || n < 0 || n > maxNumber {
			return "", fmt.Errorf("%q is not a number from 0 to %d", text, maxNumber)
		}
	case kindCompany:
		if s.CompanyByID(text) == nil {
			return "", fmt.Errorf("there is no company %q", text)
		}
	case kindAmount:
		amount, err := maventa.ParseAmount(text)
		_, decimals, _ := strings.Cut(amount.String(), ".")
		switch {
		case err != nil:
			return "", fmt.Errorf("%q is not an amount such as 124.00", text)
		case amount.Sign() < 0, amount.Sign() == 0 && !f.Optional:
			return "", fmt.Errorf("%q is not a positive amount", text)
		case len(decimals) > 2:
			return "", fmt.Errorf("%q has more than two decimals", text)
		}
	case kindText, kindInvoice, kindAssignment, kindEvent:
		if text == "" {
			return "", errors.New("is missing")
		}
	}
	if len(f.Options) > 0 && !slices.Contains(f.Options, text) {
		return "", fmt.Errorf("%q is none of %s", text, strings.Join(f.Options, ", "))
	}
	return text, nil
}

// day is the date n days after another.
func day(date string, n int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
