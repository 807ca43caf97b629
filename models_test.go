package maventa_test

import (
	"testing"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestModels(t *testing.T) { ct.Models(t, &maventa.Client{}) }
