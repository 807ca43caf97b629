package dbtest_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDocumentedTables: docs/ledger.md names every column of the tables that it shows to
// whoever writes reports.
func TestDocumentedTables(t *testing.T) {
	s := kinds[0].make(t)
	s.open(t)
	db := s.connect(t)
	text, err := os.ReadFile("../../docs/ledger.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `(maventa_\\w+)` \\| (.*) \\|$").FindAllStringSubmatch(string(text), -1)
	require.Len(t, rows, 4)
	for _, row := range rows {
		columns, err := db.QueryContext(t.Context(), "SELECT name FROM pragma_table_info(?)", row[1])
		require.NoError(t, err)
		n := 0
		for ; columns.Next(); n++ {
			var name string
			require.NoError(t, columns.Scan(&name))
			assert.Contains(t, row[2], "`"+name+"`", row[1])
		}
		require.NoError(t, columns.Err())
		assert.Positive(t, n, row[1])
	}
}
