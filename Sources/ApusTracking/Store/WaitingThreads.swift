import ApusCore

/// How many threads look through small files: where these are not in memory, a disk answers many as quickly as one.
let waitingThreads = max(16, availableCores)
