import { stringToBytes, type Address } from "viem";
import { z } from "zod";
import { canonicalJson } from "../../oracle/domain/canonical.ts";
import type { Step } from "../../oracle/domain/interview/steps.ts";
import { localAccount } from "./accounts.ts";
import type { ExampleSeason } from "./example.ts";
import { replyTo, type ExampleParticipant } from "./example-form.ts";
import type { LocalChain } from "./local-chain.ts";
import { intakeRole, type LocalNode } from "./nodes.ts";
import { bearer, post, requestsTo, type Requests } from "./requests.ts";
import { serviceAt } from "./service.ts";

/** Account by which a sender of an example signs in. */
export function senderRole(template: string, name: string): string {
  return `sender ${template} ${name}`;
}

/** Interviews held at the same time. */
const AT_ONCE = 6;

const rosterSchema = z.object({ seedBlock: z.string() });
const sampleSchema = z.object({ drawn: z.array(z.object({ provider: z.string(), participant: z.string() })) });
const invitedSchema = z.object({ id: z.string(), token: z.string() });
const viewSchema = z.object({ step: z.object({ id: z.string(), kind: z.string(), language: z.string() }) });

type ShownStep = Pick<Step, "id" | "kind" | "language">;

/** What is played of an example, and where. */
export interface ExampleRun {
  readonly chain: LocalChain;
  readonly pool: Address;
  readonly round: number;
  readonly season: ExampleSeason;
  readonly intake: LocalNode;
  /** Session of the pool's manager. */
  readonly manager: string;
  /** Tries again for a while what a node may refuse because it has not seen the chain's newest block yet. */
  readonly patiently: <Result>(step: () => Promise<Result>) => Promise<Result>;
}

/**
 * Plays the people of an example: the manager closes the roster, a later block's hash decides who is asked, and who was drawn answers
 * over the API as the example says.
 * @returns how many interviews were held
 */
export async function playInterviews(run: ExampleRun): Promise<number> {
  const { chain, season, intake, round, pool, manager, patiently } = run;
  const people = season.example.rounds[round]!.participants;
  if (people.length === 0) return 0;
  const node = requestsTo(intake.url);
  const service = serviceAt(intake.url);
  const path = `/v1/pools/${pool}/rounds/${round}`;
  const { seedBlock } = await patiently(() => {
    return node.json(rosterSchema, `${path}/roster`, post({ entries: entriesOf(people) }, manager, "PUT"));
  });
  await chain.mineTo(BigInt(seedBlock));
  const interviewer = await service.signIn(localAccount(intakeRole()), chain.chainId);
  const sample = {
    size: { share: season.example.askedBps },
    minimum: season.agreement.criteria.abstention.minInterviews,
  };
  const { drawn } = await patiently(() => node.json(sampleSchema, `${path}/sample`, post(sample, interviewer)));
  const asked = people.filter((one) => {
    return drawn.some(({ provider, participant }) => provider === one.provider && participant === one.participant);
  });
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    await Promise.all(
      asked.slice(from, from + AT_ONCE).map(async (person) => {
        const { participant, provider, wave } = person;
        const invitation = post({ participant, provider, wave }, interviewer);
        const { id, token } = await node.json(invitedSchema, `${path}/interviews`, invitation);
        await answerAll(node, id, token, person);
      }),
    );
  }
  return asked.length;
}

/** Each person once, as on a roster that the participants signed. */
function entriesOf(people: readonly ExampleParticipant[]) {
  const once = new Map(people.map((one) => [`${one.provider} ${one.participant}`, one]));
  return [...once.values()].map(({ participant, provider, stratum }) => ({
    ...{ participant, provider, stratum },
    signed: true,
  }));
}

async function answerAll(node: Requests, id: string, token: string, person: ExampleParticipant): Promise<void> {
  const at = `/v1/interviews/${id}`;
  let { step } = await node.json(viewSchema, `${at}/step`, { headers: bearer(token) });
  while (step.kind !== "end") {
    ({ step } = await node.json(viewSchema, ...inputFor(at, token, step as ShownStep, person)));
  }
}

function inputFor(at: string, token: string, step: ShownStep, person: ExampleParticipant): [string, RequestInit] {
  if (step.kind === "consent") return [`${at}/consent`, post({ agree: true }, token)];
  if (step.kind === "language") return [`${at}/language`, post({ language: step.language }, token, "PUT")];
  return [`${at}/answers`, post({ step: step.id, reply: replyTo(step, person) }, token)];
}

/** Sends what papers of an example say: senders' documents in their form, providers' own as text. @returns how many */
export async function sendPapers(
  run: ExampleRun,
  template: string,
  providerRole: (id: string) => string,
): Promise<number> {
  const { chain, season, intake, pool, round, patiently } = run;
  const service = serviceAt(intake.url);
  const { documents, providerDocuments } = season.example.rounds[round]!;
  const papers = [
    ...documents.map(({ sender, ...said }, i) => ({
      role: senderRole(template, sender),
      name: `${sender}-${i + 1}.json`,
      mediaType: "application/json" as const,
      bytes: stringToBytes(canonicalJson({ format: "guerdon/source/1", ...said })),
    })),
    ...providerDocuments.map(({ provider, text }, i) => ({
      role: providerRole(provider),
      name: `provider-${i + 1}.txt`,
      mediaType: "text/plain" as const,
      bytes: stringToBytes(text),
    })),
  ];
  const tokens = new Map<string, string>();
  for (const { role, ...paper } of papers) {
    const token = tokens.get(role) ?? (await service.signIn(localAccount(role), chain.chainId));
    tokens.set(role, token);
    await patiently(() => service.sendDocument(token, pool, round, { ...paper, private: false }));
  }
  return papers.length;
}
