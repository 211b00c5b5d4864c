/** What the catalogue knows of device types; each is asked for once. */
import { get } from "../api/client";
import type { DeviceClass } from "../api/types";
import { late, type LateKey } from "../late";

const known = new Map<string, DeviceClass>();
let every: DeviceClass[] | undefined;

/** One type. */
export async function classOf(id: string): Promise<DeviceClass> {
  const found = known.get(id) ?? (await get<DeviceClass>(`/classes/${encodeURIComponent(id)}`));
  known.set(id, found);
  return found;
}

/** All types; they change only with the program. */
export async function everyClass(): Promise<DeviceClass[]> {
  every ??= await get<DeviceClass[]>("/classes");
  return every;
}

const PLUGS: Record<string, LateKey> = {
  mains: "class.plug_mains",
  "usb-c": "class.plug_usb_c",
  "micro-usb": "class.plug_micro_usb",
  "mini-usb": "class.plug_mini_usb",
  lightning: "class.plug_lightning",
  dock: "class.plug_dock",
  batteries: "class.plug_batteries",
  removable: "class.plug_removable",
  computer: "class.plug_computer",
};
const WITHOUT_DATA = new Set(["mains", "batteries", "computer"]);

/** How it gets its power, and whether a sync hub can reset it over the same plug. */
export function charging(one: DeviceClass): string {
  const { plug, data } = one.charging;
  const words = PLUGS[plug] ? late(PLUGS[plug]) : plug;
  if (!data && WITHOUT_DATA.has(plug) && one.kind !== "case") return words;
  return `${words}; ${late(data ? "class.with_data" : "class.without_data")}`;
}
