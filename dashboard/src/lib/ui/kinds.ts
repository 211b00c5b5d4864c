/** What kinds of devices look like; they come with the rooms that show devices. Same grid as the other shapes. */
import { ICONS } from "./icons";

const SHAPES: Record<string, string> = {
  tablet: "M7 3.500h10a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM11 17.500h2",
  headset: "M3.500 9.500h17v6a2 2 0 0 1-2 2h-3l-2-2.500h-3L8.500 17.500h-3a2 2 0 0 1-2-2zM6 9.500C6 7 8.500 5.500 12 5.500s6 1.500 6 4",
  printer: "M5 20V4h14v16M3.500 20h17M9.500 4v3.500h5V4M12 7.500v3M8.500 16.500 12 14.500l3.500 2V20h-7z",
  robot: "M6 9h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1zM12 9V5M12 4.500v.01M9 13.500v.01M15 13.500v.01M9.500 16.500h5",
  board: "M6 5h12a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM9.500 9.500h5v5h-5zM9 2.500V5M15 2.500V5M9 19v2.500M15 19v2.500",
  camera: "M4.500 8h3l1.500-2.500h6L16.500 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM12 16.500a3.300 3.300 0 1 0 0-6.600 3.300 3.300 0 0 0 0 6.600z",
  audio: "M12 3.500a3 3 0 0 1 3 3V12a3 3 0 0 1-6 0V6.500a3 3 0 0 1 3-3zM6 11.500a6 6 0 0 0 12 0M12 17.500v3M8.500 20.500h7",
  drone: "M9.500 10.500h5v4h-5zM9.500 10.500l-3-3M14.500 10.500l3-3M9.500 14.500l-3 3M14.500 14.500l3 3M3 7h6M15 7h6M3 18h6M15 18h6",
  case: "M4.500 8h15a1 1 0 0 1 1 1v9.500a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM9 8V5.500a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1V8M12.500 10.500l-2 3.500h3l-2 3.500",
  assistive: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.500v.01M8 10.500c2.500.8 5.500.8 8 0M12 11v3l-2 3.500M12 14l2 3.500",
  card: "M7 3.500h7l4 4v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM9.500 6.500V9M12 6.500V9",
  unknown: ICONS.question,
};
SHAPES.phone = SHAPES.tablet!;

/** The shape for a kind of device; a box where nobody has drawn one. */
export const kindShape = (kind: string): string => SHAPES[kind] ?? ICONS.box;
