import { concat, keccak256, stringToBytes, type Hex } from "viem";
import type { CriteriaDocument } from "../criteria/document.ts";
import type { RoundSource } from "./round-sources.ts";
import { unitsOf } from "./sources.ts";
import type { Unit } from "./unit.ts";

/** A unit of a round, and its place: which part of its source it is under its criterion, from 0. */
export interface PlacedUnit {
  readonly unit: Unit;
  readonly part: number;
  /** Names it within the round. */
  readonly key: string;
}

/** All units of a round that need a judge, in the order of the sources. Whoever weighs nothing is not judged. */
export function roundUnits(sources: readonly RoundSource[], document: CriteriaDocument): PlacedUnit[] {
  return sources
    .filter(({ weight }) => weight > 0)
    .flatMap((source) => {
      const parts = new Map<string, number>();
      return unitsOf(source, document).map((unit): PlacedUnit => {
        const part = parts.get(unit.criterion.id) ?? 0;
        parts.set(unit.criterion.id, part + 1);
        return { unit, part, key: unitKey(unit.source, unit.criterion.id, part) };
      });
    });
}

export function unitKey(source: Hex, criterion: string, part: number): string {
  return `${source}/${criterion}/${part}`;
}

/**
 * Seed of a node's calls about a unit: keccak256 over node, evidence root, family and unit. Nobody knows it before the evidence is
 * closed, and no two nodes or judges share it.
 */
export function unitSeed(node: Hex, evidenceRoot: Hex, family: string, key: string): Hex {
  return keccak256(concat([node, evidenceRoot, keccak256(stringToBytes(`${family} ${key}`))]));
}
