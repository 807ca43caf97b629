package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// row is a model with 36 fields, one of them nested, about as wide as an
// assignment may be.
type row struct {
	ID               string    `json:"id"`
	InvoiceID        string    `json:"invoice_id"`
	ReferenceIDs     []string  `json:"reference_ids"`
	InvoiceNumber    string    `json:"invoice_number"`
	InvoiceDate      string    `json:"invoice_date"`
	DueDate          string    `json:"due_date"`
	Status           string    `json:"status"`
	CollectionStatus string    `json:"collection_status"`
	ServiceLevel     string    `json:"service_level"`
	DebtorName       string    `json:"debtor_name"`
	DebtorBID        string    `json:"debtor_bid"`
	DebtorEmail      string    `json:"debtor_email"`
	DebtorPhone      string    `json:"debtor_phone"`
	Currency         string    `json:"currency"`
	TotalAmount      cents     `json:"total_amount"`
	OpenAmount       cents     `json:"open_amount"`
	CapitalAmount    cents     `json:"capital_amount"`
	InterestAmount   cents     `json:"interest_amount"`
	ReminderAmount   cents     `json:"reminder_amount"`
	Reminders        int       `json:"reminders"`
	Seen             bool      `json:"seen"`
	Closed           bool      `json:"closed"`
	CreatedAt        time.Time `json:"created_at"`
	UpdatedAt        time.Time `json:"updated_at"`
	ClosedAt         time.Time `json:"closed_at,omitzero"`
	Address          address   `json:"address"`
	SenderName       string    `json:"sender_name"`
	SenderBID        string    `json:"sender_bid"`
	SenderIBAN       string    `json:"sender_iban"`
	SenderBIC        string    `json:"sender_bic"`
	Reference        string    `json:"reference"`
	Comment          string    `json:"comment"`
	Language         string    `json:"language"`
	Country          string    `json:"country"`
	Channel          string    `json:"channel"`
	URL              string    `json:"url"`
	Extra            Fields    `json:"-"`
}

type address struct {
	Streets []string `json:"streets"`
	ZipCode string   `json:"zip_code"`
	City    string   `json:"city"`
	Extra   Fields   `json:"-"`
}

// cents decodes itself, as the root's Amount does.
type cents int64

func (c *cents) UnmarshalJSON(b []byte) error {
	n := int64(0)
	for _, digit := range b {
		n = n*10 + int64(digit-'0')
	}
	*c = cents(n)
	return nil
}

// newPage makes a JSON array of rows. Each row has four unknown members, spread
// over it, or none.
func newPage(rows int, unknown bool) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		r := row{
			ID: fmt.Sprintf("4c7e1f0e-8f3c-4a52-9d0f-%012d", i), InvoiceID: fmt.Sprintf("0d4f6a52-11aa-4d7c-8a52-%012d", i),
			ReferenceIDs: []string{"TJ-2291-88", "TJ-2291-89"}, InvoiceNumber: fmt.Sprint(100200 + i), InvoiceDate: "2026-01-14",
			DueDate: "2026-01-28", Status: "partially_closed", CollectionStatus: "reminder_sent", ServiceLevel: "premium",
			DebtorName: "Rautakauppa \"Vasara\" Oy", DebtorBID: "FI12345678", DebtorEmail: "invoices@vasara.example",
			DebtorPhone: "+358 40 123 4567", Currency: "EUR", TotalAmount: 124050, OpenAmount: 24050, CapitalAmount: 120000, InterestAmount: 2025,
			ReminderAmount: 500, Reminders: 2, Seen: true, CreatedAt: time.Unix(1768000000, 0).UTC(), UpdatedAt: time.Unix(1769000000, 0).UTC(),
			Address:    address{Streets: []string{"Teollisuuskatu 1 B 22"}, ZipCode: "00510", City: "Helsinki"},
			SenderName: "Kirjapaino Lumi Oy", SenderBID: "FI87654321", SenderIBAN: "FI2112345600000785", SenderBIC: "NDEAFIHH",
			Reference: "RF18539007547034", Comment: strings.Repeat("Delivered in two parts, the second one on 20 January. ", 4),
			Language: "fi", Country: "FI", Channel: "api", URL: "https://receivables.example/assignments/4c7e1f0e-8f3c-4a52-9d0f-000000000000",
		}
		js, err := json.Marshal(r)
		if err != nil {
			panic(err)
		}
		s := string(js)
		if unknown {
			s = strings.Replace(s, `"status"`, `"risk_class":"B2","status"`, 1)
			s = strings.Replace(s, `"currency"`, `"debtor_group":{"id":17,"name":"Rauta"},"currency"`, 1)
			s = strings.Replace(s, `"sender_name"`, `"vat_breakdown":[{"rate":25.5,"amount":200},{"rate":14,"amount":10}],"sender_name"`, 1)
			s = strings.TrimSuffix(s, "}") + `,"next_step_at":"2026-02-14"}`
		}
		b.WriteString(s)
	}
	b.WriteByte(']')
	return b.Bytes()
}

func benchmark(b *testing.B, decode func([]byte, any) error) {
	for _, unknown := range []bool{true, false} {
		b.Run(fmt.Sprintf("unknown=%t", unknown), func(b *testing.B) {
			data := newPage(100, unknown)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				var page []row
				if err := decode(data, &page); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkUnmarshal is the twin of BenchmarkDecode.
func BenchmarkUnmarshal(b *testing.B) { benchmark(b, json.Unmarshal) }
func BenchmarkDecode(b *testing.B)    { benchmark(b, Decode) }

// TestAllocations pins what Decode costs for each object: its texts, and one
// allocation if it has unknown members.
func TestAllocations(t *testing.T) {
	const rows = 100
	for unknown, limit := range map[bool]float64{false: 18, true: 19} {
		data := newPage(rows, unknown)
		got := testing.AllocsPerRun(20, func() {
			var page []row
			if err := Decode(data, &page); err != nil {
				t.Fatal(err)
			}
		}) / rows
		t.Logf("unknown members %t: %.2f allocations for each object of %d bytes", unknown, got, len(data)/rows)
		if got > limit {
			t.Errorf("unknown members %t: %v allocations for each object, want %v at most", unknown, got, limit)
		}
	}
}

// TestAllocationsManyUnknown: the number of members that a server makes up does
// not count.
func TestAllocationsManyUnknown(t *testing.T) {
	data := []byte(`{"id":1` + strings.Repeat(`,"x":{"y":[1,2]}`, 10_000) + `}`)
	var v leaf
	got := testing.AllocsPerRun(20, func() {
		if err := Decode(data, &v); err != nil {
			t.Fatal(err)
		}
	})
	if got > 5 || v.Extra.Len() != 10_000 {
		t.Errorf("%v allocations for %d members", got, v.Extra.Len())
	}
}
