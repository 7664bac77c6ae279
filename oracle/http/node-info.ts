import { createRoute, z } from "@hono/zod-openapi";
import type { Hex } from "viem";
import { addressForm } from "./forms.ts";
import { apiApp } from "./invalid.ts";
import { problemResponses } from "./problems.ts";

/** What a node says of itself. */
export interface NodeInfo {
  /** Lower case. */
  readonly address: Hex;
  readonly roles: readonly string[];
  /** Models it judges words with; none where criteria that need a judge abstain. */
  readonly judges: readonly { readonly family: string; readonly model: string }[];
}

const nodeRoute = createRoute({
  method: "get",
  path: "/v1/node",
  tags: ["about"],
  summary: "The node: its address, what it does, and which models it judges words with",
  responses: {
    200: {
      description: "The node; with an empty list of judges, what needs a judge abstains",
      content: {
        "application/json": {
          schema: z
            .object({
              address: addressForm,
              roles: z.array(z.string()),
              judges: z.array(z.object({ family: z.string(), model: z.string() })),
            })
            .openapi("Node"),
        },
      },
    },
    ...problemResponses(),
  },
});

export function nodeInfoApp({ address, roles, judges }: NodeInfo) {
  return apiApp().openapi(nodeRoute, (c) => {
    return c.json({ address, roles: [...roles], judges: judges.map(({ family, model }) => ({ family, model })) }, 200);
  });
}

/** The same of its judges as a sentence for the API's page. */
export function judgesInWords({ roles, judges }: Pick<NodeInfo, "roles" | "judges">): string {
  if (!roles.includes("assessor")) return "This node does not assess.";
  if (judges.length === 0) return "No model is set at this node: criteria that need a judge abstain.";
  const models = judges.map(({ family, model }) => (family === model ? model : `${model} (${family})`));
  return `This node judges words with ${models.join(", ")}.`;
}
