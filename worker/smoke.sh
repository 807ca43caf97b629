#!/bin/sh
# Plays a story with curl alone: a payment is put, the sandbox books it and drops the
# answer, and the worker settles it, exactly once.
#
#	sh worker/smoke.sh
set -eu
cd "$(dirname "$0")"

work=$(mktemp -d)
sandbox='' worker=''
stop() {
	for pid in $worker $sandbox; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
	rm -rf "$work"
}
trap stop EXIT
fail() { echo "smoke: $*" >&2; [ ! -f "$work/log" ] || tail -n 20 "$work/log" >&2; exit 1; }
soon() { # soon WHAT COMMAND...: waits up to 15 seconds
	what=$1 n=0
	shift
	until "$@"; do
		n=$((n + 1))
		[ $n -lt 150 ] || fail "$what"
		sleep 0.1
	done
}

go -C .. build -o "$work/sandbox" ./cmd/maventa-sandbox
go build -o "$work/worker" ./cmd/maventa-worker

"$work/sandbox" -page 127.0.0.1:0 -ax 127.0.0.1:0 -receivables 127.0.0.1:0 -seed empty -json >"$work/out" &
sandbox=$!
soon "the sandbox has not started" [ -s "$work/out" ]
value() { tr ',' '\n' <"$work/out" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
page=$(value page) company=$(value company_id)

MAVENTA_AX_URL=$(value autoxchange_url) MAVENTA_RECEIVABLES_URL=$(value receivables_url)
MAVENTA_COMPANY_ID=$company MAVENTA_USER_API_KEY=$(value user_api_key) MAVENTA_VENDOR_API_KEY=$(value vendor_api_key)
export MAVENTA_AX_URL MAVENTA_RECEIVABLES_URL MAVENTA_COMPANY_ID MAVENTA_USER_API_KEY MAVENTA_VENDOR_API_KEY
token=smoke-0123456789-0123456789-0123456789
(umask 077 && echo "{\"tenants\": [{\"name\": \"erp\", \"token\": \"$token\", \"companies\": [\"*\"]}]}" >"$work/tokens.json")
"$work/worker" run -env local -installation smoke -db "sqlite:$work/maventa.db" -marker "$work/marker" \
	-tokens "$work/tokens.json" -listen "unix:$work/socket" -settle 4s 2>"$work/log" &
worker=$!
erp() { # erp METHOD PATH [BODY]: what the ERP asks of the worker; the answer, and its status behind it
	curl -sS --unix-socket "$work/socket" -X "$1" "http://worker/v1/companies/$company/$2" -H "Authorization: Bearer $token" ${3:+-d "$3"} -w '\n%{http_code}\n'
}
ready() { curl -fsS --unix-socket "$work/socket" http://worker/readyz >/dev/null 2>&1; }
soon "the worker is not ready" ready

# An assignment, and an answer that will be lost.
curl -fsS "$page/do/activate" -d "company=$company" -d agency=ropo >/dev/null
curl -fsS "$page/do/add-assignment" -d "company=$company" -d total=124.00 >"$work/done"
assignment=$(sed -n 's/.*"assignment": *"\([^"]*\)".*/\1/p' "$work/done")
curl -fsS "$page/do/fault" -d fault=DropAfterCommit -d on=Assignments.AddEvent >/dev/null

# The ERP puts a payment, and puts it again, since it is not sure.
payment="{\"kind\": \"payment\", \"assignment_id\": \"$assignment\", \"amount\": \"50.00\", \"date\": \"2026-11-20\"}"
put() { erp PUT entries/bank%2F2026-11-20%2F17 "$payment"; }
put | grep -qx 201 || fail "the payment was not stored"
put | grep -qx 200 || fail "the payment was not known"
payment=$(echo "$payment" | sed 's/50.00/51.00/')
put | grep -qx 409 || fail "another payment under the same key was not refused"

# The answer is lost. The worker waits until the report must have arrived, looks, and knows.
state() { erp GET entries/bank%2F2026-11-20%2F17 | grep -q "\"state\":\"$1\""; }
lost() { curl -fsS "$page/requests.json?op=Assignments.AddEvent" | grep -q 'booked, but'; }
soon "no answer was lost" lost
state queued || fail "settled before anybody could know"
soon "the payment did not settle" state done

n=$(curl -fsS "$page/state.json" | grep -c '"type": "paid"' || true)
[ "$n" = 1 ] || fail "$n payments, want exactly one"
erp GET work | grep -q '"work":\[\]' || fail "a person was asked"
kill "$worker" && wait "$worker" || fail "the worker did not end well"
worker=
echo "smoke: a payment over HTTP, a dropped answer, settled exactly once"
