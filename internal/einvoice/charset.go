package einvoice

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// latin9 are the characters in which ISO-8859-15 differs from ISO-8859-1.
var latin9 = map[byte]rune{0xA4: '€', 0xA6: 'Š', 0xA8: 'š', 0xB4: 'Ž', 0xB8: 'ž', 0xBC: 'Œ', 0xBD: 'œ', 0xBE: 'Ÿ'}

// windows1252 are the characters in which Windows-1252 differs from ISO-8859-1.
// The five bytes without a character (81, 8D, 8F, 90, 9D) stay as they are, as in
// the WHATWG encoding standard.
var windows1252 = map[byte]rune{
	0x80: '€', 0x82: '‚', 0x83: 'ƒ', 0x84: '„', 0x85: '…', 0x86: '†', 0x87: '‡', 0x88: 'ˆ', 0x89: '‰', 0x8A: 'Š', 0x8B: '‹', 0x8C: 'Œ',
	0x8E: 'Ž', 0x91: '‘', 0x92: '’', 0x93: '“', 0x94: '”', 0x95: '•', 0x96: '–', 0x97: '—', 0x98: '˜', 0x99: '™', 0x9A: 'š', 0x9B: '›',
	0x9C: 'œ', 0x9E: 'ž', 0x9F: 'Ÿ',
}

// single are the encodings of one byte per character, by the names that IANA lists
// for them, in small letters: how each differs from ISO-8859-1.
var single = func() map[string]map[byte]rune {
	all := map[string]map[byte]rune{}
	for _, one := range []struct {
		names string
		table map[byte]rune
	}{
		{"iso-8859-1 iso_8859-1 iso8859-1 latin1 l1 ibm819 cp819 us-ascii ascii", nil},
		{"iso-8859-15 iso_8859-15 iso8859-15 latin-9 latin9", latin9},
		{"windows-1252 cp1252 x-cp1252", windows1252},
	} {
		for name := range strings.FieldsSeq(one.names) {
			all[name] = one.table
		}
	}
	return all
}()

// charset reads what an XML declaration names. encoding/xml itself reads UTF-8.
func charset(label string, input io.Reader) (io.Reader, error) {
	label = strings.ToLower(strings.TrimSpace(label))
	if label == "utf8" || strings.HasPrefix(label, "utf-16") || label == "ucs-2" || label == "iso-10646-ucs-2" {
		return input, nil // made UTF-8 of before: see fromUTF16
	}
	table, known := single[label]
	if !known {
		return nil, fmt.Errorf("encoding %q", label)
	}
	raw, err := io.ReadAll(input)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, c := range raw {
		r, differs := table[c]
		if !differs {
			r = rune(c)
		}
		b.WriteRune(r)
	}
	return strings.NewReader(b.String()), nil
}

// fromUTF16 makes UTF-8 of UTF-16, which shows in the first bytes, as appendix F
// of the XML recommendation has it: a byte order mark, or '<' in two bytes. The
// mark of UTF-8 goes, too. Any other text stays.
func fromUTF16(text []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte{0xEF, 0xBB, 0xBF}):
		return text[3:]
	case bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		order, text = binary.BigEndian, text[2:]
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}):
		order, text = binary.LittleEndian, text[2:]
	case bytes.HasPrefix(text, []byte{0, '<'}):
		order = binary.BigEndian
	case bytes.HasPrefix(text, []byte{'<', 0}):
		order = binary.LittleEndian
	default:
		return text
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
