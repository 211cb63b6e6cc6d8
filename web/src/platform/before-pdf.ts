/** Imported by the worker for PDF before pdf.js, which looks around while its code is read. */

// Where it finds no window, it takes the messages of the worker that it is in for its own: it is let
// find one until all of it is there.
Object.assign(globalThis, { window: {} });
// It would unpack by it without an end; by its own code, it asks for room as it goes.
Reflect.deleteProperty(globalThis, "DecompressionStream");
