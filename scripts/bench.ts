import { MARK as INTAKE_MARK, measureIntake, ratesText as intakeText } from "./bench/intake.ts";
import { MARK as SIGNATURE_MARK, measureSignatures, ratesText as signatureText } from "./bench/signatures.ts";

/** `npm run bench`: speeds as ratios, each pair measured in turn in one run. Exit code 1 where one is below its mark. */
const BENCHES = { signatures, intake } as const;

async function signatures(): Promise<boolean> {
  await measureSignatures(2, 100);
  const rates = await measureSignatures(9, 200);
  console.log(`reports, against viem's own sign and recover (mark ${SIGNATURE_MARK}):\n${signatureText(rates)}\n`);
  return Math.min(rates.sign.ratio, rates.check.ratio) >= SIGNATURE_MARK;
}

async function intake(): Promise<boolean> {
  const rates = await measureIntake({ turns: 5, milliseconds: 3_000 });
  console.log(`evidence over HTTP, against bare Hono and a bare store (mark ${INTAKE_MARK}):\n${intakeText(rates)}\n`);
  return rates.every(({ ratio }) => ratio >= INTAKE_MARK);
}

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in BENCHES));
if (unknown !== undefined) {
  console.error(`there is no bench ${unknown}; there are ${Object.keys(BENCHES).join(", ")}`);
  process.exitCode = 2;
} else {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    if (!(await bench())) process.exitCode = 1;
  }
}
