import type { Hex, PrivateKeyAccount } from "viem";
import type { Step } from "../../oracle/domain/interview/steps.ts";
import type { Interviewer } from "../../oracle/roles/interviewer/interviewer.ts";

const DAY_MS = 86_400_000;

/** Values of some buyers in each state: buyers are asked, vote, have voted. The first of the buyers asks. @returns their ids */
export async function holdValues(interviewer: Interviewer, buyers: readonly PrivateKeyAccount[]): Promise<string[]> {
  const { values } = interviewer;
  const accounts = buyers.map(({ address }) => address.toLowerCase() as Hex);
  const organiser = accounts[0]!;
  const made: string[] = [];
  for (const until of ["collecting", "voting", "closed"] as const) {
    const asked = { title: "Fuzz", subject: { en: "evenings in the hall" }, languages: ["en"], buyers: accounts };
    const id = await values.open(organiser, { ...asked, closesAt: Date.now() + DAY_MS });
    made.push(id.values);
    for (const account of accounts) await tell(interviewer, (await values.invite(id, account)).interview);
    if (until === "collecting") continue;
    const { cards } = await values.beginVoting(id, organiser);
    await values.vote(id, organiser, { approves: (cards ?? []).map((card) => card.id), pairs: [] });
    if (until === "closed") await values.close(id, organiser);
  }
  return made;
}

async function tell(interviewer: Interviewer, interview: string): Promise<void> {
  let { step } = await interviewer.consent(interview, true);
  while (step.kind !== "end") ({ step } = await interviewer.answer(interview, step.id, replyTo(step)));
}

function replyTo({ id, kind }: Step) {
  if (kind === "probe" || id === "attend/4") return null;
  if (kind === "item") return { value: id.endsWith("/confirm") ? "yes" : "itself" };
  return { text: `Words at ${id}` };
}
