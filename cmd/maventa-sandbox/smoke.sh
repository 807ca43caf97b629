#!/bin/sh
# Plays a story against the sandbox with curl alone: token, activation, transfer, a
# payment whose answer is dropped, and exactly one event in /state.json.
#
#	sh cmd/maventa-sandbox/smoke.sh
set -eu
cd "$(dirname "$0")"

work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
fail() { echo "smoke: $*" >&2; exit 1; }

go build -o "$work/sandbox" .
"$work/sandbox" -page 127.0.0.1:0 -ax 127.0.0.1:0 -receivables 127.0.0.1:0 -seed empty -json >"$work/out" &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -s "$work/out" ] && break
	sleep 0.1
done

# member NAME FILE: the text of the first member of that name.
member() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$2" | head -n 1; }
value() { tr ',' '\n' <"$work/out" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
page=$(value page) ax=$(value autoxchange_url) receivables=$(value receivables_url)
company=$(value company_id) user=$(value user_api_key) vendor=$(value vendor_api_key)
[ -n "$page" ] || fail "the sandbox has not started"

act() { # act NAME FIELD=VALUE...
	name=$1
	shift
	for f in "$@"; do set -- "$@" --data-urlencode "$f"; shift; done
	curl -fsS -X POST "$@" "$page/do/$name" >"$work/done" || fail "action $name"
}

curl -fsS "$ax/oauth2/token" -d grant_type=client_credentials -d "client_id=$company" -d "client_secret=$user" \
	-d "vendor_api_key=$vendor" --data-urlencode 'scope=global company invoice:send receivables:assignments' >"$work/token"
token=$(tr ',' '\n' <"$work/token" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
[ -n "$token" ] || fail "no token"
call() { # call METHOD URL [BODY]
	curl -sS -X "$1" "$2" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' ${3:+-d "$3"}
}

# Activation: the ERP orders the service, a person signs.
call PUT "$ax/v2/services/ropo/receivables" '{"agreement_contact_email":"boss@example.com"}' >"$work/answer"
grep -q PENDING "$work/answer" || fail "order: $(cat "$work/answer")"
act sign "company=$company" agency=ropo

# Transfer.
act add-invoice "company=$company" total=124.00 due_date=-20
invoice=$(member invoice "$work/done")
call POST "$ax/v2/invoices/$invoice/assignment/ropo" \
	'{"collection_type":"reminder_and_collection","receivables_type":"b2b","payers":[{"name":"Velallinen Oy"}]}' >"$work/answer"
grep -q pending "$work/answer" || fail "transfer: $(cat "$work/answer")"
call GET "$ax/v2/invoices/$invoice/assignment" >"$work/answer"
assignment=$(sed -n 's/.*"url":"[^"]*\/\([^"\/]*\)".*/\1/p' "$work/answer")
[ -n "$assignment" ] || fail "the transfer has no assignment: $(cat "$work/answer")"

# A payment to the company is reported, and the answer is lost.
act pay-company "assignment=$assignment" amount=50.00
act fault fault=DropAfterCommit on=Assignments.AddEvent
day=$(curl -fsS "$page/state.json" | sed -n 's/.*"today": "\(.*\)".*/\1/p')
if call POST "$receivables/v1/assignments/$assignment/events" \
	"{\"type\":\"paid\",\"amount\":50.00,\"date\":\"$day\"}" >"$work/answer" 2>"$work/error"; then
	fail "the answer was not dropped: $(cat "$work/answer")"
fi

# Before the report is sent again, the ERP looks: it was booked.
call GET "$receivables/v1/assignments/$assignment/events" >"$work/answer"
grep -q '"amount":50.00' "$work/answer" || fail "the payment is not there: $(cat "$work/answer")"

curl -fsS "$page/state.json" >"$work/state"
n=$(grep -c '"type": "paid"' "$work/state" || true)
[ "$n" = 1 ] || fail "$n events, want exactly one"
curl -fsS "$page/requests.json?op=Assignments.AddEvent" | grep -q 'booked, but your ERP was not told' || fail "the log does not say it"
echo "smoke: token, activation, transfer, a dropped answer, one event"
