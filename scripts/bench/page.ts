import type { Results } from "./cases.ts";
import { HARDFORK } from "./chain.ts";
import type { Mark } from "./marks.ts";
import { markdownGrid, marksGrid, operationsGrid, variantsGrid } from "./table.ts";

/** The page of the docs that a full run writes. */
export function gasPage(results: Results, marks: readonly Mark[]): string {
  return `# Gas

Written by \`npm run bench:gas -- --update\`; do not edit. \`npm test\` measures again and fails where a figure differs from
[the snapshot](../test/gas/snapshot.json), be it by one unit of gas, or where a mark is missed.

Measured on Hardhat's chain under ${HARDFORK} rules with the compiler settings of deployment. Every call is a transaction of its own,
so each figure includes the 21,000 of a transaction and its calldata. N is the number of providers. Whoever receives tokens already
holds some, unless a row says otherwise; an empty balance adds 17,100. Allowances are unlimited. An assessment carries 2 signatures
of a quorum of 3. The token is OpenZeppelin's ERC-20 behind no proxy; others cost more, here and in the references alike.

## Every operation

A pool with neither curve nor units, and, below, the plainest ways of doing the same thing on the same chain in the same run:
OpenZeppelin's \`MerkleProof\`, \`BitMaps\` and \`SafeERC20\` as a distributor, and a loop of transfers with no accounting at all.

${markdownGrid(operationsGrid(results))}

## By the way a pool pays

Settlement computes the weighted total of all scores on chain, so it grows with N; claims do not.

${markdownGrid(variantsGrid(results))}

## Marks

${markdownGrid(marksGrid(marks))}
`;
}
