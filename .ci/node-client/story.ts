// A story with the client that is generated from docs/openapi/receivables.yaml:
// activate, transfer, list, event, reminder, payment, close. It fails on the first
// thing that is not as expected. ./run compiles it, so that the types count too.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./receivables";

const need = (name: string): string => {
  const value = process.env[name];
  assert(value, `${name} is not set`);
  return value;
};

// must is the answer of a call that succeeded.
function must<T>(r: { data?: T; error?: unknown; response: Response }): T {
  assert(r.response.ok, `${r.response.status} ${r.response.url}: ${JSON.stringify(r.error)}`);
  return r.data as T;
}

// act makes people, the agency and the debtor act: the sandbox's POST /do/{action}.
async function act(action: string, fields: Record<string, string>): Promise<Record<string, string>> {
  const answer = await fetch(`${need("SANDBOX_URL")}/do/${action}`, { method: "POST", body: new URLSearchParams(fields) });
  const done = (await answer.json()) as Record<string, string>;
  assert(answer.ok, `${action}: ${done.error}`);
  return done;
}

const company = need("MAVENTA_COMPANY_ID");

const ax = createClient<paths>({ baseUrl: need("MAVENTA_AX_URL") });
const receivables = createClient<paths>({ baseUrl: need("MAVENTA_RECEIVABLES_URL") });

const token = must(await ax.POST("/oauth2/token", {
  body: {
    grant_type: "client_credentials",
    client_id: company,
    client_secret: need("MAVENTA_USER_API_KEY"),
    vendor_api_key: need("MAVENTA_VENDOR_API_KEY"),
    scope: "company:read company:write invoice:send receivables:assignments",
  },
  bodySerializer: (body) => new URLSearchParams(body as Record<string, string>),
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
}));
for (const client of [ax, receivables]) {
  client.use({
    onRequest: ({ request }) => {
      request.headers.set("Authorization", `Bearer ${token.access_token}`);
      return request;
    },
  });
}

must(await ax.PUT("/v2/services/ropo/receivables", { body: { agreement_contact_email: "ceo@example.com" } }));
await act("sign", { company, agency: "ropo" });
assert.equal(must(await ax.GET("/v2/services/ropo/receivables")).status, "ACTIVE");

const { invoice } = await act("add-invoice", { company, total: "124.00", due_date: "-30" });
assert(invoice, "no invoice");
const transfer: components["schemas"]["RopoTransfer"] = {
  collection_type: "reminder_and_collection",
  receivables_type: "b2b",
  payers: [{
    name: "Kuviteltu Oy",
    address: { country: "FI", streets: ["Kuvakatu 1"], city: "Helsinki", zip_code: "00100" },
  }],
  amounts: { capital_amount: 124, reminder_amount: 0 },
};
must(await ax.POST("/v2/invoices/{id}/assignment/ropo", { params: { path: { id: invoice } }, body: transfer }));
assert.equal(must(await ax.GET("/v2/invoices/{id}/assignment", { params: { path: { id: invoice } } })).status, "sent");

const list = must(await receivables.GET("/v1/assignments", { params: { query: { invoice_id: invoice, page: 1, per_page: 100 } } }));
assert.equal(list.length, 1);
const id = list[0]?.id;
assert(id, "the assignment has no id");
const at = { params: { path: { assignment_id: id } } };

must(await receivables.POST("/v1/assignments/{assignment_id}/events", {
  ...at, body: { type: "paid", amount: 100, date: "2026-11-02" },
}));
await act("remind", { assignment: id, fee: "5.00" });
await act("pay-agency", { assignment: id, amount: "29.00" });

const end = must(await receivables.GET("/v1/assignments/{assignment_id}", at));
assert.equal(end.status, "closed");
assert.equal(end.open_amount, 0);
assert.deepEqual((end.events ?? []).map((e) => `${e.author} ${e.type} ${e.amount ?? "-"}`),
  ["sender paid 100", "agency reminder -", "agency paid 29", "agency close -"]);

const refused = await receivables.GET("/v1/assignments/{assignment_id}", { params: { path: { assignment_id: "none" } } });
assert.equal(refused.response.status, 404);
assert.equal(refused.error?.code, "not_found");
console.log("the story ends as it should: closed, nothing open, four events");
