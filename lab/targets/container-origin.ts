import * as z from "zod";
import { list, object } from "../shape.ts";

/** What a container was made of, and what it may use at most. */
export const containerOriginShape = object({
  /** As it was asked for, such as "postgres:18.6-bookworm". */
  image: z.string(),
  /** The engine's id of it, "sha256:…". */
  imageId: z.string(),
  /** By which registries know it; none for an image that was built here. */
  digests: list(z.string()),
  /** Null without a limit. */
  cpuLimitCores: z.number().nullable(),
  memoryLimitBytes: z.int().nullable(),
});
export type ContainerOrigin = z.infer<typeof containerOriginShape>;
