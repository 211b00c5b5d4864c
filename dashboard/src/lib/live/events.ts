/** Reads `text/event-stream` from a response, comments included, because the watchdog needs to hear the heartbeat. */

/** One event of the stream. `kind` "beat" stands for a comment. */
export interface LiveEvent {
  kind: string;
  id: string | null;
  data: string;
}

/** Turns the lines of one block into an event, or null when it carries nothing. */
export function parseBlock(block: string): LiveEvent | null {
  let kind = "message";
  let id: string | null = null;
  const data: string[] = [];
  let comment = false;
  for (const line of block.split(/\r\n|\r|\n/)) {
    if (line.startsWith(":")) comment = true;
    const colon = line.indexOf(":");
    if (colon < 1) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    const field = line.slice(0, colon);
    if (field === "event") kind = value;
    else if (field === "id") id = value;
    else if (field === "data") data.push(value);
  }
  if (data.length > 0) return { kind, id, data: data.join("\n") };
  return comment ? { kind: "beat", id: null, data: "" } : null;
}

/** Calls `each` for every event until the body ends. */
export async function readEvents(body: ReadableStream<Uint8Array>, each: (event: LiveEvent) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r\n\r\n|\n\n|\r\r/);
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) each(event);
    }
  }
}
