import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { encodeFunctionData, parseAbi, type Address, type Hex } from "viem";
import { PAID, type Reference } from "./operations.ts";
import { COIN, people } from "./population.ts";
import { disperse, tokenAbi, type Scenario } from "./scenario.ts";

const merkleAbi = parseAbi(["function claim(uint256 index, address account, uint256 amount, bytes32[] proof)"]);

/** What one transfer moves, wherever the amount stands in the calldata. */
const AMOUNT = 12_345_678n;

/** Measures the plainest ways to pay the same providers on the same chain; nobody's balance is zero. */
export async function measureReferences(scenario: Scenario): Promise<Record<Reference, number>> {
  const { chain, token, loop, providers } = scenario;
  const accounts = providers.map(({ address }) => address);
  const toToken = (data: Hex) => chain.send({ from: people.relayer, to: token, data });
  const transferArgs = [accounts[7]!, AMOUNT] as const;
  const transfer = await toToken(encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: transferArgs }));
  const fromArgs = [people.buyer.address, accounts[7]!, AMOUNT] as const;
  const transferFrom = await toToken(
    encodeFunctionData({ abi: tokenAbi, functionName: "transferFrom", args: fromArgs }),
  );
  const data = disperse(scenario, accounts.slice(0, PAID), AMOUNT);
  const transferLoop = await chain.send({ from: people.relayer, to: loop, data });
  return { transfer, transferFrom, transferLoop, merkleClaim: await measureMerkle(scenario, accounts) };
}

async function measureMerkle({ chain, token }: Scenario, accounts: readonly Address[]): Promise<number> {
  const entries = accounts.map((account, i) => [BigInt(i), account, AMOUNT] as const);
  const tree = StandardMerkleTree.of(
    entries.map((entry) => [...entry]),
    ["uint256", "address", "uint256"],
  );
  const distributor = await chain.deploy("MerkleClaims", [token, tree.root]);
  const mintData = encodeFunctionData({ abi: tokenAbi, functionName: "mint", args: [distributor, 10_000n * COIN] });
  await chain.send({ from: people.relayer, to: token, data: mintData });
  const claim = (index: number): Promise<number> => {
    const args = [...entries[index]!, tree.getProof(index) as Hex[]] as const;
    const data = encodeFunctionData({ abi: merkleAbi, functionName: "claim", args });
    return chain.send({ from: people.relayer, to: distributor, data });
  };
  // The first claim opens the bitmap word; the second is measured.
  await claim(2);
  return await claim(3);
}
