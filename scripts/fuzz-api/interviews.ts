import { keccak256, numberToHex, type Hex, type PrivateKeyAccount } from "viem";
import { agreementNamed } from "../../oracle/data/agreements/load.ts";
import { judgedParamsOf } from "../../oracle/domain/criteria/agreed.ts";
import { JUDGED_TEMPLATE } from "../../oracle/domain/criteria/terms.ts";
import type { OutcomeSpec } from "../../oracle/domain/spec.ts";
import type { ApiParts } from "../../oracle/http/api.ts";
import type { Block, MadePool, RoundId } from "../../oracle/ports.ts";
import type { Intake } from "../../oracle/roles/intake/intake.ts";
import { interviewToken } from "../../oracle/roles/access/tokens.ts";
import { createInterviewer, type Interviewer } from "../../oracle/roles/interviewer/interviewer.ts";

const PROVIDER = "workshop-1";
const PEOPLE = ["p-1", "p-2", "p-3"];

/** An interviewer for pools that are all judged by the agreement on car repairs; the manager runs interviews as well. */
export async function interviewerOf(
  { store, blobs, clock, log }: ApiParts,
  intake: Intake,
  pools: readonly MadePool[],
  manager: PrivateKeyAccount,
  own: PrivateKeyAccount,
): Promise<Interviewer> {
  const agreement = await agreementNamed("car-repair");
  const params = judgedParamsOf(agreement, { subject: { en: "the repair of your car" }, senders: [], repeats: 1 });
  const [address, account] = [lower(own), lower(manager)];
  const oracle = { signers: [address], threshold: 1, intake: address };
  const roster = [{ id: PROVIDER, name: "Workshop", account, weight: 1 }];
  const spec = { oracle, template: JUDGED_TEMPLATE, params: plain(params), roster };
  return createInterviewer({
    ...{ store, blobs, clock, log, intake, signer: { address }, interviewers: [account] },
    masterKey: new Uint8Array(32).fill(7),
    // The newest block is far behind the final one, so that a roster can be drawn from as soon as it is closed.
    chain: {
      latest: () => block(1n),
      finalized: () => block(1_000n),
      blockByNumber: (number) => block(number),
    },
    pool: (pool) => {
      const found = pools.find((one) => one.pool === pool);
      return Promise.resolve(found === undefined ? null : { spec, terms: found.terms });
    },
  });
}

/** Draws three people in a round and asks them: one at the start, one in the middle, one at the end. @returns their links */
export async function holdInterviews(
  interviewer: Interviewer,
  id: RoundId,
  manager: PrivateKeyAccount,
): Promise<{ readonly interview: string; readonly token: string }[]> {
  const account = manager.address.toLowerCase();
  const entries = PEOPLE.map((participant) => ({ participant, provider: PROVIDER, signed: true, stratum: "all" }));
  await interviewer.closeRoster(id, account, entries);
  await interviewer.draw(id, account, { size: { share: 10_000 }, minimum: 1 });
  const links = [];
  for (const [place, participant] of PEOPLE.entries()) {
    const who = { participant, provider: PROVIDER, wave: "day-30" };
    const { interview, secret } = await interviewer.invite(id, account, who);
    if (place > 0) await interviewer.consent(interview, true);
    for (let left = place === 1 ? 2 : Infinity; place > 0 && left > 0; left--) {
      const { step } = await interviewer.step(interview);
      if (step.kind === "end") break;
      await interviewer.answer(interview, step.id, null);
    }
    links.push({ interview, token: interviewToken(interview, secret) });
  }
  return links;
}

function lower({ address }: PrivateKeyAccount): Hex {
  return address.toLowerCase() as Hex;
}

function plain(value: unknown): OutcomeSpec["params"] {
  return JSON.parse(JSON.stringify(value)) as OutcomeSpec["params"];
}

function block(number: bigint): Promise<Block> {
  const hash = keccak256(numberToHex(number, { size: 32 }));
  return Promise.resolve({ number, hash, parentHash: hash, time: 0 });
}
