package maventatest

// rerouteTo is PUT /v1/invoices/{id}/reroute/…: an invoice that did not arrive
// goes another way.
func rerouteTo(channel string) handler {
	return func(c *call) (any, error) {
		inv, err := c.invoice()
		if err != nil || inv.post.direction != directionSent {
			return nil, notFound()
		}
		if inv.post.status == invoiceDelivered {
			c.lean("rule an invoice that was delivered is not rerouted")
			return nil, conflict("the invoice was delivered")
		}
		inv.post.channel = channel
		inv.post.eia = c.in.TextOr("recipient_eia", inv.post.eia)
		inv.post.operator = c.in.TextOr("recipient_operator", inv.post.operator)
		c.srv.send(inv)
		return nil, nil // the answer has no body
	}
}

// markHandled is PATCH /v1/invoices/{id}/invoice_events.
func markHandled(c *call) (any, error) {
	inv, err := c.incoming()
	if err != nil {
		return nil, err
	}
	inv.post.state = c.in.Text("state")
	return nil, nil //nolint:nilnil // the answer has no body
}
