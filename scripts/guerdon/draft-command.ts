import { Command } from "commander";
import type { Ended } from "./commands.ts";

interface DraftFlags {
  readonly votes?: string;
  readonly title?: string;
  readonly language?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `guerdon draft`. */
export function draftCommand(ended: Ended): Command {
  return new Command("draft")
    .description("draft criteria from values cards and votes on them, as a node does that closes a vote")
    .argument("<cards>", "JSON list of cards; or a record of values, as a node answers it, to be computed again")
    .option("--votes <file>", "JSON list of votes: {approves, pairs}, with or without voter")
    .option("--title <title>", "of the document")
    .option("--language <tag>", "of the document, en where not given")
    .option("--out <file>", "new file for the draft")
    .option("--json", "print the whole record and what is doubtful about it as JSON")
    .action(async (cards: string, { votes, title, language, out, json }: DraftFlags) => {
      const { draftFrom, draftText, writeDraft } = await import("./draft.ts");
      const report = await draftFrom(cards, { votes, title, language });
      if (out !== undefined) await writeDraft(report, out);
      process.stdout.write(json === true ? `${JSON.stringify(report, null, 2)}\n` : draftText(report));
      ended(report.ok);
    });
}
