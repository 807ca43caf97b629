package einvoice

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"
)

// TestEncodings reads one invoice in the encodings that XML readers know.
func TestEncodings(t *testing.T) {
	const head, tail = `<?xml version="1.0" encoding="`, `</ID></Invoice>`
	document := func(label, id string) string { return head + label + `"?><Invoice><ID>` + id + tail }
	wide := func(text string, order binary.AppendByteOrder, mark bool) string {
		var b []byte
		if mark {
			b = order.AppendUint16(b, 0xFEFF)
		}
		for _, unit := range utf16.Encode([]rune(text)) {
			b = order.AppendUint16(b, unit)
		}
		return string(b)
	}
	const want = "Mäkelä €"
	for name, test := range map[string]struct{ text, want string }{
		"UTF-8":                   {document("utf-8", want), want},
		"UTF-8 with a mark":       {"\xEF\xBB\xBF" + document("UTF-8", want), want},
		"utf8":                    {document("utf8", want), want},
		"US-ASCII":                {document("US-ASCII", "7"), "7"},
		"ISO-8859-1":              {document("ISO-8859-1", "M\xE4kel\xE4 \xA4"), "Mäkelä ¤"},
		"latin1":                  {document("latin1", "M\xE4kel\xE4"), "Mäkelä"},
		"ISO-8859-15":             {document("iso-8859-15", "M\xE4kel\xE4 \xA4"), want},
		"Windows-1252":            {document("Windows-1252", "M\xE4kel\xE4 \x80"), want},
		"cp1252":                  {document("cp1252", "\x93M\xE4kel\xE4\x94 \x81"), "“Mäkelä” \u0081"},
		"UTF-16, big, mark":       {wide(document("UTF-16", want), binary.BigEndian, true), want},
		"UTF-16, little, mark":    {wide(document("utf-16", want), binary.LittleEndian, true), want},
		"UTF-16BE without a mark": {wide(document("UTF-16BE", want), binary.BigEndian, false), want},
		"UTF-16LE without a mark": {wide(document("UTF-16LE", want), binary.LittleEndian, false), want},
		"UTF-16, beyond the BMP":  {wide(document("UTF-16", "𝄞"), binary.LittleEndian, true), "𝄞"},
		"UTF-16 undeclared":       {wide("<Invoice><ID>"+want+tail, binary.BigEndian, true), want},
	} {
		if got, ok := Parse([]byte(test.text)); !ok || got.Number != test.want {
			t.Errorf("%s: %q, %t; want %q", name, got.Number, ok, test.want)
		}
	}
	for _, text := range []string{"\xFF\xFE", "\xFE\xFF\x00", "<\x00I", wide("<Invoice>", binary.BigEndian, true)[:9]} {
		if _, ok := Parse([]byte(text)); ok {
			t.Errorf("%q is no whole document", text)
		}
	}
}
