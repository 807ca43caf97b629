package main

import "github.com/maventa-go/maventa/maventatest"

// assignmentActions are what the agency and the debtor do.
var assignmentActions = []action{
	{
		"pay-company", "assignment", "Debtor pays the company", "The money is on the company's bank account. The agency does not know: the ERP must report it.", fields(assignmentField, amountField),
		func(s *maventatest.Server, v values) result {
			s.Debtor().PayCompany(v["assignment"], v["amount"])
			return said("The money is on the company's bank account: the ERP must report it.")
		},
	},
	{
		"pay-agency", "assignment", "Debtor pays the agency", "The agency books a payment.", fields(assignmentField, amountField, dateField),
		func(s *maventatest.Server, v values) result {
			return said("The agency has booked a payment.").with("event", s.Agency().Paid(v["assignment"], v["amount"], v["date"]))
		},
	},
	{
		"pay-years-later", "assignment", "Debtor pays years later", "The story moves on by three years, then the debtor pays the agency, closed or not.", fields(assignmentField, amountField),
		func(s *maventatest.Server, v values) result {
			s.Clock().AdvanceDays(3 * 365)
			return said("It is %s, and the agency has booked a payment.", s.Today()).with("event", s.Agency().Paid(v["assignment"], v["amount"], ""))
		},
	},
	{
		"remind", "assignment", "Agency reminds", "A reminder, with a fee on top of the claim.", fields(assignmentField, field{"fee", "Fee", kindAmount, "5.00", nil, true}),
		func(s *maventatest.Server, v values) result {
			return said("The reminder is sent.").with("event", s.Agency().Reminder(v["assignment"], v["fee"]))
		},
	},
	{
		"demand", "assignment", "Agency demands", "A payment demand, with a fee on top of the claim.", fields(assignmentField, field{"fee", "Fee", kindAmount, "12.00", nil, true}),
		func(s *maventatest.Server, v values) result {
			return said("The demand is sent.").with("event", s.Agency().Demand(v["assignment"], v["fee"]))
		},
	},
	{
		"ask", "assignment", "Agency asks", "A comment that waits for an answer.",
		fields(assignmentField, field{"text", "Question", kindText, "Which invoice does this credit note belong to?", nil, false}),
		func(s *maventatest.Server, v values) result {
			return said("The agency has asked.").with("event", s.Agency().Comment(v["assignment"], v["text"]))
		},
	},
	{
		"change-due-date", "assignment", "Move the due date", "No event says so.", fields(assignmentField, field{"date", "Due date", kindDate, "+14", nil, false}),
		func(s *maventatest.Server, v values) result {
			s.Agency().ChangeDueDate(v["assignment"], v["date"])
			return said("The due date is %s.", v["date"])
		},
	},
	{
		"change-service-level", "assignment", "Set the service level", "Amili alone has levels.",
		fields(assignmentField, field{"level", "Level", kindText, "premium", []string{"default", "premium", "vip"}, false}),
		func(s *maventatest.Server, v values) result {
			return said("The level is %s.", v["level"]).with("event", s.Agency().ChangeServiceLevel(v["assignment"], v["level"]))
		},
	},
	{
		"close", "assignment", "Agency closes", "Closed, paid or not.", fields(assignmentField),
		func(s *maventatest.Server, v values) result {
			return said("Closed, paid or not.").with("event", s.Agency().Close(v["assignment"]))
		},
	},
	{
		"edit-event", "event", "Edit", "The agency changes an event afterwards. No event says so.",
		fields(eventField, field{"amount", "Amount", kindAmount, "", nil, true}, dateField, field{"comment", "Comment", kindText, "", nil, true}),
		func(s *maventatest.Server, v values) result {
			s.Agency().EditEvent(v["event"], maventatest.Event{Amount: v["amount"], Date: v["date"], Comment: v["comment"]})
			return said("The event is changed: an ERP sees it when it reads again.")
		},
	},
	{
		"withdraw-event", "event", "Withdraw", "The agency takes an event back. No event says so.", fields(eventField),
		func(s *maventatest.Server, v values) result {
			s.Agency().WithdrawEvent(v["event"])
			return said("The event is gone: an ERP sees it when it reads again.")
		},
	},
}
