/** Reads the QR codes in a picture: with the browser's own reader where it has one, else with ours, served by the hub. */

/** Anything that can be drawn. */
export interface CodeReader {
  detect(image: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}

interface OwnReader {
  new (options: { formats: string[] }): CodeReader;
  getSupportedFormats(): Promise<string[]>;
}

const FORMATS = ["qr_code" as const];
let made: Promise<CodeReader> | null = null;

/** The reader; a megabyte on its first use where the browser has none. Throws when it cannot be fetched. */
export const codeReader = (): Promise<CodeReader> =>
  (made ??= makeReader().catch((problem: unknown) => {
    made = null;
    throw problem;
  }));

async function makeReader(): Promise<CodeReader> {
  const own = (globalThis as { BarcodeDetector?: OwnReader }).BarcodeDetector;
  const known = (await own?.getSupportedFormats().catch(() => [])) ?? [];
  if (own && known.includes("qr_code")) return new own({ formats: FORMATS });
  const [{ BarcodeDetector, prepareZXingModule }, { default: program }] = await Promise.all([
    import("barcode-detector/ponyfill"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  // Told nothing, the package would fetch it from a foreign server.
  await prepareZXingModule({ overrides: { locateFile: () => program }, fireImmediately: true });
  return new BarcodeDetector({ formats: FORMATS });
}

/** What all codes in a picture from a file say; empty when there is none. Throws for a file that is no picture. */
export async function codesIn(file: Blob): Promise<string[]> {
  const [reader, picture] = await Promise.all([codeReader(), createImageBitmap(file)]);
  try {
    return (await reader.detect(picture)).map((one) => one.rawValue);
  } finally {
    picture.close();
  }
}
