package ax_test

import (
	"testing"

	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestModels(t *testing.T) { ct.Models(t, &ax.Client{}) }
