/** Something else that sends, measured in the same rounds to the same sink. */
export interface Neighbour {
  readonly what: string;
  readonly messages: number;
  run(): Promise<NeighbourFigures>;
}

export interface NeighbourFigures {
  readonly per_second: number;
  /** Its own CPU, in microseconds a message; null where it is not known. */
  readonly cpu_us: number | null;
}
