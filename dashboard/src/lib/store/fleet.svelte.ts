/** Every device in memory. Each row is one reactive cell, so that an event redraws one line and nothing else. */
import { untrack } from "svelte";
import type { DeviceRow, DeviceStatus, FleetSnapshot } from "../api/types";
import { byName, placeOf } from "../devices/order";
import { unpacked } from "./packed";

/** A device whose row changes in place. */
export class Device {
  row: DeviceRow;
  /** True while it stands among the others where the hub put it: by name. */
  placed = false;
  constructor(row: DeviceRow) {
    this.row = $state.raw(row);
  }
}

const TICK_MS = 250;
/** From so many on, ordering all of them is quicker than placing each. */
const MANY_LOOSE = 100;

export class Fleet {
  readonly devices = new Map<string, Device>();
  /** How many devices have that status. */
  counts = $state<Partial<Record<DeviceStatus, number>>>({});
  /** True once the counts are there; they come before the devices. */
  counted = $state(false);
  /** True once the first snapshot is there. */
  loaded = $state(false);
  /** Grows at most four times a second while anything changes; for views that look at all devices. */
  tick = $state(0);
  /** Grows with `tick` when a status changed, or a device came or went; for views that only count. */
  turns = $state(0);
  /** Grows when a device comes or goes. */
  members = $state(0);
  #ticking = false;
  #turned = false;

  /** Takes over the counts, until the devices themselves are there. */
  count(counts: Partial<Record<DeviceStatus, number>>): void {
    if (this.loaded) return;
    this.counts = counts;
    this.counted = true;
  }

  /** Replaces everything by a snapshot; rows that are already newer stay. */
  replace(snapshot: FleetSnapshot): void {
    const seen = new Set<string>();
    for (const row of unpacked(snapshot)) {
      seen.add(row.id);
      this.#place(row);
    }
    for (const [id, device] of this.devices) {
      if (!seen.has(id) && device.row.seq <= snapshot.seq) this.devices.delete(id);
    }
    this.#recount();
    this.members += 1;
    this.loaded = true;
    this.#turned = true;
    this.#touch();
  }

  /** One device changed. */
  apply(row: DeviceRow): void {
    const before = this.devices.get(row.id)?.row;
    if (before && before.seq > row.seq) return;
    this.#put(row);
    const device = this.devices.get(row.id);
    if (device && before?.name !== row.name) device.placed = false;
    if (before?.status !== row.status) {
      this.#turned = true;
      if (before) this.#count(before.status, -1);
      this.#count(row.status, 1);
    }
    if (!before) this.members += 1;
    this.#touch();
  }

  /** One device is gone. */
  drop(id: string): void {
    const before = this.devices.get(id)?.row;
    if (!before) return;
    this.devices.delete(id);
    this.#count(before.status, -1);
    this.members += 1;
    this.#turned = true;
    this.#touch();
  }

  /** Forgets everything, for signing out. */
  clear(): void {
    this.devices.clear();
    this.counts = {};
    this.loaded = this.counted = false;
    this.members += 1;
  }

  /** All rows now, by name. Who reads them reactively follows the tick: following each row would redo it per event. */
  rows(): DeviceRow[] {
    void this.tick;
    void this.members;
    return untrack(() => this.#ordered());
  }

  /** The hub sends them in order; only the few that came or changed their names since must be put in. */
  #ordered(): DeviceRow[] {
    const rows: DeviceRow[] = [];
    const loose: DeviceRow[] = [];
    for (const device of this.devices.values()) (device.placed ? rows : loose).push(device.row);
    if (loose.length > MANY_LOOSE) return byName([...rows, ...loose], (row) => row.name, (row) => row.id);
    for (const row of loose) rows.splice(placeOf(row, rows), 0, row);
    return rows;
  }

  /** Takes a row of a snapshot, after those that came before it. */
  #place(row: DeviceRow): void {
    const device = this.devices.get(row.id) ?? new Device(row);
    if (device.row.seq <= row.seq) device.row = row;
    device.placed = device.row.name === row.name;
    this.devices.delete(row.id);
    this.devices.set(row.id, device);
  }

  #put(row: DeviceRow): void {
    const device = this.devices.get(row.id);
    if (!device) this.devices.set(row.id, new Device(row));
    else if (device.row.seq <= row.seq) device.row = row;
  }

  #count(status: DeviceStatus, by: number): void {
    this.counts[status] = (this.counts[status] ?? 0) + by;
  }

  #recount(): void {
    const counts: Partial<Record<DeviceStatus, number>> = {};
    for (const { row } of this.devices.values()) counts[row.status] = (counts[row.status] ?? 0) + 1;
    this.counts = counts;
  }

  #touch(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    setTimeout(() => {
      this.#ticking = false;
      this.tick += 1;
      if (this.#turned) this.turns += 1;
      this.#turned = false;
    }, TICK_MS);
  }
}

export const fleet = new Fleet();
