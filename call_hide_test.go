package maventa_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// What a request says in the API's own words may come back in an error; anything
// else of it is hidden.
func TestWords(t *testing.T) {
	for _, word := range []any{
		maventa.EventComment, maventa.EventPaid, maventa.EventCreditNote, maventa.EventClose, maventa.EventServiceLevelChanged,
		maventa.EventDueDateChange, maventa.EventCollectionStop, maventa.EventCancellation, maventa.EventCreditLoss,
		maventa.EventReminder, maventa.EventPaymentDemand,
		maventa.CollectionReminderAndCollection, maventa.CollectionOnly,
		maventa.ReceivablesB2B, maventa.ReceivablesB2C, maventa.ReceivablesB2BRental, maventa.ReceivablesB2CRental,
		maventa.ServiceTypeFull, maventa.ServiceTypeExpress, maventa.AccountablePartyAgency, maventa.AccountablePartyCompany,
		maventa.ServiceLevelDefault, maventa.ServiceLevelPremium, maventa.ServiceLevelVIP, maventa.ServiceLevelBypass,
	} {
		assert.True(t, operation.IsWord(fmt.Sprint(word)), "%T %s", word, word)
	}
	for _, text := range []string{"", "aino", "Aino_Virtanen", "PAID", "paid ", "b2b_aino", "0000001-9", "ääkkönen_oy", "a b_c"} {
		assert.False(t, operation.IsWord(text), text)
	}
}
