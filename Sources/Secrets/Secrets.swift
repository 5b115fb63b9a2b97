// Secrets — what opens doors: where it is found, and how it stays unsaid.
//
//   Secret         a text that prints as three dots
//   SecretOrigin   a file, a variable or a command: all that a flow may say of one
//   SecretKeeper   fetches secrets when they are needed, and knows them all
//   SecretError    why one is not to be had
//   Redaction      keeps secrets out of what we repeat of others' words
//
// A secret is fetched anew for each use, so that one that was exchanged meanwhile is found; only what
// a command gave is kept for a while. Nothing here knows what a secret opens.
