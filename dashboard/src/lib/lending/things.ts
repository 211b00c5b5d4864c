/** Things at the desk, and how the hub is told of them. */
import { fleet } from "../store/fleet.svelte";
import type { Thing } from "./match";
import type { Draft } from "./outbox.svelte";

/** The devices a thing stands for: a case for all that is in it. */
export const devicesOf = (thing: Thing): string[] =>
  thing.isKit ? fleet.rows().filter((row) => row.kit === thing.id && row.status !== "retired").map((row) => row.id) : [thing.id];

const tagOf = (device: string): string => fleet.devices.get(device)?.row.asset_tag ?? "";

/**
 * The scans that mean these things; null when one has neither label nor tag. A case whose label is not known here, for
 * somebody typed its name, is each of its devices.
 */
export function scansOf(things: Thing[], does: Draft["does"]): Draft[] | null {
  const scans = things.flatMap((thing): Draft[] => {
    const devices = devicesOf(thing);
    const raw = thing.label || (thing.isKit ? "" : tagOf(thing.id));
    if (raw) return [{ kind: "scan", raw, does, devices }];
    return thing.isKit ? devices.map((id): Draft => ({ kind: "scan", raw: tagOf(id), does, devices: [id] })) : [{ kind: "scan", raw, does, devices }];
  });
  return scans.length > 0 && scans.every((one) => one.raw) ? scans : null;
}
