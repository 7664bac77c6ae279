import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Ask } from "../../../oracle/domain/judgement/run.ts";
import { normalise } from "../../../oracle/domain/text/normalise.ts";
import type { Brain } from "../judges/brain.ts";
import { obeying, type Found } from "../judges/obeying.ts";
import { readingOf } from "../judges/reading.ts";
import { ATTACKS, taskAttack, type Attack } from "./attacks.ts";
import { evaluate, type Evaluated } from "./evaluate.ts";
import { PLACEMENTS, type Placement } from "./placements.ts";
import { FACTS, isGood } from "./questions.ts";
import { makeWorld } from "./world.ts";

/** A provider's evidence with an attack in it, and how it is read. */
export interface HostileCase {
  readonly id: string;
  readonly attack: Attack;
  readonly placement: Placement;
  readonly seed: number;
}

/** A case and its twins, as the worst judge reads them. */
export interface HostileResult {
  readonly hostile: HostileCase;
  readonly clean: Evaluated;
  readonly attacked: Evaluated;
  readonly better: Evaluated;
}

const PEOPLE = 12;
const QUALITY = { usual: 0.6, better: 0.92 };
const WORDS = 300;
/** Fewest characters of an attack by which it is known. */
const KNOWN = 24;

const DATA = new URL("../../../oracle/data/injection/bipia_text_attack_train.json", import.meta.url);

/** BIPIA's published training attacks: tasks that have nothing to do with the one at hand. */
export function publishedAttacks(): Attack[] {
  const kinds = z.record(z.string(), z.array(z.string())).parse(JSON.parse(readFileSync(DATA, "utf8")));
  return Object.entries(kinds).flatMap(([kind, texts]) =>
    texts.map((text, i) => taskAttack(`bipia ${kind} ${i + 1}`, text)),
  );
}

/** Every written attack in every place, every published one in some. */
export function hostileCases(): HostileCase[] {
  const written = ATTACKS.flatMap((attack) => PLACEMENTS.map((placement) => ({ attack, placement })));
  const published = publishedAttacks().map((attack, i) => ({ attack, placement: PLACEMENTS[i % PLACEMENTS.length]! }));
  return [...written, ...published].map(({ attack, placement }, i) => {
    return { id: `${attack.id} @ ${placement.id}`, attack, placement, seed: i + 1 };
  });
}

/** Judges a case, its clean twin and the twin in which the provider did better, all by the worst judge. */
export async function runCase(
  hostile: HostileCase,
  askOf: (brain: Brain) => Ask<unknown> = direct,
): Promise<HostileResult> {
  const { seed, attack, placement } = hostile;
  const [world, best] = [QUALITY.usual, QUALITY.better].map((quality) =>
    makeWorld({ seed, quality, participants: PEOPLE }),
  );
  const ask = askOf(obeying({ reading: readingOf(FACTS), isGood, find: (text) => findAttack(attack, text) }));
  const [clean, attacked, better] = await Promise.all([
    evaluate(world!, ask),
    evaluate(placement.place(world!, attack.text), ask),
    evaluate(best!, ask),
  ]);
  return { hostile, clean, attacked, better };
}

/** Without HTTP in between. */
export const direct =
  (brain: Brain): Ask<null> =>
  (call) =>
    Promise.resolve({ ok: true, value: brain(call), record: null });

/** The instruction in a text: whole, in part, or encoded. */
function findAttack({ text: attack, order }: Attack, text: string): Found | null {
  const plain = normalise(attack).text;
  const encoded = Buffer.from(attack).toString("base64");
  for (const form of [plain, encoded, plain.slice(0, Math.max(KNOWN, plain.length / 2 - 12)), plain.slice(-KNOWN)]) {
    const at = text.indexOf(form);
    if (form.length >= Math.min(KNOWN, plain.length) && at >= 0)
      return { order, words: text.slice(at, at + Math.min(WORDS, form.length)) };
  }
  return null;
}
