import { join } from "node:path";
import hre from "hardhat";
import factoryModule from "../ignition/modules/Factory.ts";
import guerdonModule from "../ignition/modules/Guerdon.ts";
import { askChain, checkNetwork, dropStaleJournal } from "./deploy/network.ts";
import { readDeployOptions, USAGE, UsageError, type DeployOptions } from "./deploy/options.ts";

/** Deploys the factory, and a quorum where signers are given; what Ignition's journal says is there is not deployed again. */
async function deploy({ network, quorum, id, noCompile }: DeployOptions): Promise<void> {
  await checkNetwork(hre, network);
  if (!noCompile) await hre.tasks.getTask("build").run({ quiet: true });
  const connection = await hre.network.create(network);
  const { provider, ignition } = connection;
  try {
    const { chainId, deployer } = await askChain(network, (method, params = []) =>
      provider.request({ method, params }),
    );
    const deploymentId = id ?? `chain-${chainId}`;
    const journal = join(hre.config.paths.ignition, "deployments", deploymentId);
    const codeAt = async (address: string): Promise<string> =>
      String(await provider.request({ method: "eth_getCode", params: [address, "latest"] }));
    if (await dropStaleJournal(journal, chainId, codeAt))
      console.log("the local chain is a new one: its journal was dropped");

    console.log(`network   ${network}, chain ${chainId}, deployer ${deployer}`);
    if (quorum === null) {
      const { factory } = await ignition.deploy(factoryModule, { deploymentId });
      console.log(`factory   ${factory.address}`);
      return;
    }
    const parameters = { Guerdon: { signers: [...quorum.signers], threshold: quorum.threshold } };
    const { factory, quorum: oracle } = await ignition.deploy(guerdonModule, { deploymentId, parameters });
    console.log(`factory   ${factory.address}`);
    console.log(`quorum    ${oracle.address}, ${quorum.threshold} of ${quorum.signers.length}`);
  } finally {
    await connection.close();
  }
}

async function main(): Promise<number> {
  try {
    await deploy(readDeployOptions(process.argv.slice(2)));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${USAGE}`);
      return 2;
    }
    const text = error instanceof Error ? error.message : String(error);
    console.error(text);
    if (/reconcil/i.test(text)) {
      console.error(
        "This chain has a deployment with other code or signers: give the new one a name of its own with --id.",
      );
    }
    return 1;
  }
}

process.exitCode = await main();
