package decode

import (
	"encoding/binary"
	"encoding/json"
	"reflect"
	"strconv"
)

// field reads the value of a member that the model has a field for.
func (d *decoder) field(f *field, v reflect.Value, i int) (end int, fits bool) {
	switch f.how { //nolint:exhaustive // the others follow
	case byPlan:
		return d.value(f.plan, v, i)
	case byItself:
		end = d.skip(i)
		if end < 0 {
			return -1, false
		}
		if itself, _ := reflect.TypeAssert[json.Unmarshaler](v.Addr()); itself.UnmarshalJSON(d.data[i:end:end]) != nil { // planned so
			v.SetZero()
			return end, false
		}
		return end, true
	case byJSON:
		return d.standard(v, i)
	}
	c := at(d.data, i)
	switch {
	case c == 'n':
		return skipWord(d.data, i, "null"), true
	case f.how == asText && c == '"':
		s, end, ok := d.text(i, f.isID)
		if !ok {
			return end, false
		}
		v.SetString(s)
		return end, true
	case f.how == asText && f.isID && (c == '-' || '0' <= c && c <= '9'):
		if end = skipNumber(d.data, i); end < 0 {
			return -1, false
		}
		v.SetString(string(d.data[i:end]))
		return end, true
	case f.how == asTexts && c == '[':
		return d.texts(v, i)
	case f.how == asBool && c == 't':
		v.SetBool(true)
		return skipWord(d.data, i, "true"), true
	case f.how == asBool && c == 'f':
		return skipWord(d.data, i, "false"), true
	case f.how == asInt && (c == '-' || '0' <= c && c <= '9'):
		if end = skipNumber(d.data, i); end < 0 {
			return -1, false
		}
		n, err := strconv.ParseInt(string(d.data[i:end]), 10, 64)
		if err != nil || v.OverflowInt(n) {
			return end, false
		}
		v.SetInt(n)
		return end, true
	}
	return d.skip(i), false
}

// standard leaves a value to encoding/json.
func (d *decoder) standard(v reflect.Value, i int) (end int, fits bool) {
	if end = d.skip(i); end < 0 {
		return -1, false
	}
	if json.Unmarshal(d.data[i:end:end], v.Addr().Interface()) != nil {
		v.SetZero()
		return end, false
	}
	return end, true
}

func (d *decoder) texts(v reflect.Value, i int) (end int, fits bool) {
	list, _ := reflect.TypeAssert[*[]string](v.Addr()) // planned so
	start := i
	i, more := firstIn(d.data, i, ']')
	*list = make([]string, 0, 2)
	for more {
		var (
			s       string
			itemEnd int
		)
		switch at(d.data, i) {
		case '"':
			s, itemEnd, _ = d.text(i, false)
		case 'n':
			itemEnd = skipWord(d.data, i, "null")
		default:
			*list = nil
			return d.skip(start), false
		}
		*list = append(*list, s)
		i, more = nextIn(d.data, itemEnd, ']')
	}
	return i, true
}

// text reads a string. An id must be UTF-8.
func (d *decoder) text(i int, isID bool) (s string, end int, ok bool) {
	end, form := skipText(d.data, i)
	switch {
	case end < 0:
		return "", -1, false
	case isID && form&brokenUTF8 != 0:
		d.problem = notUTF8
		return "", -1, false
	case form != 0:
		var meant string
		if json.Unmarshal(d.data[i:end:end], &meant) != nil {
			return "", -1, false
		}
		return meant, end, true
	}
	raw := d.data[i+1 : end-1]
	n := len(raw)
	if n == 0 || n > 40 {
		return string(raw), end, true
	}
	sum := uint64(n)<<16 ^ uint64(raw[0])<<8 ^ uint64(raw[n-1])
	if n >= 8 {
		sum = binary.LittleEndian.Uint64(raw) ^ binary.LittleEndian.Uint64(raw[n-8:])
	}
	known := &d.short[sum*0x9e3779b97f4a7c15>>58]
	if *known != string(raw) {
		*known = string(raw)
	}
	return *known, end, true
}
