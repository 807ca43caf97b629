package setup

import (
	"bytes"
	"context"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

func TestRun(t *testing.T) {
	srv := maventatest.NewServer(t)
	demo := func(_ context.Context, say *log.Logger) error {
		say.Print("demo")
		return nil
	}
	onStage := func(_ context.Context, c *maventa.Client, say *log.Logger) error {
		say.Print("for ", c.CompanyID())
		return nil
	}
	var out bytes.Buffer
	require.NoError(t, Run(t.Context(), nil, &out, demo, onStage))
	assert.Equal(t, "demo\n", out.String())

	stage, err := Client(srv, maventa.Stage.Name)
	require.NoError(t, err)
	out.Reset()
	require.NoError(t, Run(t.Context(), stage, &out, demo, onStage))
	assert.Equal(t, "for "+srv.CompanyID()+"\n", out.String())

	// MAVENTA_ENVIRONMENT may say production: no example runs there.
	production, err := Client(srv, maventa.Production.Name)
	require.NoError(t, err)
	out.Reset()
	err = Run(t.Context(), production, &out, demo, onStage)
	require.ErrorContains(t, err, "MAVENTA_ENVIRONMENT is production")
	assert.Empty(t, out.String())
}

// TestFlags: the flag -stage of each example says which variables of the environment it
// reads, which are those of maventa.NewClientFromEnv.
func TestFlags(t *testing.T) {
	environment, err := os.ReadFile("../../../environment.go")
	require.NoError(t, err)
	variable := regexp.MustCompile("MAVENTA_[A-Z_]+")
	for _, name := range regexp.MustCompile(`Getenv\("([A-Z_]+)"\)`).FindAllSubmatch(environment, -1) {
		assert.Contains(t, variable.FindAllString(Variables, -1), string(name[1]))
	}
	programs, err := filepath.Glob("../../*/main.go")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(programs), 10)
	for _, program := range programs {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(program), "*.go"))
		require.NoError(t, err)
		source := ""
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			source += string(text)
		}
		assert.NotRegexp(t, "Getenv|LookupEnv|Environ\\(", source, program)
		if _, err := os.Stat(filepath.Join(filepath.Dir(program), "go.mod")); err == nil {
			continue // a module of its own cannot use this package: it reads no variables
		}
		if strings.Contains(source, "maventa.NewClientFromEnv") {
			assert.Contains(t, source, `setup.Variables)`, program)
		} else if strings.Contains(source, `"stage"`) {
			assert.Contains(t, source, "setup.Main(", program)
		}
	}
}
