package einvoice

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"path"
)

// File is one file of a ZIP.
type File struct {
	Name string // without folders
	Data []byte // up to four megabytes
}

const maxFile = 4 << 20

// IsZIP reports whether a file begins as a ZIP does.
func IsZIP(content []byte) bool { return bytes.HasPrefix(content, []byte("PK\x03\x04")) }

// Unzip reads the files of a ZIP; nil if it is broken.
func Unzip(content []byte) []File {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil
	}
	var all []File
	for _, entry := range archive.File {
		r, err := entry.Open()
		if err != nil {
			return nil
		}
		data, err := io.ReadAll(io.LimitReader(r, maxFile))
		_ = r.Close()
		if err != nil {
			return nil
		}
		all = append(all, File{path.Base(entry.Name), data})
	}
	return all
}

// UnzipFirst reads the first file from the head of a ZIP: an invoice's XML if the
// sender is kind. It is nil if the head does not hold all of it.
func UnzipFirst(head []byte) []File {
	const fixed = 30
	if len(head) < fixed {
		return nil
	}
	method := binary.LittleEndian.Uint16(head[8:])
	size := int(binary.LittleEndian.Uint32(head[18:]))
	name := int(binary.LittleEndian.Uint16(head[26:]))
	start := fixed + name + int(binary.LittleEndian.Uint16(head[28:]))
	if start > len(head) {
		return nil
	}
	rest := head[start:]
	if method == zip.Store {
		if size == 0 || size > len(rest) {
			return nil
		}
		return []File{{string(head[fixed : fixed+name]), rest[:size]}}
	}
	data, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(rest)), maxFile))
	if err != nil {
		return nil
	}
	return []File{{string(head[fixed : fixed+name]), data}}
}
