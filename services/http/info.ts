import type { Durability, StoreDescription, UserStore } from "../storage/user-store.ts";

/** What GET /info answers. */
export interface ServiceInfo extends StoreDescription {
  readonly approach: string;
  /** What an answered POST survives. */
  readonly durability: Durability;
  readonly versions: Readonly<Record<string, string>>;
}

/** Asks the store about itself and adds what the process knows. */
export async function describeService(
  store: UserStore,
  approach: string,
  durability: Durability,
): Promise<ServiceInfo> {
  const description = await store.describe();
  const { node, v8 } = process.versions as Record<"node" | "v8", string>;
  return { approach, durability, ...description, versions: { node, v8, ...description.versions } };
}
