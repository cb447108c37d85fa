/** One line on standard error that is written over as the work goes on; nothing where nobody watches. */
export interface Progress {
  show(text: string): void;
  /** Takes the line away again. */
  end(): void;
}

export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show() {}, end() {} };
  return {
    show: (text) => void stream.write(`\r\x1b[2K${text.slice(0, (stream.columns || 80) - 1)}`),
    end: () => void stream.write('\r\x1b[2K'),
  };
}
