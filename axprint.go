package maventa

import (
	"fmt"
	"log/slog"
)

// The printing of the smaller models and filters of AX: numbers, dates, states
// and ids, never their texts.

// Format implements [fmt.Formatter] without texts.
func (a Availability) Format(f fmt.State, _ rune) { printModel(f, a) }

// LogValue implements [slog.LogValuer].
func (a Availability) LogValue() slog.Value { return logModel(a) }

// Format implements [fmt.Formatter] without texts.
func (b BankMessageStatus) Format(f fmt.State, _ rune) { printModel(f, b) }

// LogValue implements [slog.LogValuer].
func (b BankMessageStatus) LogValue() slog.Value { return logModel(b) }

// Format implements [fmt.Formatter] without texts.
func (b BillingDetails) Format(f fmt.State, _ rune) { printModel(f, b) }

// LogValue implements [slog.LogValuer].
func (b BillingDetails) LogValue() slog.Value { return logModel(b) }

// Format implements [fmt.Formatter] without texts.
func (c CompanyAddress) Format(f fmt.State, _ rune) { printModel(f, c) }

// LogValue implements [slog.LogValuer].
func (c CompanyAddress) LogValue() slog.Value { return logModel(c) }

// Format implements [fmt.Formatter] without texts.
func (c CompanyDetails) Format(f fmt.State, _ rune) { printModel(f, c) }

// LogValue implements [slog.LogValuer].
func (c CompanyDetails) LogValue() slog.Value { return logModel(c) }

// Format implements [fmt.Formatter] without texts.
func (c CompanyFilter) Format(f fmt.State, _ rune) { printModel(f, c) }

// LogValue implements [slog.LogValuer].
func (c CompanyFilter) LogValue() slog.Value { return logModel(c) }

// Format implements [fmt.Formatter] without texts.
func (c ConsumerFilter) Format(f fmt.State, _ rune) { printModel(f, c) }

// LogValue implements [slog.LogValuer].
func (c ConsumerFilter) LogValue() slog.Value { return logModel(c) }

// Format implements [fmt.Formatter] without texts.
func (d DetectResults) Format(f fmt.State, _ rune) { printModel(f, d) }

// LogValue implements [slog.LogValuer].
func (d DetectResults) LogValue() slog.Value { return logModel(d) }

// Format implements [fmt.Formatter] without texts.
func (d DocumentFilter) Format(f fmt.State, _ rune) { printModel(f, d) }

// LogValue implements [slog.LogValuer].
func (d DocumentFilter) LogValue() slog.Value { return logModel(d) }

// Format implements [fmt.Formatter] without texts.
func (d DocumentReference) Format(f fmt.State, _ rune) { printModel(f, d) }

// LogValue implements [slog.LogValuer].
func (d DocumentReference) LogValue() slog.Value { return logModel(d) }

// Format implements [fmt.Formatter] without texts.
func (d DocumentUploadFile) Format(f fmt.State, _ rune) { printModel(f, d) }

// LogValue implements [slog.LogValuer].
func (d DocumentUploadFile) LogValue() slog.Value { return logModel(d) }

// Format implements [fmt.Formatter] without texts.
func (e ElectronicInvoicing) Format(f fmt.State, _ rune) { printModel(f, e) }

// LogValue implements [slog.LogValuer].
func (e ElectronicInvoicing) LogValue() slog.Value { return logModel(e) }

// Format implements [fmt.Formatter] without texts.
func (e EmailReports) Format(f fmt.State, _ rune) { printModel(f, e) }

// LogValue implements [slog.LogValuer].
func (e EmailReports) LogValue() slog.Value { return logModel(e) }

// Format implements [fmt.Formatter] without texts.
func (e Endpoint) Format(f fmt.State, _ rune) { printModel(f, e) }

// LogValue implements [slog.LogValuer].
func (e Endpoint) LogValue() slog.Value { return logModel(e) }

// Format implements [fmt.Formatter] without texts.
func (i InvoiceFilter) Format(f fmt.State, _ rune) { printModel(f, i) }

// LogValue implements [slog.LogValuer].
func (i InvoiceFilter) LogValue() slog.Value { return logModel(i) }

// Format implements [fmt.Formatter] without texts.
func (l LogoImage) Format(f fmt.State, _ rune) { printModel(f, l) }

// LogValue implements [slog.LogValuer].
func (l LogoImage) LogValue() slog.Value { return logModel(l) }

// Format implements [fmt.Formatter] without texts.
func (m MandateFilter) Format(f fmt.State, _ rune) { printModel(f, m) }

// LogValue implements [slog.LogValuer].
func (m MandateFilter) LogValue() slog.Value { return logModel(m) }

// Format implements [fmt.Formatter] without texts.
func (o OnReceiving) Format(f fmt.State, _ rune) { printModel(f, o) }

// LogValue implements [slog.LogValuer].
func (o OnReceiving) LogValue() slog.Value { return logModel(o) }

// Format implements [fmt.Formatter] without texts.
func (o OnSendErrors) Format(f fmt.State, _ rune) { printModel(f, o) }

// LogValue implements [slog.LogValuer].
func (o OnSendErrors) LogValue() slog.Value { return logModel(o) }

// Format implements [fmt.Formatter] without texts.
func (r ReceivedInvoice) Format(f fmt.State, _ rune) { printModel(f, r) }

// LogValue implements [slog.LogValuer].
func (r ReceivedInvoice) LogValue() slog.Value { return logModel(r) }

// Format implements [fmt.Formatter] without texts.
func (r ReceiverDocument) Format(f fmt.State, _ rune) { printModel(f, r) }

// LogValue implements [slog.LogValuer].
func (r ReceiverDocument) LogValue() slog.Value { return logModel(r) }

// Format implements [fmt.Formatter] without texts.
func (r ReceiverFilter) Format(f fmt.State, _ rune) { printModel(f, r) }

// LogValue implements [slog.LogValuer].
func (r ReceiverFilter) LogValue() slog.Value { return logModel(r) }

// Format implements [fmt.Formatter] without texts.
func (s SendInvoiceContact) Format(f fmt.State, _ rune) { printModel(f, s) }

// LogValue implements [slog.LogValuer].
func (s SendInvoiceContact) LogValue() slog.Value { return logModel(s) }

// Format implements [fmt.Formatter] without texts.
func (s SendInvoiceEmail) Format(f fmt.State, _ rune) { printModel(f, s) }

// LogValue implements [slog.LogValuer].
func (s SendInvoiceEmail) LogValue() slog.Value { return logModel(s) }

// Format implements [fmt.Formatter] without texts.
func (s SendInvoicePrint) Format(f fmt.State, _ rune) { printModel(f, s) }

// LogValue implements [slog.LogValuer].
func (s SendInvoicePrint) LogValue() slog.Value { return logModel(s) }

// Format implements [fmt.Formatter] without texts.
func (s SendInvoiceText) Format(f fmt.State, _ rune) { printModel(f, s) }

// LogValue implements [slog.LogValuer].
func (s SendInvoiceText) LogValue() slog.Value { return logModel(s) }

// Format implements [fmt.Formatter] without texts.
func (s SentError) Format(f fmt.State, _ rune) { printModel(f, s) }

// LogValue implements [slog.LogValuer].
func (s SentError) LogValue() slog.Value { return logModel(s) }

// Format implements [fmt.Formatter] without texts.
func (t TransferClause) Format(f fmt.State, _ rune) { printModel(f, t) }

// LogValue implements [slog.LogValuer].
func (t TransferClause) LogValue() slog.Value { return logModel(t) }

// Format implements [fmt.Formatter] without texts.
func (t TokenIdentity) Format(f fmt.State, _ rune) { printModel(f, t) }

// LogValue implements [slog.LogValuer].
func (t TokenIdentity) LogValue() slog.Value { return logModel(t) }

// Format implements [fmt.Formatter] without texts.
func (i InvoiceNotifications) Format(f fmt.State, _ rune) { printModel(f, i) }

// LogValue implements [slog.LogValuer].
func (i InvoiceNotifications) LogValue() slog.Value { return logModel(i) }

// Format implements [fmt.Formatter] without texts.
func (c CompanyLogos) Format(f fmt.State, _ rune) { printModel(f, c) }

// LogValue implements [slog.LogValuer].
func (c CompanyLogos) LogValue() slog.Value { return logModel(c) }

// Format implements [fmt.Formatter] without texts.
func (c ConsumerRoutes) Format(f fmt.State, _ rune) { printModel(f, c) }

// LogValue implements [slog.LogValuer].
func (c ConsumerRoutes) LogValue() slog.Value { return logModel(c) }

// Format implements [fmt.Formatter] without texts.
func (r RegistryRoutes) Format(f fmt.State, _ rune) { printModel(f, r) }

// LogValue implements [slog.LogValuer].
func (r RegistryRoutes) LogValue() slog.Value { return logModel(r) }

// Format implements [fmt.Formatter] without texts.
func (u Uncovered) Format(f fmt.State, _ rune) { printModel(f, u) }

// LogValue implements [slog.LogValuer].
func (u Uncovered) LogValue() slog.Value { return logModel(u) }
