/** What somebody may want from the lab about a device, in words. */
import { locale } from "../i18n/index.svelte";
import type { GuestReport } from "../api/types";
import { late, type LateKey } from "../late";
import type { IconName } from "../ui/icons";

export type Topic = GuestReport["topic"];

const NAMES: Record<Topic, LateKey> = { defect: "guest.defect", question: "guest.question", extension: "guest.extension" };
const ASKS: Record<Topic, LateKey> = { defect: "guest.defect_words", question: "guest.question_words", extension: "guest.extension_words" };
export const ICON: Record<Topic, IconName> = { defect: "wrench", question: "question", extension: "history" };

/** The topic, as on its button. */
export const topicName = (topic: Topic): string => late(NAMES[topic]);
/** What is asked of who chose it. */
export const topicAsk = (topic: Topic): string => late(ASKS[topic]);

/** A calendar day of the lab such as "2026-11-24" with its weekday; it has no time zone. */
export const longDay = (iso: string): string =>
  new Intl.DateTimeFormat(locale(), { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
