/** A case of a vector file: its members are what the file's runner reads. */
// biome-ignore lint/suspicious/noExplicitAny: each file has its own members, read as they come.
export type Case = any;
