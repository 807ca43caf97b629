package maventatest

import (
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
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

func paging() swagger.Fields { return swagger.Whole("page", "per_page") }

var invoiceCalls = axCalls{
	operation.InvoicesSend: {swagger.Form(
		swagger.File("file").Must(), swagger.Text("format").Of(uploadFormats...), swagger.Text("recipient_type").Of("b2b", "consumer"),
		swagger.Text("recipient_eia", "recipient_operator").UpTo(128), swagger.Text("recipient_email").UpTo(255),
		swagger.List("disabled_routes").Of("print", "email", "einvoice"), swagger.Text("sender_comment").UpTo(1024), swagger.Text("uuid").UpTo(36),
		swagger.Text("lang").Of(invoiceLanguages...),
		swagger.List("route_order").Of("netbank", "netbank_cvl", "netbank_cvl_hold", "vipps", "dpi", "email", "print", "silent_failure"),
		swagger.Text("recipient_phone_number").UpTo(30), swagger.Day("recipient_date_of_birth"),
		swagger.Text("recipient_ssn", "recipient_efaktura_id", "payment_instruction_identifier"),
		swagger.Text("b2cno_document_type").Of("INVOICE", "CREDIT_NOTE", "REMINDER", "COLLECTION_NOTICE"),
		swagger.Flag(
			"print_settings[color]", "print_settings[prevent_digital_post]", "print_settings[print_own_image]",
			"print_settings[allow_kivra_fi]", "prevent_routing",
		),
		swagger.Text("print_settings[letter_class]").Of("PRIORITY", "ECONOMY"), swagger.Text("email_settings[xml_format]").Of(uploadFormats...),
	), sendInvoice},

	operation.InvoicesList: {swagger.Query(
		swagger.Text("direction").Of(directionReceived, directionSent), swagger.List("status").Of(invoicePending, invoiceDelivered, invoiceFailed),
		swagger.List("ids").UpTo(100), swagger.Text("number", "reference"),
		swagger.Moment("received_at_start", "received_at_end", "created_at_start", "created_at_end"), swagger.List("sort"), paging(),
	), listInvoices},
	operation.InvoicesGet: {swagger.Query(swagger.Text("return_format").Of(returnFormats...)), getInvoice},
	operation.InvoicesActions: {swagger.Query(
		swagger.List("type").Of(actionTypes...), swagger.Whole("channel_details_version").Of("1"),
	), invoiceActions},
	operation.InvoicesDownloadFile: {swagger.Nothing(), downloadInvoiceFile},

	operation.InvoicesRerouteEInvoice: {swagger.JSON(swagger.Text("recipient_eia", "recipient_operator").Must()), rerouteTo(channelEInvoice)},
	operation.InvoicesRerouteEmail:    {swagger.JSON(swagger.Text("recipient_email").Must()), rerouteTo(channelEmail)},
	operation.InvoicesReroutePrint: {swagger.JSON(
		swagger.Text("recipient_name", "recipient_address1", "recipient_post_code", "recipient_post_office").Must(),
		swagger.Text("recipient_address2", "recipient_state"), swagger.Text("recipient_country").Must().Of(countries...),
	), rerouteTo(channelPrint)},

	operation.InvoicesMarkHandled:   {swagger.JSON(swagger.Text("state").Must().Of(stateCreated, stateHandled)), markHandled},
	operation.InvoicesDetectResults: {swagger.Query(swagger.Text("lang").Of(invoiceLanguages...)), detectResults},

	operation.InvoicesReportDefinitions: {swagger.Nothing(), reportDefinitions},
	operation.InvoicesReports:           {swagger.Nothing(), listReports},
	operation.InvoicesReport: {swagger.JSON(
		swagger.List("reason").Must().Of(reportReasons...), swagger.Text("contact_email").Must(), swagger.Text("description"),
	), reportInvoice},
	operation.InvoicesDeleteReport: {swagger.Nothing(), deleteReport},
	operation.InvoicesRespondNemhandel: {swagger.JSON(swagger.Text("response").Must().Of(
		"MessageAcknowledgement", "InProcess", "UnderQuery", "ConditionallyAccepted", "Rejected", "Accepted", "PartiallyPaid", "FullyPaid",
	), swagger.Text("reason")), respondNemhandel},
}
