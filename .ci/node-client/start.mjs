// Starts the sandbox beside a program and ends with its exit status:
// node start.mjs SANDBOX PROGRAM. The program gets the addresses and keys.
import { spawn } from "node:child_process";

const [sandbox, program] = process.argv.slice(2);
const any = "127.0.0.1:0";
const server = spawn(sandbox, ["-page", any, "-ax", any, "-receivables", any, "-seed", "empty", "-json"], {
  stdio: ["ignore", "pipe", "inherit"],
});
let text = "";
for await (const piece of server.stdout) {
  text += piece;
  if (text.trimEnd().endsWith("}")) break;
}
const at = JSON.parse(text);
const story = spawn(process.execPath, [program], {
  stdio: "inherit",
  env: {
    ...process.env,
    SANDBOX_URL: at.page,
    MAVENTA_AX_URL: at.autoxchange_url,
    MAVENTA_RECEIVABLES_URL: at.receivables_url,
    MAVENTA_COMPANY_ID: at.company_id,
    MAVENTA_USER_API_KEY: at.user_api_key,
    MAVENTA_VENDOR_API_KEY: at.vendor_api_key,
  },
});
story.on("exit", (status) => {
  server.kill();
  process.exit(status ?? 1);
});
