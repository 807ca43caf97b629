package maventatest

import (
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

// uploadFormats are the formats an invoice may be sent in, and returnFormats
// those it can be read in.
var (
	xrechnung = []string{
		"XRECHNUNG23UBL", "XRECHNUNG23CII", "XRECHNUNG23EXTUBL", "XRECHNUNG23EXTCII",
		"XRECHNUNG30UBL", "XRECHNUNG30CII", "XRECHNUNG30EXTUBL", "XRECHNUNG30EXTCII",
	}
	uploadFormats = append([]string{
		"VISMAXML53", "VISMAXML60", "SVEFAKTURA10", "SEDI", "E2B", "EHF20", "PEPPOLBIS20", "PEPPOLBIS30", "SIUBL11", "SIUBL12",
		"SIUBL20", "OIOUBL", "OIOUBL21", "VISMAUBL10", "VISMAUBL30", "FINVOICE13", "FINVOICE20", "FINVOICE30", "TEAPPS27",
		"TEAPPS30", "FATTURAPA12",
	}, xrechnung...)
	returnFormats = append([]string{
		"VISMAXML60", "PEPPOLBIS30", "SIUBL20", "OIOUBL21", "VISMAUBL30", "FINVOICE30", "TEAPPS30", "FATTURAPA12",
		originalImage, generatedImage, anyImage, extendedDetails,
	}, xrechnung...)
)

// Return formats that are no XML.
const (
	originalImage   = "ORIGINAL_IMAGE"
	generatedImage  = "GENERATED_IMAGE"
	anyImage        = "ORIGINAL_OR_GENERATED_IMAGE"
	extendedDetails = "EXTENDED_DETAILS"
)

var (
	invoiceLanguages = []string{"FI", "SE", "NO", "DK", "NL", "EN"}
	reportReasons    = []string{
		"NONEXISTENT_PRODUCT", "OFFERS_AS_INVOICES", "UNKNOWN_COMPANY", "INVOICE_NOT_FOLLOWING_LAW", "MISLEADING_NAME",
		"IMPOSSIBLE_TO_CONTACT", "MISLEADING_MARKETING", "COMPANY_NOT_FOLLOWING_LAW", "KNOWN_FOR_FRAUD_ATTEMPTS",
		"KNOWN_FOR_SUSPICIOUS_ACTIVITIES",
	}
)

// countries are the codes of ISO 3166-1, and Kosovo's.
var countries = strings.Fields(`
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD
CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
VN VU WF WS XK YE YT ZA ZM ZW
`)

func paging() fields { return whole("page", "per_page") }

var invoiceCalls = axCalls{
	operation.InvoicesSend: {formBody(
		file("file").must(), txt("format").of(uploadFormats...), txt("recipient_type").of("b2b", "consumer"),
		txt("recipient_eia", "recipient_operator").upTo(128), txt("recipient_email").upTo(255),
		list("disabled_routes").of("print", "email", "einvoice"), txt("sender_comment").upTo(1024), txt("uuid").upTo(36),
		txt("lang").of(invoiceLanguages...),
		list("route_order").of("netbank", "netbank_cvl", "netbank_cvl_hold", "vipps", "dpi", "email", "print", "silent_failure"),
		txt("recipient_phone_number").upTo(30), day("recipient_date_of_birth"),
		txt("recipient_ssn", "recipient_efaktura_id", "payment_instruction_identifier"),
		txt("b2cno_document_type").of("INVOICE", "CREDIT_NOTE", "REMINDER", "COLLECTION_NOTICE"),
		flag(
			"print_settings[color]", "print_settings[prevent_digital_post]", "print_settings[print_own_image]",
			"print_settings[allow_kivra_fi]", "prevent_routing",
		),
		txt("print_settings[letter_class]").of("PRIORITY", "ECONOMY"), txt("email_settings[xml_format]").of(uploadFormats...),
	), sendInvoice},

	operation.InvoicesList: {query(
		txt("direction").of(directionReceived, directionSent), list("status").of(invoicePending, invoiceDelivered, invoiceFailed),
		list("ids").upTo(100), txt("number", "reference"),
		moment("received_at_start", "received_at_end", "created_at_start", "created_at_end"), list("sort"), paging(),
	), listInvoices},
	operation.InvoicesGet: {query(txt("return_format").of(returnFormats...)), getInvoice},
	operation.InvoicesActions: {query(
		list("type").of(actionTypes...), whole("channel_details_version").of("1"),
	), invoiceActions},
	operation.InvoicesDownloadFile: {nothing(), downloadInvoiceFile},

	operation.InvoicesRerouteEInvoice: {jsonBody(txt("recipient_eia", "recipient_operator").must()), rerouteTo(channelEInvoice)},
	operation.InvoicesRerouteEmail:    {jsonBody(txt("recipient_email").must()), rerouteTo(channelEmail)},
	operation.InvoicesReroutePrint: {jsonBody(
		txt("recipient_name", "recipient_address1", "recipient_post_code", "recipient_post_office").must(),
		txt("recipient_address2", "recipient_state"), txt("recipient_country").must().of(countries...),
	), rerouteTo(channelPrint)},

	operation.InvoicesMarkHandled:   {jsonBody(txt("state").must().of(stateCreated, stateHandled)), markHandled},
	operation.InvoicesDetectResults: {query(txt("lang").of(invoiceLanguages...)), detectResults},

	operation.InvoicesReportDefinitions: {nothing(), reportDefinitions},
	operation.InvoicesReports:           {nothing(), listReports},
	operation.InvoicesReport: {jsonBody(
		list("reason").must().of(reportReasons...), txt("contact_email").must(), txt("description"),
	), reportInvoice},
	operation.InvoicesDeleteReport: {nothing(), deleteReport},
	operation.InvoicesRespondNemhandel: {jsonBody(txt("response").must().of(
		"MessageAcknowledgement", "InProcess", "UnderQuery", "ConditionallyAccepted", "Rejected", "Accepted", "PartiallyPaid", "FullyPaid",
	), txt("reason")), respondNemhandel},
}
